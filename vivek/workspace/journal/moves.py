"""What becomes of single files, and the change sets that the journal writes down: values only."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.edits import ChangeSet

Act = Literal["apply", "undo"]
Stage = Literal["intent", "done", "undone"]

OTHER = "other"
"""Stands where a hash would: something is there that is no plain file of the workspace."""

REDO = "redo:"
"""What the id of a change set that brings a turn again begins with; the id of the undo follows."""

LEAP = "leap:"
"""What the id of a change set that takes a thread to another of its turns begins with; see `leaps.py`."""


@dataclass(frozen=True, slots=True)
class State:
    """How a file is.

    Attributes:
        sha: SHA-256 (hex) of its bytes, None when there is none, `OTHER` for what is no plain file of the workspace.
        mode: Its rights, None when there is none.
    """

    sha: str | None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One file from one content to another.

    Attributes:
        path: Relative to the root.
        old: SHA-256 (hex) of its bytes now, None when it does not exist.
        new: SHA-256 (hex) of its bytes afterwards, None when it is deleted.
        old_mode: Its rights now, None when it does not exist.
        new_mode: Its rights afterwards; None keeps those it has, or gives a new file the usual ones.
        folders: Levels of folders above it that exist for its sake only.
    """

    path: str
    old: str | None
    new: str | None
    old_mode: int | None = None
    new_mode: int | None = None
    folders: int = 0

    def reversed(self) -> "Move":
        """Return the way back: rights are given back where the move took them, and else left as somebody set them."""
        mode = self.old_mode if self.new is None or self.new_mode is not None else None
        return Move(self.path, self.new, self.old, self.new_mode, mode, self.folders)

    def is_done(self, now: State) -> bool:
        """Tell whether a file is as it is to be afterwards."""
        if now.sha != self.new:
            return False
        return self.new is None or self.new_mode is None or now.mode == self.new_mode


@dataclass(frozen=True, slots=True)
class Record:
    """One change set of the journal.

    Attributes:
        id: The change set's id.
        digest: What tells apart two change sets of one id.
        kind: Whether it brings a change or takes one back.
        thread: The thread it belongs to.
        turn: The turn of that thread.
        token: Part of the names of its temporary files.
        moves: Only the files that vivek itself has to touch.
        state: How far it is; an undo that was brought again, or can be no more, is undone.
        seq: Its place in the journal, 0 before it has one.
        finished: How many turns of the thread had ended before it; None for what its turn tells.
    """

    id: str
    digest: str
    kind: Act
    thread: str
    turn: int
    token: str
    moves: tuple[Move, ...]
    state: Stage = "intent"
    seq: int = field(default=0, compare=False)
    finished: int | None = field(default=None, compare=False)

    @property
    def after(self) -> int:
        """The turns that had ended before it: a change is made within its turn, an undo of a turn behind it."""
        if self.finished is not None:
            return self.finished
        return self.turn - 1 if self.kind == "apply" and not self.id.startswith(REDO) else self.turn

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it touches."""
        return tuple(move.path for move in self.moves)

    @property
    def title(self) -> str:
        """Name it for the user."""
        if self.id.startswith(LEAP):
            return f"A return to an earlier state of {', '.join(self.paths) or 'the conversation'}"
        what = "An undo of" if self.kind == "undo" else "A redo of" if self.id.startswith(REDO) else "A change to"
        return f"{what} {', '.join(self.paths) or 'nothing'}"

    def tag(self, path: str) -> str:
        """Name the temporary file of one move; the same whichever way and in whichever order the moves are done."""
        return f"{self.token}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def digest_of(change_set: ChangeSet) -> str:
    """Tell apart change sets of one id: an id may come again when a thread is deleted and its name reused."""
    modes = ("" if edit.mode is None else f"\0{edit.mode:o}" for edit in change_set.edits)
    lines = (
        f"{edit.path}\0{edit.before}\0{edit.after}{mode}" for edit, mode in zip(change_set.edits, modes, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
