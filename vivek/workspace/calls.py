"""Remembers which commands of a turn were begun and how they ended, so that none runs twice unnoticed after a kill."""

from typing import Literal

from vivek.workspace.store import Store

Standing = Literal["new", "begun", "done"]


class Calls:
    """The commands of a project's threads, each under an id that is the same when its step runs again.

    Args:
        store: Where they are kept, on disk before the command starts.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, call: str) -> Standing:
        """Return how a command stands; `begun` means that vivek ended while it ran.

        Raises:
            WorkspaceError: If it cannot be read.
        """
        with self._store.transaction() as connection:
            row = connection.execute("SELECT done FROM calls WHERE id = ?", (call,)).fetchone()
        return "new" if row is None else "done" if row[0] else "begun"

    def begin(self, call: str) -> None:
        """Note that a command starts.

        Args:
            call: The id.

        Raises:
            WorkspaceError: If it cannot be written.
        """
        with self._store.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO calls (id, done) VALUES (?, 0)", (call,))

    def end(self, call: str) -> None:
        """Note that a command ended.

        Raises:
            WorkspaceError: If it cannot be written.
        """
        with self._store.transaction() as connection:
            connection.execute("UPDATE calls SET done = 1 WHERE id = ?", (call,))
