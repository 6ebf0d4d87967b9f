"""Opens the database of an index, and throws away what is damaged, too new, or another reader's.

An index can always be made anew, so nothing of it is worth keeping; what never was one is moved aside.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.project.index.tables import ALL_GONE, MIGRATIONS, TEXT_FORM, TEXT_TABLES, TEXT_TABLES_GONE
from vivek.workspace.database import open_database, set_aside
from vivek.workspace.database_errors import is_damage
from vivek.workspace.locks import hold

_CACHE_KIB = 16_000
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database.

    Attributes:
        connection: In autocommit mode, usable from any thread, one at a time.
        text: Whether it has tables to search text.
        damaged: Whether one was thrown away because it was damaged.
        inode: Tells this file from another one of its name.
    """

    connection: sqlite3.Connection
    text: bool
    damaged: bool
    inode: int


def open_tables(path: Path, *, reader: str, probe: Callable[[sqlite3.Connection], bool], wait: float) -> Opened:
    """Open the database of an index; make it where there is none that can be used.

    Args:
        path: The file.
        reader: Who reads the files; what another one read is thrown away.
        probe: Tells whether text can be searched.
        wait: Seconds to wait for other processes.

    Raises:
        WorkspaceError: If it cannot be opened or made.
        sqlite3.Error: If it cannot be written.
    """
    _discard_newer(path, wait)
    try:
        opened = open_database(path, migrations=MIGRATIONS, synchronous="NORMAL", wait=wait)
    except WorkspaceError as error:
        if not isinstance(error.__cause__, UnicodeDecodeError):  # SQLite's own words quote what is in the file
            raise
        throw_away(path, wait)
        opened = open_database(path, migrations=MIGRATIONS, synchronous="NORMAL", wait=wait)
        damaged = True
    else:
        damaged = opened.kept_aside is not None
    if opened.kept_aside is not None:
        _delete(opened.kept_aside)
    connection = opened.connection
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        text = probe(connection)
        _prepare(connection, {"reader": reader, "text": TEXT_FORM if text else 0})
        return Opened(connection, text, damaged, path.stat().st_ino)
    except BaseException:
        connection.close()
        raise


def throw_away(path: Path, wait: float) -> None:
    """Delete a damaged index; what never was one is moved aside.

    Raises:
        WorkspaceError: If the folder does not allow it.
    """
    with hold(path.parent, wait=wait):
        _delete(set_aside(path))


def shows_damage(error: sqlite3.DatabaseError | ValueError) -> bool:
    """Tell whether an error means that the database is broken; what cannot be read as it was written shows that too."""
    if isinstance(error, sqlite3.DatabaseError):
        return is_damage(error) or "Could not decode" in str(error)
    return not isinstance(error, UnicodeEncodeError)


def _prepare(connection: sqlite3.Connection, wanted: Mapping[str, str | int]) -> None:
    """Empty the tables if somebody else filled them, and see to it that text can be searched if that is possible."""
    if _known(connection) == wanted:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        known = _known(connection)
        if known.get("reader") != wanted["reader"]:
            for statement in ALL_GONE:
                connection.execute(statement)
            known = {}
        if wanted["text"] and known.get("text") != wanted["text"]:
            for statement in (*TEXT_TABLES_GONE, *TEXT_TABLES):
                connection.execute(statement)
            connection.execute("UPDATE contents SET texted = 0")
            connection.execute("DELETE FROM files")  # they come back, with their row in `places`
        connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", list(wanted.items()))
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _known(connection: sqlite3.Connection) -> dict[str, str | int]:
    return dict(connection.execute("SELECT key, value FROM about WHERE key IN ('reader', 'text')"))


def _discard_newer(path: Path, wait: float) -> None:
    """Delete a database that a newer vivek made: this one could not read it."""
    if not path.is_file() or path.is_symlink():
        return
    # Not by reading the header: closing the file would drop the locks of every connection of this process.
    with closing(sqlite3.connect(path, timeout=wait)) as connection:
        try:
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if shows_damage(error):
                return
            raise
    if found > len(MIGRATIONS):
        throw_away(path, wait)


def _delete(path: Path) -> None:
    """Delete an index that was moved aside, with its side files; leave what never was a database where it is."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) not in (_MAGIC, b""):
            return
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
