"""How fast a model is here: what ordinary calls teach, and what the user is told before and when it gets slow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from vivek.schema.chunk import Usage
from vivek.schema.events import Notice
from vivek.schema.known import Known
from vivek.schema.models import ModelInfo

LONG = 10.0
"""Expected seconds of reading above which they are told beforehand."""

ENOUGH_READ, ENOUGH_WRITTEN = 100, 32
"""Tokens that a call must have read or written for its speed to mean something."""

NEWEST = 0.25
"""What the newest call counts for in a speed."""

FALL = 3.0
"""How many times slower than known is a fall..."""

LASTING = 2
"""...and in how many calls in a row, so that one busy moment is none."""

LOADED = 0.5
"""Seconds from which loading was loading, and not a look at a model that was there."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One call as a clock saw it.

    Attributes:
        usage: What the server said.
        new_tokens: Prompt tokens that it probably had to read, when it does not say how many were cached.
        until_token: Seconds until the first piece, None when none came.
        writing: Seconds from the first piece to the end.
        loaded: Whether the model was loaded for it.
    """

    usage: Usage
    new_tokens: int | None
    until_token: float | None
    writing: float | None
    loaded: bool


@dataclass(slots=True)
class Pace:
    """The speeds of one model on this machine.

    Attributes:
        known: What is known of it; learns with every call.
        window: Tokens it holds now.
        keep: Takes what was learned; called after a call that taught something.
        slow_calls: Calls in a row whose writing fell behind.
        told: What was told once already.
    """

    known: Known
    window: int
    keep: Callable[[Known], None] = lambda known: None
    slow_calls: int = 0
    told: frozenset[str] = frozenset()

    def before(self, new_tokens: int) -> Notice | None:
        """Return what to tell before so many tokens are read, None when it is no matter."""
        rate = self.known.prefill_rate
        if not rate or new_tokens / rate <= LONG:
            return None
        return Notice(f"About {_seconds(new_tokens / rate)} to read {new_tokens:,} new tokens at {_rate(rate)} tok/s.")

    def after(self, lap: Lap) -> Iterator[Notice]:
        """Learn from a call; yield what to tell of it."""
        before = self.known
        written = decode_rate(lap)
        if written is not None and before.decode_rate is not None and written * FALL < before.decode_rate:
            self.slow_calls += 1
            if self.slow_calls < LASTING:
                written = None  # it may pass
            elif "fall" not in self.told:
                self.told |= {"fall"}
                yield self._fell(before.decode_rate, written)
        elif written is not None:
            self.slow_calls = 0
        fresh = self.slow_calls >= LASTING
        load = lap.usage.load_seconds
        self.known = replace(
            before,
            prefill_rate=_mixed(before.prefill_rate, prefill_rate(lap)),
            decode_rate=written if fresh else _mixed(before.decode_rate, written),
            load_seconds=load if load is not None and load >= LOADED else before.load_seconds,
        )
        if self.known != before:
            self.keep(self.known)

    def placed(self, info: ModelInfo) -> Notice | None:
        """Return what to tell once of a model that does not lie in the memory of the GPU as a whole."""
        share = info.gpu_share
        if share is None or not 0 < share < 1 or "place" in self.told:
            return None
        self.told |= {"place"}
        return Notice(
            f"Only {share:.0%} of {self.known.model} fits the memory of the GPU; the rest runs on the slow CPU.",
            hint=self._smaller(),
        )

    def _fell(self, known: float, now: float) -> Notice:
        return Notice(
            f"Writing fell from {_rate(known)} to {_rate(now)} tok/s: memory is full or the model partly on the CPU.",
            hint=self._smaller(),
        )

    def _smaller(self) -> str:
        half = self.window // 2 // 1024
        return f"Try `--window {half}k`, or a smaller model." if half >= 4 else "Try a smaller model."


def prefill_rate(lap: Lap) -> float | None:
    """Return the tokens of prompt read in a second, None when the call was too short or too much is unknown."""
    usage = lap.usage
    new = lap.new_tokens
    if usage.prompt_tokens is not None and usage.cached_tokens is not None:
        new = usage.prompt_tokens - usage.cached_tokens
    elif lap.loaded and usage.prompt_tokens is not None:
        new = usage.prompt_tokens  # a model that was just loaded remembers nothing
    seconds = usage.prefill_seconds
    if seconds is None and not lap.loaded:
        seconds = lap.until_token
    return None if new is None or new < ENOUGH_READ or not seconds else new / seconds


def decode_rate(lap: Lap) -> float | None:
    """Return the tokens written in a second: by the server's clock, else by ours; None for a short reply."""
    tokens = lap.usage.completion_tokens
    seconds = lap.usage.decode_seconds or lap.writing
    return None if tokens is None or tokens < ENOUGH_WRITTEN or not seconds else tokens / seconds


def _mixed(known: float | None, newest: float | None) -> float | None:
    if known is None or newest is None:
        return known if newest is None else newest
    return (1 - NEWEST) * known + NEWEST * newest


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}".removesuffix(".0")


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
