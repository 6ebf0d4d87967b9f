"""What one turn came to: the object that `ask --format json` prints."""

from dataclasses import dataclass, replace
from typing import Literal

from vivek.schema.checks import Check
from vivek.schema.chunk import Usage
from vivek.schema.edits import FileChange
from vivek.schema.questions import Clarification
from vivek.schema.review import Review

TurnStatus = Literal["done", "failed", "needs_approval", "needs_answer", "declined", "cancelled", "incomplete"]


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """What one model did in a turn for one node.

    Attributes:
        node: The node that asked.
        model: `provider/model` of who answered.
        calls: How often.
        prompt_tokens: Prompt tokens over these calls, None when unknown.
        completion_tokens: Tokens generated over these calls, None when unknown.
        instead_of: `provider/model` of whom it stood in for, or "".
        why: Why it did, or "".
    """

    node: str
    model: str
    calls: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    instead_of: str = ""
    why: str = ""

    def with_call(self, usage: Usage, why: str) -> "ModelCalls":
        """Return the figures with one call's added."""
        first = self.calls == 0
        return ModelCalls(
            self.node,
            self.model,
            self.calls + 1,
            _sum(self.prompt_tokens, usage.prompt_tokens, first=first),
            _sum(self.completion_tokens, usage.completion_tokens, first=first),
            self.instead_of,
            why or self.why,
        )


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
        models: Which model did what, in the order of the first calls.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    calls: int = 0
    seconds: float = 0.0
    time_to_first_token: float | None = None
    tokens_per_second: float | None = None
    models: tuple[ModelCalls, ...] = ()

    def with_call(
        self, usage: Usage, seconds: float, time_to_first_token: float | None, *, by: ModelCalls | None = None
    ) -> "TurnUsage":
        """Return the figures with one call's added; a figure that is unknown for any call stays unknown.

        Args:
            usage: What the server said.
            seconds: Wall time of the call.
            time_to_first_token: Seconds until its first text, None when there was none.
            by: Who asked and who answered, or None to leave that out.
        """
        first = self.calls == 0
        if self.time_to_first_token is None and time_to_first_token is not None:
            time_to_first_token += self.seconds
        speed = _speed(usage.completion_tokens, usage.decode_seconds)
        return TurnUsage(
            prompt_tokens=_sum(self.prompt_tokens, usage.prompt_tokens, first=first),
            cached_tokens=_sum(self.cached_tokens, usage.cached_tokens, first=first),
            completion_tokens=_sum(self.completion_tokens, usage.completion_tokens, first=first),
            calls=self.calls + 1,
            seconds=self.seconds + seconds,
            time_to_first_token=time_to_first_token if self.time_to_first_token is None else self.time_to_first_token,
            tokens_per_second=speed if first else self._joint_speed(usage, speed),
            models=self.models if by is None else self._with_model(by, usage),
        )

    def with_turn(self, turn: "TurnUsage") -> "TurnUsage":
        """Return the figures of these turns with another one's added; which model did what is left out."""
        if not turn.calls:
            return replace(self, seconds=self.seconds + turn.seconds)
        first = self.calls == 0
        decode = [_decode(usage) for usage in (self, turn) if usage.calls]
        known = [seconds for seconds in decode if seconds is not None]
        tokens = _sum(self.completion_tokens, turn.completion_tokens, first=first)
        return TurnUsage(
            prompt_tokens=_sum(self.prompt_tokens, turn.prompt_tokens, first=first),
            cached_tokens=_sum(self.cached_tokens, turn.cached_tokens, first=first),
            completion_tokens=tokens,
            calls=self.calls + turn.calls,
            seconds=self.seconds + turn.seconds,
            tokens_per_second=_speed(tokens, sum(known)) if len(known) == len(decode) else None,
        )

    def _with_model(self, by: ModelCalls, usage: Usage) -> tuple[ModelCalls, ...]:
        done = {(each.node, each.model): each for each in self.models}
        done[by.node, by.model] = done.get((by.node, by.model), by).with_call(usage, by.why)
        return tuple(done.values())

    def _joint_speed(self, usage: Usage, speed: float | None) -> float | None:
        if speed is None or self.tokens_per_second is None or not self.completion_tokens or not usage.completion_tokens:
            return None
        decode = self.completion_tokens / self.tokens_per_second + usage.completion_tokens / speed
        return (self.completion_tokens + usage.completion_tokens) / decode


def _sum(so_far: int | None, more: int | None, *, first: bool) -> int | None:
    if first:
        return more
    return None if so_far is None or more is None else so_far + more


def _decode(usage: TurnUsage) -> float | None:
    """Return the seconds that a model wrote, None when unknown."""
    if usage.completion_tokens is None or not usage.tokens_per_second:
        return None
    return usage.completion_tokens / usage.tokens_per_second


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
    """The outcome of one turn.

    Attributes:
        thread_id: The thread.
        status: How it ended.
        answer: What the user is told.
        changes: The files of the change, applied or not.
        diff: The change.
        checks: What was checked.
        review: The verdict, or None.
        usage: Figures.
        model: `provider/model` that was to answer.
        error: What went wrong, or None.
        answered_by: `provider/model` of those who answered in its place, joined by commas, or "".
        shortened: Whether `answer` holds only the two ends of a reply that is too long to be held; the thread keeps
            all of it.
        question: What the model asks the user before it goes on, or None.
        reply: The file that keeps the reply of a turn that failed, below the root where it is there, or "".
    """

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
    answered_by: str = ""
    shortened: bool = False
    question: Clarification | None = None
    reply: str = ""
