"""What a conversation costs a model's window and its cache, for the user to see."""

from dataclasses import dataclass

from vivek.schema.counts import PromptCount


@dataclass(frozen=True, slots=True)
class CacheLoss:
    """A call of which the server had to read again what it had read before.

    Attributes:
        node: Who asked.
        calls_ago: How many calls were made since; 0 for the newest.
        read_before: Tokens of the prompt before it, None when unknown.
        cached: Tokens that it took from the cache, None when the server does not say.
        message: Which message is the first that differs from the prompt before, counted from 1; None when every byte
            agrees, so that the server let go of them by itself.
        role: Who speaks in that message, "" if it is no longer there.
        offset: Bytes of that message that still agree.
        was: What stood there, a few characters.
        now: What stands there now, a few characters.
    """

    node: str
    calls_ago: int
    read_before: int | None
    cached: int | None
    message: int | None = None
    role: str = ""
    offset: int = 0
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class ContextReport:
    """Where a thread stands between two turns; tokens, None means unknown.

    Attributes:
        prompts: The newest prompt of each model that was asked since the thread was opened.
        system: Rules and tools at the head of the conversation, without the notes.
        notes: The project's notes there.
        messages: How many messages the present generation has.
        calls: Calls of a model in the whole thread.
        prompt_tokens: Tokens of all their prompts.
        cached_tokens: Of these, taken from caches.
        lost: The last time that a cache was lost since the thread was opened, or None.
    """

    prompts: tuple[PromptCount, ...] = ()
    system: int = 0
    notes: int = 0
    messages: int = 0
    calls: int = 0
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    lost: CacheLoss | None = None
