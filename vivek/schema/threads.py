"""What a list of threads shows."""

from dataclasses import dataclass
from typing import Literal

ThreadKind = Literal["chat", "review", "analyze"]
ThreadStatus = Literal["new", "finished", "unfinished", "needs_approval", "needs_answer", "damaged"]


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """One thread.

    Attributes:
        id: Two words and a number, such as `calm-otter-7`.
        kind: The flow it runs.
        title: The first request, shortened, or the name the user gave.
        directory: The root of the project it belongs to.
        model: `provider/name` used last, or "".
        turns: Finished turns.
        updated: Seconds since the epoch.
        status: Where it stands.
    """

    id: str
    kind: ThreadKind
    title: str
    directory: str
    model: str
    turns: int
    updated: float
    status: ThreadStatus
