"""Adds up what the events of one turn say; knows no database."""

from dataclasses import dataclass, field

from vivek.schema.chunk import Usage
from vivek.schema.events import (
    CallDone,
    CheckDone,
    EditApplied,
    EditRefused,
    EditStaged,
    Event,
    NodeStarted,
    ReviewDone,
    TurnDone,
)


@dataclass(frozen=True, slots=True)
class CourseEnded:
    """A review or a narrative ended as its report says; a chat turn ends with `TurnDone`."""

    status: str


Heard = Event | CourseEnded

HEARD: frozenset[type[object]] = frozenset(
    {NodeStarted, CallDone, EditStaged, EditApplied, EditRefused, CheckDone, ReviewDone, TurnDone, CourseEnded}
)
"""The events that count."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One model call; seconds of wall time, None for what nobody knows."""

    step: int
    node: str
    model: str
    usage: Usage
    seconds: float
    first_token: float | None
    finish: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer said."""

    iteration: int
    score: float | None
    needs_work: bool


@dataclass(slots=True)
class Tally:
    """A turn so far, or the part of it after a question was answered.

    Attributes:
        thread: Its thread.
        model: Who does the work.
        started: Seconds since the epoch.
        goes_on: Whether it is the rest of a turn that waited for an answer.
        status: How it ended; a turn that says nothing of its end was cancelled.
        seconds: Wall time, None until it is known.
        first_text: Seconds until its first text, None when nobody knows.
        steps: Nodes that ran.
        edits: How many edits were `staged`, `applied` and `refused`.
        checks: How many checks `passed`, `failed` and were `skipped`.
        calls: Its model calls.
        verdicts: What the reviewer said.
    """

    thread: str
    model: str
    started: float
    goes_on: bool = False
    status: str = "cancelled"
    seconds: float | None = None
    first_text: float | None = None
    steps: int = 0
    edits: dict[str, int] = field(default_factory=lambda: {"staged": 0, "applied": 0, "refused": 0})
    checks: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    calls: list[CallRow] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def take(self, event: Heard) -> None:
        """Add what an event says."""
        match event:
            case NodeStarted():
                self.steps += 1
            case CallDone():
                model = event.model or self.model
                first, finish = event.time_to_first_token, event.finish
                self.calls.append(CallRow(self.steps, event.node, model, event.usage, event.seconds, first, finish))
            case EditStaged():
                self.edits["staged"] += 1
            case EditApplied():
                self.edits["applied"] += 1
            case EditRefused():
                self.edits["refused"] += 1
            case CheckDone():
                self.checks[event.check.status] += 1
            case ReviewDone():
                review = event.review
                self.verdicts.append(Verdict(event.iteration, review.score, review.needs_work))
            case TurnDone():
                report = event.report
                self.status, self.seconds = report.status, report.usage.seconds
                self.first_text = report.usage.time_to_first_token
            case CourseEnded():
                self.status = event.status
