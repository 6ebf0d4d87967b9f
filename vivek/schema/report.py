"""What one turn came to: the object that `ask --format json` prints."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.checks import Check
from vivek.schema.chunk import Usage
from vivek.schema.edits import FileChange
from vivek.schema.review import Review

TurnStatus = Literal["done", "failed", "needs_approval", "needs_answer", "declined", "cancelled", "incomplete"]


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """Figures of a whole turn; None means unknown.

    Attributes:
        prompt_tokens: Prompt tokens over all calls.
        cached_tokens: Of these, taken from caches.
        completion_tokens: Tokens generated over all calls.
        calls: Calls of a model.
        seconds: Wall time of the turn, waiting for the user left out.
        time_to_first_token: Seconds from the start to the first text.
        tokens_per_second: Generated tokens by decode time.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    calls: int = 0
    seconds: float = 0.0
    time_to_first_token: float | None = None
    tokens_per_second: float | None = None

    def with_call(self, usage: Usage, seconds: float, time_to_first_token: float | None) -> "TurnUsage":
        """Return the figures with one call's added; a figure that is unknown for any call stays unknown."""
        first = self.calls == 0
        speed = _speed(usage.completion_tokens, usage.decode_seconds)
        return TurnUsage(
            prompt_tokens=_sum(self.prompt_tokens, usage.prompt_tokens, first=first),
            cached_tokens=_sum(self.cached_tokens, usage.cached_tokens, first=first),
            completion_tokens=_sum(self.completion_tokens, usage.completion_tokens, first=first),
            calls=self.calls + 1,
            seconds=self.seconds + seconds,
            time_to_first_token=time_to_first_token if first else self.time_to_first_token,
            tokens_per_second=speed if first else self._joint_speed(usage, speed),
        )

    def _joint_speed(self, usage: Usage, speed: float | None) -> float | None:
        if speed is None or self.tokens_per_second is None or not self.completion_tokens or not usage.completion_tokens:
            return None
        decode = self.completion_tokens / self.tokens_per_second + usage.completion_tokens / speed
        return (self.completion_tokens + usage.completion_tokens) / decode


def _sum(so_far: int | None, more: int | None, *, first: bool) -> int | None:
    if first:
        return more
    return None if so_far is None or more is None else so_far + more


def _speed(tokens: int | None, seconds: float | None) -> float | None:
    return tokens / seconds if tokens and seconds else None


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as data."""

    type: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class TurnReport:
    """The outcome of one turn."""

    thread_id: str
    status: TurnStatus
    answer: str = ""
    changes: tuple[FileChange, ...] = ()
    diff: str = ""
    checks: tuple[Check, ...] = ()
    review: Review | None = None
    usage: TurnUsage = TurnUsage()
    model: str = ""
    error: ErrorReport | None = None
