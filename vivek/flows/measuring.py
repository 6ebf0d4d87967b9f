"""Holds the server's count of a prompt against ours, so that nothing is cut silently (P1)."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vivek.errors import ContextWindowExceededError
from vivek.schema.chunk import Usage
from vivek.schema.counts import PromptCount
from vivek.schema.events import Notice
from vivek.schema.messages import Message

Counted = Literal["server", "tables", "bound"]
"""Who counted a prompt: the engine itself, the token tables, or the cheap bound that is never too low."""

SMALL = 500
"""Tokens of a prompt that no server cuts."""

SUSPICIOUS = {"bound": 0.25, "tables": 0.9}
"""Shares of our count below which the server's is looked at more closely: the bound is up to three times too high."""

CUT = 0.75
"""A server that read less than this share of what the text holds at the very least has dropped something..."""

CUT_AT_LIMIT = 0.9
"""...and less than this, if its count also stops at a limit."""

LIMITS = tuple(2**power for power in range(11, 18))
"""Windows that servers come with: 2,048 to 131,072 tokens."""

BELOW_LIMIT = 0.8
"""A server that drops whole messages ends at this share of its limit or above."""

READINGS = 6
"""Prompts that are kept to go on from."""

GROWN = 300
"""Tokens, counted cheaply, by which a prompt must have grown for the server's count to grow with certainty."""

_HALF = range(40, 61)  # per cent: what is left of a message that was cut in the middle
_USUAL = 0.4  # tokens for one that is counted cheaply, in code and prose
_OTHER_SCRIPT = 0.3  # tokens of a character beyond ASCII, at the very least, in the largest vocabularies


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as it was sent, its size as counted here, and what the server read and then wrote, in tokens."""

    messages: tuple[Message, ...]
    size: int
    read: int
    written: int


@dataclass(slots=True)
class Gauge:
    """What one model's server read of its prompts during a session.

    Attributes:
        model: The model, for messages.
        window: Tokens it is believed to hold.
        count: Tokens of a text, cheap and never too low.
        exact: Tokens of a text by the token tables.
        last: The newest prompt.
        fresh: Tokens of it that the server had to read anew, None when that is not known.
        ratio: Tokens the server counts for one that is counted cheaply, None before the first prompt.
        unchecked: Whether it was told that this server's reading cannot be checked.
        newest: The figures of the newest prompt, for people.
    """

    model: str
    window: int
    count: Callable[[str], int]
    exact: Callable[[str], int]
    last: Reading | None = None
    fresh: int | None = None
    ratio: float | None = None
    unchecked: bool = False
    newest: PromptCount = field(init=False)
    _readings: deque[Reading] = field(init=False, default_factory=lambda: deque(maxlen=READINGS))

    def __post_init__(self) -> None:
        self.newest = PromptCount(self.model, self.window)

    def check(self, messages: tuple[Message, ...], usage: Usage, size: int, counted: Counted) -> Notice | None:
        """Hold what the server read against what was sent; return what to tell when it does not say.

        Args:
            messages: The prompt.
            usage: The server's figures.
            size: Tokens of the prompt as counted here.
            counted: Who counted them.

        Raises:
            ContextWindowExceededError: If the server read clearly less than was sent.
        """
        read = usage.prompt_tokens
        if read is None:
            self.newest = PromptCount(self.model, self.window, size, usage.cached_tokens)
            return self._cannot_check()
        before, self.last, self.fresh = self.last, None, None
        if size >= SMALL:
            self._compare(messages, read, size, counted, before)
        if before is not None and extends(messages, before.messages):
            self.fresh = max(0, read - before.read - before.written)
        self.last = Reading(messages, size, read, usage.completion_tokens or 0)
        self._readings.append(self.last)
        new = self.fresh if usage.cached_tokens is None else read - usage.cached_tokens
        self.newest = PromptCount(self.model, self.window, read, usage.cached_tokens, new, "server")
        if not any(message.images for message in messages):
            self.ratio = read / max(1, sum(self.count(message.content) for message in messages))
        return None

    def went_ahead(self, reading: Reading) -> None:
        """Take in the beginning of a prompt that the server read before there was one."""
        self.last = reading
        self._readings.append(reading)

    def read_of(self, messages: tuple[Message, ...]) -> Reading | None:
        """Return the newest prompt that messages go on from, None if the server read none of them yet.

        It need not be the last one: what mends a reply, and questions beside the thread, are not gone on from.
        """
        going_on = (reading for reading in reversed(self._readings) if extends(messages, reading.messages))
        return next(going_on, None)

    def new_tokens(self, messages: tuple[Message, ...], size: int, counted: Counted) -> int:
        """Return about how many tokens of a prompt the server has not read yet."""
        last = self.last
        if last is not None and extends(messages, last.messages):
            more = messages[len(last.messages) :]
            if more[0].role == "assistant":
                more = more[1:]  # the server wrote it itself
            return min(size, round(sum(self.count(message.content) for message in more) * (self.ratio or 1.0)))
        return size if counted != "bound" else round(size * (self.ratio or _USUAL))

    def _compare(
        self, messages: tuple[Message, ...], read: int, size: int, counted: Counted, before: Reading | None
    ) -> None:
        if counted == "server":
            if read < size * 0.98:
                raise self._cut(read, size, pinned=read in LIMITS)
            return
        if before is not None and extends(messages, before.messages):
            more = sum(self.count(message.content) for message in messages[len(before.messages) :])
            if more >= GROWN and read <= before.read:
                raise self._cut(read, self._true_size(messages), pinned=True)
        same = before is not None and read == before.read and abs(size - before.size) > max(64, size // 10)
        pinned = same or self._ends_at_limit(read, size)
        if not pinned and read >= size * SUSPICIOUS[counted]:
            return
        least = sum(self._least(message.content) for message in messages)
        if read < least * (CUT_AT_LIMIT if pinned else CUT):
            raise self._cut(read, self._true_size(messages), pinned=pinned)

    def _ends_at_limit(self, read: int, size: int) -> bool:
        """Tell whether a count lies just below a window that is smaller than ours, and the prompt may be larger."""
        return any(limit * BELOW_LIMIT <= read <= limit < min(size, self.window) for limit in LIMITS)

    def _least(self, text: str) -> float:
        """Return the tokens that a text has at the very least.

        The tables are those of one family. Others write what is not ASCII with far fewer tokens, so that only the
        plain part of a text is proof.
        """
        if text.isascii():
            return self.exact(text)
        plain = text.encode("ascii", "ignore").decode("ascii")
        return self.exact(plain) + (len(text) - len(plain)) * _OTHER_SCRIPT

    def _true_size(self, messages: Sequence[Message]) -> int:
        return sum(self.exact(message.content) for message in messages)

    def _cut(self, read: int, size: int, *, pinned: bool) -> ContextWindowExceededError:
        how = "it cut the prompt"
        if pinned:
            how = f"it stopped at {read:,} and cut the prompt"
        elif 100 * read // max(1, size) in _HALF:
            how = "about half, so it cut a message in the middle"
        msg = f"The server read {read:,} of about {size:,} prompt tokens: {how}; its reply is not used."
        hint = (
            f"Raise the context window of the server, start vivek with `--window {_size_of(read)}`, "
            "or use `ollama/…`, where vivek sets it."
        )
        return ContextWindowExceededError(msg, hint=hint, needed=size, window=read, answered=True)

    def _cannot_check(self) -> Notice | None:
        if self.unchecked:
            return None
        self.unchecked = True
        return Notice(
            f"The server of {self.model} does not say how much it read: that nothing was cut cannot be checked here.",
            hint="If it forgets what was said, set its context window, and the same with `--window`.",
        )


def extends(messages: tuple[Message, ...], earlier: tuple[Message, ...]) -> bool:
    """Tell whether a prompt goes on from an earlier one."""
    return len(messages) > len(earlier) and messages[: len(earlier)] == earlier


def _size_of(tokens: int) -> str:
    """Return the largest usual window of at most so many tokens, as it is typed."""
    fitting = [limit for limit in LIMITS if limit <= tokens]
    return f"{fitting[-1] // 1024}k" if fitting else str(tokens)
