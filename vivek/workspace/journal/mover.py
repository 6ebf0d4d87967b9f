"""Does the moves of a journal's record on the user's files, forwards or back. What happens when is the journal's."""

import hashlib
from dataclasses import replace

from vivek.errors import EditConflictError, OutsideWorkspaceError
from vivek.workspace.files import Files
from vivek.workspace.journal.moves import OTHER, Record, State
from vivek.workspace.store import Store


class Mover:
    """Brings files from one content to another; looks before each step."""

    def __init__(self, store: Store, workspace: Files) -> None:
        self._store = store
        self._files = workspace
        self._steps = workspace.steps

    def look(self, path: str) -> State:
        """Return how a file is.

        Raises:
            WorkspaceError: If it cannot be read.
        """
        try:
            if self._files.kind(path) == "other":
                return State(OTHER)
        except OutsideWorkspaceError:
            return State(OTHER)
        data = self._files.read(path)
        return State(None) if data is None else State(hashlib.sha256(data).hexdigest(), self._files.mode(path))

    def carry_out(self, record: Record) -> None:
        """Do the moves that are not done: first all new bytes beside their files, then one rename each.

        Raises:
            EditConflictError: If a file is neither as before nor as after its move.
            WorkspaceError: If the disk fails.
        """
        self._prepare(record)
        for move in record.moves:
            # Once more, because a file may have changed while the others were written. What happens between this
            # look and the rename cannot be seen.
            now = self.look(move.path)
            if move.is_done(now):
                continue
            if now.sha != move.old:
                raise conflict([move.path], "changed just now")
            if move.new is None:
                self._steps.remove(move.path)
            else:
                self._steps.place(move.path, record.tag(move.path))
        for path in _one_a_folder(record):
            self._steps.sync_folder(path)
        for move in record.moves:
            if move.new is None:
                self._steps.remove_folders(move.path, move.folders)

    def take_back(self, record: Record) -> list[str]:
        """Undo the moves that are done; return the files that somebody else changed, which are left alone.

        Raises:
            EditConflictError: If a file changes meanwhile.
            WorkspaceError: If the disk fails.
        """
        self.clear(record)
        now = {move.path: self.look(move.path) for move in record.moves}
        done = tuple(
            move
            for move in record.moves
            if move.is_done(now[move.path]) and (move.new != move.old or move.new_mode != move.old_mode)
        )
        self.carry_out(replace(record, moves=tuple(move.reversed() for move in reversed(done))))
        for move in record.moves:
            if move.old is None and now[move.path].sha != OTHER:
                self._steps.remove_folders(move.path, move.folders)
        return [move.path for move in record.moves if now[move.path].sha not in (move.old, move.new)]

    def clear(self, record: Record) -> None:
        """Remove the temporary files of a record.

        Raises:
            WorkspaceError: If the disk fails.
        """
        for move in record.moves:
            try:
                self._steps.discard(move.path, record.tag(move.path))
            except OutsideWorkspaceError:
                continue  # a link was put in its way since; what lies behind it is not ours to look for

    def _prepare(self, record: Record) -> None:
        for move in record.moves:
            if move.new is None:
                continue
            now = self.look(move.path)
            if now.sha == move.old and not move.is_done(now):
                self._steps.prepare(move.path, self._store.get(move.new), record.tag(move.path), mode=move.new_mode)


def conflict(paths: list[str], what: str) -> EditConflictError:
    """Make the error that names the files in conflict."""
    msg = f"{', '.join(f'`{path}`' for path in paths)} {what}; nothing was written."
    return EditConflictError(msg, hint="Look at the file, then ask again.", paths=tuple(paths))


def _one_a_folder(record: Record) -> list[str]:
    return list({move.path.rpartition("/")[0]: move.path for move in record.moves}.values())
