"""Writes an intent down, does it, and settles what a sudden end cut off: forwards where every file allows, else back.

The intent and all old bytes are on disk before the first file is touched.
"""

from contextlib import ExitStack
from dataclasses import replace

from vivek.errors import WorkspaceError
from vivek.workspace.files import Files
from vivek.workspace.journal.mover import Mover, conflict
from vivek.workspace.journal.moves import Move, Record
from vivek.workspace.journal.records import Records
from vivek.workspace.store import Store


class Intents:
    """Carries out records of the journal; whoever calls it holds the lock of the user's files.

    Args:
        store: Where intents and contents are kept.
        workspace: The user's files.
        records: The rows of the journal.
        mover: Does the moves.
    """

    def __init__(self, store: Store, workspace: Files, records: Records, mover: Mover) -> None:
        self._store = store
        self._files = workspace
        self._records = records
        self._mover = mover

    def run(self, record: Record) -> None:
        """Write the intent down, then do it; any failure takes all of it back.

        Raises:
            EditConflictError: If a file changes meanwhile.
            WorkspaceError: If a file is read-only, a content is missing or the disk fails.
        """
        complete = replace(record, moves=tuple(self._completed(move) for move in record.moves))
        with self._store.transaction():
            for move in complete.moves:
                if move.old is not None:
                    self._keep(move.path, move.old)
            self._records.add(complete)
        with ExitStack() as on_failure:
            on_failure.callback(self._fall_back, complete)
            self._mover.carry_out(complete)
            self._records.finish(complete)
            on_failure.pop_all()

    def settle(self) -> list[str]:
        """End everything that was begun, and say how; one broken file cannot keep vivek from starting."""
        return [self._settled(record) for record in self._records.pending()]

    def end(self, record: Record) -> str:
        """End what was begun, forwards if possible, and say how.

        Raises:
            WorkspaceError: If the disk fails; the next call tries again.
        """
        cause = ""
        try:
            self._mover.clear(record)
            if all(self._mover.look(move.path).sha in (move.old, move.new) for move in record.moves):
                self._mover.carry_out(record)
                self._records.finish(record)
                return f"{record.title} had been cut off; it is complete now."
        except WorkspaceError as error:
            cause = f" ({error.message})"
        kept = self._take_back(record)
        left = f"; changed since, so left alone: {', '.join(kept)}" if kept else ""
        return f"{record.title} had been cut off; it has been taken back{cause}{left}."

    def _settled(self, record: Record) -> str:
        try:
            return self.end(record)
        except WorkspaceError as error:
            return f"{record.title} was cut off and cannot be settled now: {error.message}"

    def _completed(self, move: Move) -> Move:
        """Check that a move can be done and note what its way back needs."""
        self._files.check_writable(move.path)
        if move.new is not None:
            self._store.number_of(move.new)  # raises when the content is missing
        if move.old is None:
            return replace(move, folders=self._files.missing_folders(move.path))
        return replace(move, old_mode=self._files.mode(move.path))

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
