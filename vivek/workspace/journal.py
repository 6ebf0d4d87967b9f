"""Changes the user's files: all files of a change set or none, across errors and sudden death, and takes turns back.

A write-ahead journal: the intent and all old bytes are on disk before the first file is touched. It never decodes
text and never writes over what somebody else wrote meanwhile.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace

from vivek.errors import WorkspaceError
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.workspace.files import Files, link_refusal
from vivek.workspace.locks import hold
from vivek.workspace.mover import Mover, conflict
from vivek.workspace.records import Act, Move, Record, Records, digest_of
from vivek.workspace.store import Store

LOCK_NAME = "_files.lock"  # no thread can be called so


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What an undo did.

    Attributes:
        restored: Files that are as they were before the turn.
        kept: Files that were left alone because somebody changed them since.
        turn: The turn taken back, None when there was none.
        notes: What was found cut off and settled first.
    """

    restored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    turn: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppliedTurn:
    """A turn that can be taken back, and the files it changed."""

    turn: int
    paths: tuple[str, ...]


class Journal:
    """The one way to change the user's files.

    Args:
        store: Where intents and contents are kept.
        workspace: The user's files.
        wait: Seconds to wait for another process that is changing files.
    """

    def __init__(self, store: Store, workspace: Files, *, wait: float = 30.0) -> None:
        self._store = store
        self._files = workspace
        self._wait = wait
        self._records = Records(store)
        self._mover = Mover(store, workspace)

    def apply(self, change_set: ChangeSet, *, thread: str, turn: int) -> tuple[FileEdit, ...]:
        """Bring a change set into the user's files; doing so twice is doing so once.

        Raises:
            OutsideWorkspaceError: If a path leads out of the workspace.
            EditConflictError: If a file is neither as before nor as after the edit, or the user took the change
                back; nothing is changed then.
            WorkspaceError: If a file is read-only or the disk fails; nothing is changed then either, or, when even
                that failed, the next `recover` settles it.
        """
        with self._alone():
            digest = digest_of(change_set)
            known = self._records.find(change_set.id, digest)
            if known is not None and known.state == "intent":
                self._end(known)
            if known is not None and known.state == "undone":
                raise conflict([edit.path for edit in change_set.edits], "was taken back by an undo")
            moves = self._needed(change_set)
            if known is not None and 0 < len(moves) < len(change_set.edits):
                raise conflict([move.path for move in moves], "was changed back since this change was made")
            if moves:
                self._run(self._record("apply", change_set.id, digest, thread, turn, moves))
        return change_set.edits

    def recover(self) -> list[str]:
        """Settle what a sudden end cut off: finish it where every file allows, else take it back.

        Call it once at start. Returns one sentence for each change set found, for the user.
        """
        if not self._records.pending():
            return []
        with self._alone():
            return [self._settle(record) for record in self._records.pending()]

    def undo(self, thread: str) -> UndoOutcome:
        """Take back the last turn of a thread that is in the user's files; again, and the one before goes.

        Only files that are still as vivek left them are restored.

        Raises:
            WorkspaceError: If a file is read-only or the disk fails; nothing is taken back then.
        """
        with self._alone():
            notes = tuple(self._settle(record) for record in self._records.pending())
            applied = self._records.applied(thread)
            if not applied:
                return UndoOutcome(notes=notes)
            turn = applied[-1].turn
            moves, kept = self._way_back([record for record in reversed(applied) if record.turn == turn])
            token = _token()
            self._run(self._record("undo", f"undo-{token}", token, thread, turn, moves))
            return UndoOutcome(tuple(move.path for move in moves), kept, turn, notes)

    def turns(self, thread: str) -> list[AppliedTurn]:
        """Return the turns of a thread that can be taken back, newest first."""
        paths: dict[int, dict[str, None]] = {}
        for record in reversed(self._records.applied(thread)):
            paths.setdefault(record.turn, {}).update(dict.fromkeys(record.paths))
        return [AppliedTurn(turn, tuple(sorted(names))) for turn, names in paths.items()]

    def forget(self, thread: str) -> None:
        """Forget what was done for a thread, because it is deleted; its changes stay."""
        self._records.forget(thread)

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other processes from the user's files; whatever is found begun under this lock is dead."""
        return hold(self._store.folder / "locks" / LOCK_NAME, wait=self._wait)

    def _needed(self, change_set: ChangeSet) -> list[Move]:
        """Return the moves that are left to do.

        Raises:
            EditConflictError: If a file is neither as before nor as after.
            WorkspaceError: If one of them cannot be done.
        """
        moves: list[Move] = []
        conflicts: list[str] = []
        places = [self._files.place_of(edit.path) for edit in change_set.edits]
        for edit in change_set.edits:
            now = self._mover.holds(edit.path)
            if now == edit.after:
                continue
            if now != edit.before:
                conflicts.append(edit.path)
                continue
            if edit.after is None and self._files.is_link(edit.path):
                raise link_refusal(edit.path)
            moves.append(Move(edit.path, edit.before, edit.after))
        if conflicts:
            raise conflict(conflicts, "changed since this edit was made")
        if len(set(places)) < len(places):
            msg = "One file is changed twice, under two names, in one change set."
            raise WorkspaceError(msg, hint="Ask for the change again, by the file's own name.")
        return moves

    def _record(self, kind: Act, id_: str, digest: str, thread: str, turn: int, moves: list[Move]) -> Record:
        return Record(id_, digest, kind, thread, turn, _token(), tuple(self._completed(move) for move in moves))

    def _completed(self, move: Move) -> Move:
        """Check that a move can be done and note what its way back needs."""
        self._files.check_writable(move.path)
        if move.new is not None:
            self._store.number_of(move.new)  # raises when the content is missing
        if move.old is None:
            return replace(move, folders=self._files.missing_folders(move.path))
        return replace(move, mode=self._files.mode(move.path))

    def _run(self, record: Record) -> None:
        """Write the intent down, then do it; any failure takes all of it back."""
        with self._store.transaction():
            for move in record.moves:
                if move.old is not None:
                    self._keep(move.path, move.old)
            self._records.add(record)
        with ExitStack() as on_failure:
            on_failure.callback(self._fall_back, record)
            self._mover.carry_out(record)
            self._records.finish(record)
            on_failure.pop_all()

    def _keep(self, path: str, sha: str) -> None:
        data = self._files.read(path)
        if data is None or self._store.put(data) != sha:
            raise conflict([path], "changed just now")

    def _take_back(self, record: Record) -> list[str]:
        kept = self._mover.take_back(record)
        self._records.drop(record)
        return kept

    def _fall_back(self, record: Record) -> None:
        try:
            self._take_back(record)
        except WorkspaceError as error:
            msg = f"{record.title} was cut off halfway: {error.message}"
            raise WorkspaceError(msg, hint="Start vivek again: it finishes the change or takes it back.") from error

    def _settle(self, record: Record) -> str:
        """End what was begun, and say how; never raises, so that one broken file cannot keep vivek from starting."""
        try:
            return self._end(record)
        except WorkspaceError as error:
            return f"{record.title} was cut off and cannot be settled now: {error.message}"

    def _end(self, record: Record) -> str:
        """End what was begun, forwards if possible, and say how."""
        cause = ""
        try:
            self._mover.clear(record)
            if all(self._mover.holds(move.path) in (move.old, move.new) for move in record.moves):
                self._mover.carry_out(record)
                self._records.finish(record)
                return f"{record.title} had been cut off; it is complete now."
        except WorkspaceError as error:
            cause = f" ({error.message})"
        kept = self._take_back(record)
        left = f"; changed since, so left alone: {', '.join(kept)}" if kept else ""
        return f"{record.title} had been cut off; it has been taken back{cause}{left}."

    def _way_back(self, records: list[Record]) -> tuple[list[Move], tuple[str, ...]]:
        """Return the moves that take records back, newest first, and the files that somebody changed since."""
        start: dict[str, str | None] = {}
        end: dict[str, Move] = {}
        kept: dict[str, None] = {}
        for move in _newest_first(records):
            if move.path not in start:
                start[move.path] = self._mover.holds(move.path)
            now = end[move.path].new if move.path in end else start[move.path]
            if now == move.new:
                end[move.path] = Move(move.path, start[move.path], move.old, move.mode, move.folders)
            elif now != move.old:
                kept[move.path] = None
        moves = [move for move in end.values() if move.old != move.new]
        return moves, tuple(path for path in kept if path not in end)


def _token() -> str:
    return os.urandom(8).hex()


def _newest_first(records: list[Record]) -> Iterator[Move]:
    for record in records:
        yield from reversed(record.moves)
