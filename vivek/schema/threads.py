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


@dataclass(frozen=True, slots=True)
class ThreadHit:
    """A message in which something was found.

    Attributes:
        thread: The thread.
        title: Its title.
        directory: The root of its project.
        updated: When it was used last, in seconds since the epoch.
        turn: The turn, counted from 1.
        role: Who said it: `user` or `assistant`.
        line: The line with the match, shortened.
    """

    thread: str
    title: str
    directory: str
    updated: float
    turn: int
    role: str
    line: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: The places, as many as were wanted.
        total: How many there are.
        searched: How many threads were searched.
        unread: Projects whose threads cannot be read now.
    """

    hits: tuple[ThreadHit, ...]
    total: int
    searched: int
    unread: tuple[str, ...] = ()
