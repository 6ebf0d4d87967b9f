"""Opens SQLite databases safely: owner, rights, journal mode, migrations, damage. Every database of vivek does.

It knows no table. A damaged file is kept aside, never deleted.
"""

import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vivek.errors import WorkspaceError
from vivek.workspace.database_errors import DamagedError, is_damage, translate_database_errors
from vivek.workspace.locks import hold

BUSY_SECONDS = 30.0
CHECKED_SIZE = 16 * 1024 * 1024
"""Bytes up to which every page is looked at when a database is opened (about a millisecond each megabyte)."""

IGNORED = "*.db*\nlocks/\ncache/\n.gitignore\n"  # itself too: a folder with nothing to share stays out of sight
"""What a project's data folder keeps out of version control; the rest can be shared by a team."""

_SIDE_FILES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database.

    Attributes:
        connection: In autocommit mode, usable from any thread, one at a time.
        kept_aside: Where a damaged file of that name was moved, or None.
    """

    connection: sqlite3.Connection
    kept_aside: Path | None = None


def prepare_data_folder(path: Path, *, uid: Callable[[], int] = os.geteuid) -> None:
    """Make a project's data folder, private to its owner, with its `.gitignore`.

    Raises:
        WorkspaceError: If it is a link, no folder, somebody else's, or cannot be made.
    """
    try:
        if not path.is_symlink():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            msg = f"{path} is not a folder of its own."
            raise WorkspaceError(msg, hint="Move it away: vivek makes a new one.")
        _refuse_stranger(path, status, uid)
        if status.st_mode & 0o077:
            path.chmod(0o700)
        ignore = path / ".gitignore"
        if not ignore.is_symlink() and (not ignore.exists() or ignore.stat().st_size == 0):
            ignore.write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        msg = f"The data folder {path} cannot be made: {error.strerror}."
        raise WorkspaceError(msg, hint="Check the rights of the project's folder.") from error


def open_database(
    path: Path,
    *,
    migrations: Sequence[str],
    synchronous: Literal["FULL", "NORMAL"] = "FULL",
    uid: Callable[[], int] = os.geteuid,
    wait: float = BUSY_SECONDS,
    mend: Callable[[sqlite3.Connection], None] | None = None,
) -> Opened:
    """Open a database; make it when it is missing, keep it aside and make a new one when it is damaged.

    Args:
        path: The file; its folder is made with mode 0700, itself with 0600.
        migrations: SQL scripts; number n brings schema version n - 1 to n.
        synchronous: FULL survives a power cut with every commit, NORMAL may lose the last ones.
        uid: Who owns what vivek makes.
        wait: Seconds that this call, and each statement later, waits for other processes.
        mend: Gives tables the form that their version should have, where one number once meant two forms.

    Raises:
        WorkspaceError: If it is a link, somebody else's, of a newer schema, locked for too long, or cannot be opened.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The folder {path.parent} cannot be made: {error.strerror}."
        raise WorkspaceError(msg, hint="Check the rights of the folder above it.") from error
    # One process at a time makes, migrates or sets aside: SQLite's own locks do not cover the change to WAL
    # mode, nor two processes that both find the same file damaged.
    with hold(path.parent, wait=wait), translate_database_errors(path):
        _check_file(path, uid)
        try:
            return Opened(_connect(path, migrations, synchronous, wait, mend))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            kept_aside = set_aside(path)
        _check_file(path, uid)
        return Opened(_connect(path, migrations, synchronous, wait, mend), kept_aside)


def set_aside(path: Path) -> Path:
    """Move a database with its side files to the first free `NAME.corrupt-<n>`; return that path.

    Raises:
        WorkspaceError: If the folder does not allow it.
    """
    number = 1
    while os.path.lexists(f"{path}.corrupt-{number}"):
        number += 1
    target = Path(f"{path}.corrupt-{number}")
    try:
        for suffix in ("", *_SIDE_FILES):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{target}{suffix}")
    except OSError as error:
        msg = f"{path} is damaged and cannot be moved aside: {error.strerror}."
        raise WorkspaceError(msg, hint=f"Check the rights of {path.parent}, or move the file away.") from error
    return target


def shrink(connection: sqlite3.Connection) -> None:
    """Give the pages that are free to the file system.

    Raises:
        sqlite3.Error: If the database cannot be written.
    """
    # As a script: a statement without columns is stepped once, and a step gives back one page.
    connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")


def _check_file(path: Path, uid: Callable[[], int]) -> None:
    """Refuse what is not a plain file of ours; make the file with mode 0600 when it is missing.

    An existing file is never opened here: closing it would drop the locks of every connection of this process.
    """
    try:
        if not os.path.lexists(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        _check_one(path, uid)
        for suffix in _SIDE_FILES:
            with suppress(FileNotFoundError):  # another process may close the database just now
                _check_one(Path(f"{path}{suffix}"), uid)
    except OSError as error:
        msg = f"{path} cannot be made: {error.strerror}."
        raise WorkspaceError(msg, hint=f"Check the rights of {path.parent}.") from error


def _check_one(path: Path, uid: Callable[[], int]) -> None:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        msg = f"{path} is not a plain file, so it is not used as a database."
        raise WorkspaceError(msg, hint="Move it away: vivek makes a new one.")
    _refuse_stranger(path, status, uid)
    if status.st_mode & 0o077:
        path.chmod(0o600)


def _refuse_stranger(path: Path, status: os.stat_result, uid: Callable[[], int]) -> None:
    if status.st_uid != uid():
        msg = f"{path} belongs to another user, so it is not used."
        raise WorkspaceError(msg, hint="Move it away, or start vivek as its owner.")


def _connect(
    path: Path,
    migrations: Sequence[str],
    synchronous: str,
    wait: float,
    mend: Callable[[sqlite3.Connection], None] | None,
) -> sqlite3.Connection:
    with ExitStack() as on_failure:
        connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
        on_failure.callback(connection.close)
        connection.execute("PRAGMA trusted_schema=OFF")
        _refuse_newer(connection, path, len(migrations))
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # takes effect while the file is empty
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=FAST")  # some builds write zeros over all that is deleted
        connection.execute("PRAGMA journal_size_limit=1048576")
        if sys.platform == "darwin":
            connection.execute("PRAGMA fullfsync=ON")
            connection.execute("PRAGMA checkpoint_fullfsync=ON")
        _look_for_damage(connection, path)
        if mend is not None and _version(connection):
            mend(connection)
        for number in range(len(migrations)):
            _migrate(connection, migrations[number], number + 1)
        on_failure.pop_all()
        return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_newer(connection: sqlite3.Connection, path: Path, known: int) -> None:
    found = _version(connection)
    if found > known:
        msg = f"{path} was made by a newer vivek (schema {found}, this one knows {known})."
        raise WorkspaceError(msg, hint="Upgrade vivek, or move the file away.")


def _look_for_damage(connection: sqlite3.Connection, path: Path) -> None:
    # Reading the schema finds a broken header, a short file and a broken first page whatever the size.
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if path.stat().st_size > CHECKED_SIZE:
        return
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except UnicodeDecodeError as error:  # SQLite's own words quote what is in the file
        raise DamagedError(str(error)) from error
    if verdict != "ok":
        raise DamagedError(verdict)


def _migrate(connection: sqlite3.Connection, script: str, version: int) -> None:
    if _version(connection) >= version:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) >= version:
            return  # another process was first
        for statement in statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={version}")


def statements(script: str) -> Iterator[str]:
    """Split a script: `executescript` would commit the transaction it runs in."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            if statement.strip("; \n"):
                yield statement
            statement = ""
