"""What vivek does to help a small model along; each can be switched off, to see what it is worth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AidsSpec:
    """Which aids are used.

    Attributes:
        facts: One line on the project (languages, frameworks, tests, entry points), found by code, in the first
            message of a generation.
        advice: One piece of advice for a step that went wrong, or for the kind of work that is asked for.
        correction: A reply that is empty, that repeats itself until it is stopped, that names only files which do not
            exist, or whose code names no file, is asked for once more with the reason.
        thinking: What a model thinks is capped, and asked for once more without thinking when nothing came of it.
        continuation: A reply that was cut off at its limit is gone on with.
    """

    facts: bool = True
    advice: bool = True
    correction: bool = True
    thinking: bool = True
    continuation: bool = True
