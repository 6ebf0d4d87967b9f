"""What a thread is like when it is opened again: what was under way, what changed since, what must be read anew."""

from dataclasses import dataclass

from vivek.schema.questions import Clarification
from vivek.schema.threads import ThreadStatus

LONG = 10.0
"""Seconds of reading from which it is worth a question..."""

MANY = 8_000
"""...and tokens, where nobody knows how long they take."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """What a sudden end cut off.

    Attributes:
        request: What the user asked, in one line.
        node: The node that was at work, or would have been the next.
        doing: What it did, for people: `the model was at work`, `search: discount`.
        commands: Commands that ran, each with whether what it wrote went where nobody sees it.
        age: Seconds since the turn began, never below 0; None when that is not known.
    """

    request: str
    node: str
    doing: str
    commands: tuple[tuple[str, bool], ...] = ()
    age: float | None = None


@dataclass(frozen=True, slots=True)
class Reread:
    """What the model has to read before it can go on.

    Attributes:
        tokens: About how many; 0 where it is known to have them still.
        seconds: How long that takes as far as was measured, None when it was not.
        compactable: Whether the thread is at rest, so that it can be summed up first.
        at_most: Whether its server may have some of them still, from before.
    """

    tokens: int
    seconds: float | None = None
    compactable: bool = False
    at_most: bool = False

    @property
    def worth_asking(self) -> bool:
        """Whether it takes so long that the user is asked to sum the thread up first."""
        long = self.tokens >= MANY if self.seconds is None else self.seconds >= LONG
        return self.compactable and long


@dataclass(frozen=True, slots=True)
class Reopening:
    """An existing thread as it is opened again.

    Attributes:
        status: Where it stands.
        in_flight: What was cut off, None when nothing was.
        changed: Files that are no longer as this thread last saw them, in order, all of them.
        reread: What the model has to read, None when nothing was said yet or no model is there.
        missing_model: Why there is no model, "" where there is one.
        question: What the model asked last, which the next message answers, or None.
    """

    status: ThreadStatus
    in_flight: InFlight | None = None
    changed: tuple[str, ...] = ()
    reread: Reread | None = None
    missing_model: str = ""
    question: Clarification | None = None
