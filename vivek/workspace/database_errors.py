"""Says what SQLite's errors mean for a user, and which of them mean that a file is damaged."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivek.errors import WorkspaceError

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DamagedError(sqlite3.DatabaseError):
    """The pages of a database do not fit together."""


@contextmanager
def translate_database_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's failures into vivek's own, each with its hint."""
    try:
        yield
    except sqlite3.Error as error:
        message, hint = _explain(error, path)
        raise WorkspaceError(message, hint=hint) from error
    except UnicodeDecodeError as error:
        msg = f"{path} is damaged: a text in it is none."
        raise WorkspaceError(msg, hint="Move the file away: vivek makes a new one.") from error


def _explain(error: sqlite3.Error, path: Path) -> tuple[str, str]:
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"Another process keeps {path} locked.", "Close the other vivek, then try again."
        case sqlite3.SQLITE_FULL:
            return f"There is no space left to write {path}.", "Free some space, then try again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"{path} cannot be opened for writing.", f"Check the rights of {path.parent} and of the file."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"{path} is damaged.", "Start vivek again: it keeps a damaged file aside and begins a new one."
        case _:
            return f"{path} cannot be used: {error}.", "Check the disk, then try again."


def _code(error: sqlite3.Error) -> int:
    # The lower byte is the class; errors that Python raises by itself carry no code.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell whether an error means that the file itself is broken, not that it is busy or out of reach."""
    return isinstance(error, DamagedError) or _code(error) in _DAMAGE
