"""What was recorded of turns, so that they can be run again: texts by thread and turn, in the content store."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from vivek.workspace.contents import FILE_NAME, Contents
from vivek.workspace.database_errors import translate_database_errors

KEPT = 500
"""Turns of a thread whose recording is kept."""


class Tapes:
    """The recordings in a store; every method may raise WorkspaceError.

    Args:
        store: Keeps them.
    """

    def __init__(self, store: Contents) -> None:
        self._store = store

    def add(self, thread: str, turn: int, text: str) -> None:
        """Keep a part of a turn behind those that are there; the oldest turns go."""
        with self._store.transaction() as connection:
            blob = self._store.number_of(self._store.put_text(text))
            connection.execute(
                "INSERT INTO tapes SELECT ?, ?, count(*), ? FROM tapes WHERE thread = ? AND turn = ?",
                (thread, turn, blob, thread, turn),
            )
            connection.execute("DELETE FROM tapes WHERE thread = ? AND turn <= ?", (thread, turn - KEPT))

    def begin(self, thread: str, turn: int) -> None:
        """Forget what was recorded of a turn, and of those after it: they are taken anew."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM tapes WHERE thread = ? AND turn >= ?", (thread, turn))

    def turns(self, thread: str) -> list[int]:
        """Return the turns of a thread that were recorded, the first one first."""
        with self._store.reading() as connection:
            found = connection.execute("SELECT DISTINCT turn FROM tapes WHERE thread = ? ORDER BY turn", (thread,))
            return [turn for (turn,) in found]

    def parts(self, thread: str, turn: int) -> list[str]:
        """Return the parts of a recorded turn in their order."""
        found = self._blobs("WHERE thread = ? AND turn = ? ORDER BY position", (thread, turn))
        return [self._store.get_text(sha) for sha in found]

    def texts(self) -> Iterator[str]:
        """Yield every part of every thread, in no order."""
        yield from map(self._store.get_text, self._blobs("", ()))

    def forget(self, thread: str) -> None:
        """Forget all that was recorded of a thread."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM tapes WHERE thread = ?", (thread,))

    def text(self, sha: str) -> str:
        """Return a text that a recording names."""
        return self._store.get_text(sha)

    def _blobs(self, where: str, values: tuple[object, ...]) -> list[str]:
        with self._store.reading() as connection:
            found = connection.execute(f"SELECT b.sha FROM tapes JOIN blobs AS b ON b.id = tapes.blob {where}", values)
            return [sha.hex() for (sha,) in found]


def copy_before(store: Contents, data: Path, thread: str, turn: int) -> None:
    """Copy a store to another data folder, with the journal as it was before a turn of a thread.

    Raises:
        WorkspaceError: If it cannot be copied.
    """
    with closing(sqlite3.connect(data / FILE_NAME, isolation_level=None)) as copy:
        with store.reading() as connection:
            connection.backup(copy)
        with translate_database_errors(data / FILE_NAME):
            copy.execute("PRAGMA foreign_keys=ON")  # moves go with their change set
            copy.execute("DELETE FROM change_sets WHERE state = 'intent' OR (thread = ? AND turn >= ?)", (thread, turn))
