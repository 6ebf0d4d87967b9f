"""Going back to a turn of a thread, and branching off from one: what would happen, and what did."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.edits import FileChange
from vivek.schema.undo import KeptFile

BranchKind = Literal["fork", "set_aside"]


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn in a list.

    Attributes:
        number: Counted from 1.
        request: The first line of what the user asked.
        checkpoint: Where it ended, "" while it is open.
        files: What it changed.
    """

    number: int
    request: str
    checkpoint: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RewindPlan:
    """What a return to an earlier turn, or its undoing, would do.

    Attributes:
        thread: The thread.
        turn: The last turn that is in the conversation afterwards; 0 is its beginning.
        dropped: Turns that are set aside.
        restored: Turns that come back.
        files: What becomes of files.
        kept: Files that do not get there, and why.
        notes: What else there is to know.
    """

    thread: str
    turn: int
    dropped: tuple[TurnLine, ...] = ()
    restored: tuple[TurnLine, ...] = ()
    files: tuple[FileChange, ...] = ()
    kept: tuple[KeptFile, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.dropped or self.restored or self.files)


@dataclass(frozen=True, slots=True)
class Rewound:
    """What a return did.

    Attributes:
        plan: What happened.
        aside: The name of what was set aside, "" when no turn was.
    """

    plan: RewindPlan
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Forked:
    """A thread made of another.

    Attributes:
        thread: The new one.
        parent: The one it was made of.
        turn: The last turn that both have.
        directory: The project it works in.
        branch: The branch of git that was made for it, "" for none.
        kept: Files that are as they are now, and not as they were at that turn.
        notes: What else there is to know.
    """

    thread: str
    parent: str
    turn: int
    directory: str
    branch: str = ""
    kept: tuple[KeptFile, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeBranch:
    """What left a thread at the end of a turn.

    Attributes:
        kind: A fork, or what a return to that turn set aside.
        turn: That turn, 0 for the beginning.
        tree: The thread that it became.
    """

    kind: BranchKind
    turn: int
    tree: "ThreadTree"


@dataclass(frozen=True, slots=True)
class TreeParent:
    """The thread that a fork with files of its own left; what became of it is told in its own folder.

    Attributes:
        thread: Its id.
        turn: The last turn that both have.
        directory: Its folder.
    """

    thread: str
    turn: int
    directory: str


@dataclass(frozen=True, slots=True)
class ThreadTree:
    """A thread with all that left it.

    Attributes:
        thread: Its id.
        title: Its title.
        asked: Whether it is the one that was asked for.
        turns: Its turns, without those it shares with the thread it left.
        branches: What left it, in the order of turns.
        directory: The folder of a fork that has files of its own, "" for any other thread.
        parent: Where such a fork came from, seen from its own folder; None for any other thread.
    """

    thread: str
    title: str
    asked: bool
    turns: tuple[TurnLine, ...] = ()
    branches: tuple[TreeBranch, ...] = ()
    directory: str = ""
    parent: TreeParent | None = None
