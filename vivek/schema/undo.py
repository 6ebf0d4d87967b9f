"""What an undo or a redo did to the user's files, or would do."""

from dataclasses import dataclass
from typing import Literal

from vivek.schema.edits import FileChange

Way = Literal["undo", "redo"]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was left alone, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What became of a turn.

    Attributes:
        way: Whether it was taken back or brought again.
        thread: Its thread.
        turn: Its number.
        files: What happened to each file, or would; `applied` tells which.
        kept: Files left alone.
        notes: What was found cut off and settled first.
    """

    way: Way
    thread: str
    turn: int
    files: tuple[FileChange, ...] = ()
    kept: tuple[KeptFile, ...] = ()
    notes: tuple[str, ...] = ()
