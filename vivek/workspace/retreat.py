"""Works out how to take changes back, or to bring them again: which files may be touched, which are left alone and why.

It looks at the user's files and changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vivek.schema.applying import APPLIED
from vivek.workspace.records import OTHER, Move, Record, State

Writer = Callable[[str, str | None], Record | None]
"""Path and hash to the change set in effect that left a file so, None when none did."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was left alone, and why, as the end of a sentence about it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What an undo or a redo did, or would do.

    Attributes:
        moves: What became of each file that was restored, in order.
        kept: Files that were left alone because they are not as vivek left them.
        turn: The turn taken back or brought again, None when there was none.
        notes: What was found cut off and settled first.
    """

    moves: tuple[Move, ...] = ()
    kept: tuple[Kept, ...] = ()
    turn: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def restored(self) -> tuple[str, ...]:
        """The files that are as they were before."""
        return tuple(move.path for move in self.moves)


def way_back(
    records: Sequence[Record], look: Callable[[str], State], writer: Writer
) -> tuple[tuple[Move, ...], tuple[Kept, ...]]:
    """Return the moves that take change sets back, and the files that are not as these left them.

    Args:
        records: The change sets, oldest first.
        look: Tells how a file is now.
        writer: Names who left a file as it is.
    """
    start: dict[str, State] = {}
    now: dict[str, State] = {}
    back: dict[str, Move] = {}
    left: dict[str, None] = {}
    for move in _newest_first(records):
        path = move.path
        if path not in start:
            start[path] = now[path] = look(path)
        if move.is_done(now[path]):
            way = move.reversed()
            mode = way.new_mode if way.new_mode is not None or path not in back else back[path].new_mode
            back[path] = Move(path, start[path].sha, way.new, start[path].mode, mode, move.folders)
            now[path] = State(way.new, now[path].mode if mode is None else mode)
        elif now[path].sha != move.old:
            left[path] = None
    moves = tuple(move for move in back.values() if not move.is_done(start[move.path]))
    kept = tuple(Kept(path, _reason(path, start[path].sha, writer)) for path in left if path not in back)
    return moves, kept


def _reason(path: str, sha: str | None, writer: Writer) -> str:
    if sha is None:
        return "it is gone"
    if sha == OTHER:
        return "it is no plain file of the project now"
    record = writer(path, sha)
    if record is None:
        return "it was changed since"
    who = "a reply applied by hand" if record.thread == APPLIED else f"turn {record.turn} of {record.thread}"
    return f"{who} changed it since: take that back first"


def _newest_first(records: Sequence[Record]) -> Iterator[Move]:
    for record in reversed(records):
        yield from reversed(record.moves)
