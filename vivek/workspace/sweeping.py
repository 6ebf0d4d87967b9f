"""Deletes contents and messages that nothing names any more, and gives their room back to the file system.

Whoever keeps contents shares a lock for as long as it may hold one that nothing names yet; nothing is swept meanwhile.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from vivek.workspace.contents import FILE_NAME, IN_USE, Contents
from vivek.workspace.database import open_database, shrink
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.hashes import hashes_in
from vivek.workspace.locks import alone
from vivek.workspace.tables import MIGRATIONS, number_rows

SLICE = 500
"""Rows that one transaction deletes."""

_TABLES = """
    CREATE TEMP TABLE named (sha BLOB PRIMARY KEY) WITHOUT ROWID;
    CREATE TEMP TABLE kept_rows (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE kept_blobs (id INTEGER PRIMARY KEY);
"""
_KEEP_ROWS = """
    WITH RECURSIVE reached (id) AS (
        SELECT t.id FROM named JOIN main.transcript AS t
            ON substr(t.hash, 1, 4) = substr(named.sha, 1, 4) AND t.hash = named.sha
        UNION
        SELECT t.parent FROM reached JOIN main.transcript AS t ON t.id = reached.id WHERE t.parent IS NOT NULL
    )
    INSERT INTO kept_rows SELECT id FROM reached
"""
_KEEP_NAMED = """
    INSERT OR IGNORE INTO kept_blobs SELECT b.id FROM named JOIN main.blobs AS b
        ON substr(b.sha, 1, 4) = substr(named.sha, 1, 4) AND b.sha = named.sha
"""
_PICTURES = "SELECT pictures FROM main.transcript WHERE pictures IS NOT NULL AND id IN kept_rows"
# What comes after names what comes before, so the newest rows go first.
_LEFT = "SELECT id FROM main.{table} WHERE id NOT IN kept_{kept} ORDER BY id DESC LIMIT :slice"


def sweep(
    data: Path,
    named: Callable[[Contents], Iterable[str]],
    *,
    seconds: float = float("inf"),
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Delete what nothing names; return by how many bytes `workspace.db` shrank.

    Nothing happens while another vivek works in this project, or on a file system where nobody can know.

    Args:
        data: The data folder.
        named: Returns the hashes (hex) that anything outside the database names, which it is handed to look into;
            called when nobody can add to them.
        seconds: When to stop; the next call goes on.
        clock: Seconds, monotonic.

    Raises:
        WorkspaceError: If the database cannot be used.
    """
    path = data / FILE_NAME
    if not path.exists():
        return 0
    until = clock() + seconds
    with alone(data / IN_USE) as nobody_else:
        if not nobody_else:
            return 0
        before = _size(path)
        with translate_database_errors(path), closing(_connect(path)) as connection:
            # All of them are read before anything is deleted: a root that cannot be read must end this.
            version = _mark(connection, frozenset(named(Contents(path, connection))))
            for table, kept in (("transcript", "rows"), ("blobs", "blobs")):
                while _delete_some(connection, table, kept, version):
                    if clock() >= until:
                        break
            shrink(connection)
        return max(0, before - _size(path))


def _connect(path: Path) -> sqlite3.Connection:
    connection = open_database(path, migrations=MIGRATIONS, mend=number_rows).connection
    # What is deleted is named by nothing; without an index on the names every deletion would look through all rows.
    connection.execute("PRAGMA foreign_keys=OFF")
    return connection


def _mark(connection: sqlite3.Connection, roots: Iterable[str]) -> int:
    """Mark what is kept; return the version of the database that this holds for."""
    with connection:
        connection.execute("BEGIN")
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        _name(connection, roots)
        connection.execute(_KEEP_ROWS)
        for (pictures,) in connection.execute(_PICTURES).fetchall():
            _name(connection, hashes_in(pictures))
        connection.execute(_KEEP_NAMED)
        for table, column in _namers(connection):
            only = " AND id IN kept_rows" if table == "transcript" else ""
            connection.execute(
                f'INSERT OR IGNORE INTO kept_blobs SELECT "{column}" FROM main."{table}" '
                f'WHERE "{column}" IS NOT NULL{only}'
            )
        return _version(connection)


def _name(connection: sqlite3.Connection, hashes: Iterable[str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO named VALUES (?)", ((bytes.fromhex(each),) for each in hashes))


def _namers(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the columns that name a content by its row, but for the parts of a content, which go with it."""
    found = connection.execute(
        'SELECT m.name, k."from" FROM main.sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS k '
        "WHERE m.type = 'table' AND k.\"table\" = 'blobs' AND m.name != 'parts'"
    )
    return [(str(table).replace('"', '""'), str(column).replace('"', '""')) for table, column in found]


def _delete_some(connection: sqlite3.Connection, table: str, kept: str, version: int) -> bool:
    """Delete a slice of a table in a transaction of its own; tell whether more may be left."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) != version:
            return False  # somebody who knows nothing of the lock wrote something: the marks may be old
        found = connection.execute(_LEFT.format(table=table, kept=kept), {"slice": SLICE}).fetchall()
        if table == "blobs":
            connection.executemany("DELETE FROM main.parts WHERE blob = ?", found)
        connection.executemany(f"DELETE FROM main.{table} WHERE id = ?", found)
        return len(found) == SLICE


def _version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection writes."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _size(path: Path) -> int:
    return sum(file.stat().st_size for suffix in ("", "-wal") if (file := Path(f"{path}{suffix}")).exists())
