"""How a window is shared among the parts of a prompt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the last user message.

    Attributes:
        name: `notes`, `request`, `plan`, `file:PATH`, `evidence`, `instruction`.
        text: What it says.
        tokens: Its size.
        priority: Higher stays longer.
        required: Whether the prompt is useless without it.
    """

    name: str
    text: str
    tokens: int
    priority: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits: the sections kept, in their given order, those dropped, and the tokens left."""

    kept: tuple[Section, ...]
    dropped: tuple[Section, ...]
    left: int
