"""The tables in which the graph's saver keeps its rows, and ours beside them: SQL only, no LangGraph.

Together with `checkpoints.py` this is all that knows that the saver writes to SQLite.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from vivek.workspace.database import open_database, shrink
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.hashes import hashes_of

FILE_NAME = "checkpoints.db"

NEWEST_KEPT = 20
"""Checkpoints of a thread that are kept besides the one at every turn's end."""

LARGEST_ROW = 64 * 1024 * 1024
"""Bytes of a value that is read; states are small, so a larger one is none of ours and must not fill the memory."""

MIGRATIONS = (
    """CREATE TABLE IF NOT EXISTS turn_ends (
        thread_id TEXT NOT NULL, turn INTEGER NOT NULL, checkpoint_id TEXT NOT NULL,
        PRIMARY KEY (thread_id, turn)
    ) WITHOUT ROWID""",
    # Returns to earlier turns that happened, by the name under which the later ones were set aside.
    "CREATE TABLE leaps (aside TEXT PRIMARY KEY) WITHOUT ROWID",
)

_PRUNE = """DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_ns = ''
    AND checkpoint_id NOT IN (SELECT checkpoint_id FROM turn_ends WHERE thread_id = :thread)
    AND checkpoint_id < (SELECT min(checkpoint_id) FROM (
        SELECT checkpoint_id FROM checkpoints WHERE thread_id = :thread AND checkpoint_ns = ''
        ORDER BY checkpoint_id DESC LIMIT :newest))"""

PRUNE_EVERY = 5
"""Turns between two prunings: one that deletes a few turns at once writes a third of the pages."""

KEEP_TURN_END = "INSERT OR REPLACE INTO turn_ends VALUES (:thread, :turn, :id)"
KEEP_MISSED_END = "INSERT OR IGNORE INTO turn_ends VALUES (:thread, :turn, :id)"

# Writes first: what belongs together is found by the checkpoints that are still there.
PRUNE = (_PRUNE.format(table="writes"), _PRUNE.format(table="checkpoints"))
"""Delete what is neither new nor the end of a turn."""

_TABLES = ("writes", "checkpoints", "turn_ends")


class Limited(sqlite3.Connection):
    """A connection that does not read values larger than any of ours."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # whatever `sqlite3.connect` hands on
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ROW)


def forget_thread(path: Path, thread_id: str) -> None:
    """Delete a thread's checkpoints without LangGraph; nothing happens when there are none."""
    if not path.exists():
        return
    with closing(open_database(path, migrations=MIGRATIONS).connection) as connection, translate_database_errors(path):
        for table in _present(connection):
            connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (thread_id,))


def saved_threads(path: Path) -> set[str]:
    """Return the threads that have checkpoints."""
    with _reading(path) as connection, translate_database_errors(path):
        if "checkpoints" not in _present(connection):
            return set()
        return {id_ for (id_,) in connection.execute("SELECT DISTINCT thread_id FROM checkpoints")}


def saved_hashes(path: Path) -> Iterator[str]:
    """Yield all that looks like a SHA-256 in any row of any table, so that what a newer table names counts as well."""
    with _reading(path) as connection, translate_database_errors(path):
        yield from hashes_of(connection)


def give_back_pages(path: Path) -> None:
    """Give the pages that are free to the file system."""
    if not path.exists():
        return
    with closing(open_database(path, migrations=MIGRATIONS).connection) as connection, translate_database_errors(path):
        shrink(connection)


def _reading(path: Path) -> "closing[sqlite3.Connection]":
    if not path.exists():
        return closing(sqlite3.connect(":memory:"))
    connection = open_database(path, migrations=MIGRATIONS).connection
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ROW)
    return closing(connection)


def _present(connection: sqlite3.Connection) -> list[str]:
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [table for table in _TABLES if table in found]
