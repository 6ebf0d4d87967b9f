"""Edits that wait: kept in the content store, never on the user's disk."""

from collections.abc import Callable, Mapping

from vivek.schema.edits import ChangeSet, EditKind, FileEdit
from vivek.workspace.store import Store

Count = Callable[[bytes | None, bytes | None], tuple[int, int]]
"""Lines added and removed between two contents; counting needs text, so the caller brings it."""


class Stage:
    """Turns proposed contents into a change set and gives its contents back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stage(
        self,
        files: Mapping[str, bytes | None],
        current: Mapping[str, bytes | None],
        *,
        id: str,  # noqa: A002 - the field's own name
        count: Count | None = None,
        modes: Mapping[str, int] | None = None,
    ) -> ChangeSet:
        """Keep proposed contents, and what they replace, and return them as one change set.

        Args:
            files: The new bytes by path, None to delete the file.
            current: The bytes now, None or nothing for a file that does not exist.
            id: The change set's id; one that was never used before.
            count: Counts lines; 0 and 0 without it.
            modes: Rights that files are to get, such as those of the file that one is moved from.

        Raises:
            WorkspaceError: If the store cannot be written.
        """
        edits: list[FileEdit] = []
        with self._store.transaction():
            for path, after in files.items():
                before = current.get(path)
                mode = None if modes is None or after is None else modes.get(path)
                if before == after and mode is None:
                    continue
                added, removed = (0, 0) if count is None else count(before, after)
                edits.append(
                    FileEdit(path, _kind(before, after), self._keep(before), self._keep(after), added, removed, mode)
                )
        return ChangeSet(id, tuple(edits))

    def before(self, edit: FileEdit) -> bytes | None:
        """Return what a file was when its edit was staged, None when it did not exist.

        Raises:
            WorkspaceError: If that content is missing.
        """
        return None if edit.before is None else self._store.get(edit.before)

    def after(self, edit: FileEdit) -> bytes | None:
        """Return what a file is to become, None when it is to be deleted.

        Raises:
            WorkspaceError: If that content is missing.
        """
        return None if edit.after is None else self._store.get(edit.after)

    def _keep(self, data: bytes | None) -> str | None:
        return None if data is None else self._store.put(data)


def _kind(before: bytes | None, after: bytes | None) -> EditKind:
    if before is None:
        return "create"
    return "delete" if after is None else "modify"
