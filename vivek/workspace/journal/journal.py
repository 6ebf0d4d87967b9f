"""Changes the user's files: all files of a change set or none, across errors and sudden death; takes turns back.

A write-ahead journal: the intent and all old bytes are on disk before the first file is touched. It never decodes
text and never writes over what somebody else wrote meanwhile.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from vivek.errors import WorkspaceError
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.workspace.files import Files, link_refusal
from vivek.workspace.journal.intents import Intents
from vivek.workspace.journal.mover import Mover, conflict
from vivek.workspace.journal.moves import REDO, Act, Move, Record, digest_of
from vivek.workspace.journal.records import Records
from vivek.workspace.journal.retreat import UndoOutcome, way_back
from vivek.workspace.locks import hold
from vivek.workspace.paths import refuse_as_new
from vivek.workspace.store import Store

LOCK_NAME = "_files.lock"  # no thread can be called so


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
        self._intents = Intents(store, workspace, self._records, self._mover)

    def apply(self, change_set: ChangeSet, *, thread: str, turn: int) -> tuple[FileEdit, ...]:
        """Bring a change set into the user's files; doing so twice is doing so once.

        Raises:
            OutsideWorkspaceError: If a path leads out of the workspace, or a new one is a name that Windows reads as
                another.
            EditConflictError: If a file is neither as before nor as after the edit, or the user took the change
                back; nothing is changed then.
            WorkspaceError: If a file is read-only or the disk fails; nothing is changed then either, or, when even
                that failed, the next `recover` settles it.
        """
        with self._alone():
            digest = digest_of(change_set)
            known = self._records.find(change_set.id, digest)
            if known is not None and known.state == "intent":
                self._intents.end(known)
            moves = self._needed(change_set)
            if known is not None and known.state == "undone" and moves:
                raise conflict([edit.path for edit in change_set.edits], "was taken back by an undo")
            if known is not None and 0 < len(moves) < len(change_set.edits):
                raise conflict([move.path for move in moves], "was changed back since this change was made")
            if moves:
                self._intents.run(Record(change_set.id, digest, "apply", thread, turn, _token(), tuple(moves)))
        return change_set.edits

    def recover(self) -> list[str]:
        """Settle what a sudden end cut off: finish it where every file allows, else take it back.

        Call it once at start. Returns one sentence for each change set found, for the user.
        """
        if not self._records.pending():
            return []
        with self._alone():
            return self._intents.settle()

    def undo(
        self, thread: str, turn: int | None = None, *, dry_run: bool = False, finished: int | None = None
    ) -> UndoOutcome:
        """Take back a turn of a thread; without a number the one applied last: again, and the one before goes.

        Only files that are still as vivek left them are restored.

        Args:
            thread: The thread.
            turn: The turn; other turns stay, and what they changed since is left alone.
            dry_run: Tell what would become of it, and change nothing.
            finished: How many turns the thread has, None when that is not known.

        Raises:
            WorkspaceError: If a file is read-only or the disk fails; nothing is taken back then.
        """
        with self._alone():
            notes = self._settled(dry_run)
            applied = self._records.applied(thread)
            if turn is None and applied:
                turn = applied[-1].turn
            records = [record for record in applied if record.turn == turn]
            if turn is None or not records:
                return UndoOutcome(notes=notes)
            moves, kept = way_back(records, self._mover.look, self._records.writer)
            if not dry_run:
                token = _token()
                self._intents.run(Record(f"undo-{token}", token, "undo", thread, turn, token, moves, finished=finished))
            return UndoOutcome(moves, kept, turn, notes)

    def redo(self, thread: str, *, dry_run: bool = False, finished: int | None = None) -> UndoOutcome:
        """Bring again what the last undo of a thread took back; again, and what the undo before took back comes.

        Once the thread has changed files anew there is nothing to bring again. Only files that are still as the undo
        left them are touched.

        Raises:
            WorkspaceError: As `undo` does.
        """
        with self._alone():
            notes = self._settled(dry_run)
            undos = self._records.taken_back(thread)
            if not undos:
                return UndoOutcome(notes=notes)
            last, token = undos[-1], _token()
            moves, kept = way_back([last], self._mover.look, self._records.writer)
            if not dry_run:
                self._intents.run(
                    Record(f"{REDO}{last.id}", token, "apply", thread, last.turn, token, moves, finished=finished)
                )
            return UndoOutcome(moves, kept, last.turn, notes)

    def turns(self, thread: str) -> list[AppliedTurn]:
        """Return the turns of a thread that can be taken back, newest first."""
        paths: dict[int, dict[str, None]] = {}
        for record in reversed(self._records.applied(thread)):
            paths.setdefault(record.turn, {}).update(dict.fromkeys(record.paths))
        return [AppliedTurn(turn, tuple(sorted(names))) for turn, names in paths.items()]

    def written(self, thread: str) -> dict[str, str | None]:
        """Return the files that are as this thread left them: their SHA-256 by path, None for those it deleted."""
        left = {path: moves[-1].new for path, moves in self.history(thread).items()}
        return {path: sha for path, sha in left.items() if self._mover.look(path).sha == sha}

    def history(self, thread: str, turn: int | None = None) -> dict[str, tuple[Move, ...]]:
        """Return what a thread, or one turn of it, did to each file and was not taken back, oldest first."""
        found: dict[str, list[Move]] = {}
        for record in self._records.applied(thread):
            for move in record.moves if turn in (None, record.turn) else ():
                found.setdefault(move.path, []).append(move)
        return {path: tuple(moves) for path, moves in found.items()}

    def last_thread(self, kind: Act) -> str | None:
        """Return the thread whose change, or whose undo, is the last one in effect; None when there is none."""
        return self._records.last_thread(kind)

    def last_turn(self, thread: str) -> int:
        """Return the highest number of a turn of a thread that changed files, taken back or not; 0 for none."""
        return self._records.last_turn(thread)

    def forget(self, thread: str) -> None:
        """Forget what was done for a thread, because it is deleted; its changes stay."""
        self._records.forget(thread)

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other processes from the user's files; whatever is found begun under this lock is dead."""
        return hold(self._store.folder / "locks" / LOCK_NAME, wait=self._wait)

    def _settled(self, dry_run: bool) -> tuple[str, ...]:
        if not dry_run:
            return tuple(self._intents.settle())
        return tuple(f"{record.title} was cut off; it is settled first." for record in self._records.pending())

    def _needed(self, change_set: ChangeSet) -> Sequence[Move]:
        """Return the moves that are left to do.

        Raises:
            EditConflictError: If a file is neither as before nor as after.
            WorkspaceError: If one of them cannot be done.
        """
        moves: list[Move] = []
        conflicts: list[str] = []
        places = [self._files.place_of(edit.path) for edit in change_set.edits]
        for edit in change_set.edits:
            move = Move(edit.path, edit.before, edit.after, new_mode=edit.mode)
            now = self._mover.look(edit.path)
            if move.is_done(now):
                continue
            if now.sha != edit.before:
                conflicts.append(edit.path)
                continue
            if edit.before is None:
                refuse_as_new(edit.path)
            if edit.after is None and self._files.is_link(edit.path):
                raise link_refusal(edit.path)
            moves.append(move)
        if conflicts:
            raise conflict(conflicts, "changed since this edit was made")
        if len(set(places)) < len(places):
            msg = "One file is changed twice, under two names, in one change set."
            raise WorkspaceError(msg, hint="Ask for the change again, by the file's own name.")
        return moves


def _token() -> str:
    return os.urandom(8).hex()
