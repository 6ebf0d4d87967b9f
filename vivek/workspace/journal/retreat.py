"""Works out how to take changes back, or to bring them again: which files may be touched, which are left alone and why.

It looks at the user's files and changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from vivek.schema.applying import BY_HAND
from vivek.workspace.journal.moves import OTHER, Move, Record, State

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
    walk = _walk(records, look)
    kept = tuple(Kept(path, _reason(path, walk.start[path].sha, writer)) for path in walk.left if path not in walk.back)
    return walk.moves(), kept


def way_to(
    records: Sequence[Record], look: Callable[[str], State], writer: Writer, *, force: bool
) -> tuple[tuple[Move, ...], tuple[Kept, ...]]:
    """Return the moves to how files were before the first of some change sets, and the files that do not get there.

    Args:
        records: All that was done since, undos too, oldest first.
        look: Tells how a file is now.
        writer: Names who left a file as it is.
        force: Take back also what somebody else changed, as far as it is plain files.
    """
    walk = _walk(records, look)
    kept: list[Kept] = []
    for path in walk.left:
        start, first = walk.start[path], walk.first[path]
        if not force or start.sha == OTHER:
            went = path in walk.back
            kept.append(Kept(path, _BETWEEN if went else _reason(path, start.sha, writer)))
        else:
            mode = first.old_mode if start.sha is None or first.new_mode is not None else None
            walk.back[path] = Move(path, start.sha, first.old, start.mode, mode, first.folders)
    return walk.moves(), tuple(kept)


_BETWEEN = "it was changed by somebody else in between, and goes back to that change only"


@dataclass(slots=True)
class _Walk:
    """What became of files on the way back: how they are, the first and the last step, and where it ended early."""

    start: dict[str, State] = field(default_factory=dict)
    first: dict[str, Move] = field(default_factory=dict)
    back: dict[str, Move] = field(default_factory=dict)
    left: dict[str, None] = field(default_factory=dict)

    def moves(self) -> tuple[Move, ...]:
        return tuple(move for move in self.back.values() if not move.is_done(self.start[move.path]))


def _walk(records: Sequence[Record], look: Callable[[str], State]) -> _Walk:
    walk, now = _Walk(), dict[str, State]()
    start, back = walk.start, walk.back
    for move in _newest_first(records):
        path = move.path
        if path not in start:
            start[path] = now[path] = look(path)
        walk.first[path] = move
        if move.is_done(now[path]):
            way = move.reversed()
            mode = way.new_mode if way.new_mode is not None or path not in back else back[path].new_mode
            back[path] = Move(path, start[path].sha, way.new, start[path].mode, mode, move.folders)
            now[path] = State(way.new, now[path].mode if mode is None else mode)
        elif now[path].sha != move.old:
            walk.left[path] = None
    return walk


def _reason(path: str, sha: str | None, writer: Writer) -> str:
    if sha is None:
        return "it is gone"
    if sha == OTHER:
        return "it is no plain file of the project now"
    record = writer(path, sha)
    if record is None:
        return "it was changed since"
    who = BY_HAND.get(record.thread) or f"turn {record.turn} of {record.thread}"
    return f"{who} changed it since: take that back first"


def _newest_first(records: Sequence[Record]) -> Iterator[Move]:
    for record in reversed(records):
        yield from reversed(record.moves)
