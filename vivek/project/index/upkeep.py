"""Throws away what an index no longer needs, within transactions of its caller."""

import re
import sqlite3
from collections.abc import Mapping, Sequence

_SPARE = 500  # contents of no file that are always kept: another branch may bring them back
_FEW = 20  # files that come or go, up to which it pays to look who may mean them
_SPEAKS_FOR_FOLDER = re.compile(
    r"(?:^|/)(?:__init__\.pyi?|index\.\w+|mod\.rs|lib\.rs|main\.rs|go\.mod|package\.json|Cargo\.toml|composer\.json)$"
)
_UNRESOLVED = """
    UPDATE files SET targets = NULL
    WHERE targets IS NOT NULL AND content IN (SELECT id FROM contents WHERE imports LIKE ? ESCAPE '\\')
"""
_ORPHANS = "SELECT id FROM contents WHERE id NOT IN (SELECT content FROM files WHERE content IS NOT NULL)"


def note(connection: sqlite3.Connection, about: Mapping[str, int]) -> None:
    """Keep numbers of the index about itself."""
    connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", list(about.items()))


def forget_targets(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Forget what files import whose imports may reach others now that some files came or went.

    An import names the file it reaches, or its folder; only files that speak for a whole folder change more.
    """
    parts = {part for path in paths for part in _parts(path)}
    if len(paths) > _FEW or any(_SPEAKS_FOR_FOLDER.search(path) for path in paths):
        connection.execute("UPDATE files SET targets = NULL WHERE targets IS NOT NULL")
        return
    like = [("%" + re.sub(r"([%_\\])", r"\\\1", part) + "%",) for part in sorted(parts)]
    connection.executemany(_UNRESOLVED, like)


def _parts(path: str) -> tuple[str, ...]:
    """Return what an import may call a file: its name without its suffixes, and its folder's."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0] or name
    return (stem, folder.rpartition("/")[2]) if folder else (stem,)


def forget(connection: sqlite3.Connection, paths: Sequence[str], *, text: bool) -> None:
    """Forget files; what is known of their contents stays.

    Args:
        connection: The database.
        paths: The files.
        text: Whether it has tables to search text.
    """
    if not paths:
        return
    if text:
        connection.executemany(
            "DELETE FROM places WHERE rowid = (SELECT id FROM files WHERE path = ?)", [(path,) for path in paths]
        )
    connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])
    forget_targets(connection, paths)


def collect(connection: sqlite3.Connection, *, text: bool) -> bool:
    """Throw contents away that no file has, once there are many; tell whether the texts must be kept anew.

    The search of text cannot forget single rows: when too many of them are stale, it forgets all.
    """
    (whole,) = connection.execute("SELECT count(*) FROM contents").fetchone()
    (used,) = connection.execute("SELECT count(DISTINCT content) FROM files").fetchone()
    if whole - used > max(_SPARE, used // 2):
        for table in ("definitions", "measures", "uses"):
            connection.execute(f"DELETE FROM {table} WHERE content IN ({_ORPHANS})")
        connection.execute(f"DELETE FROM contents WHERE id IN ({_ORPHANS})")
        found = connection.execute("SELECT value FROM about WHERE key = 'stale'").fetchone()
        stale = whole - used + (found[0] if found else 0)
        renew = text and stale > max(2 * _SPARE, used)
        if renew:
            connection.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
            connection.execute("INSERT INTO pieces (pieces) VALUES ('delete-all')")
            connection.execute("UPDATE contents SET texted = 0")
        note(connection, {"stale": 0 if renew else stale} | ({"complete": 0} if renew else {}))
        return renew
    return False
