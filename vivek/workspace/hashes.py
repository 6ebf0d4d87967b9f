"""Finds the hashes that the rows of a database name, without knowing its tables.

What only looks like a hash counts as one: to keep a content too many costs a little room, to lose one costs a turn.
"""

import re
import sqlite3
from collections.abc import Iterator

_IN_BYTES = re.compile(rb"[0-9a-f]{64}")
_IN_TEXT = re.compile(r"[0-9a-f]{64}")


def hashes_in(value: object) -> list[str]:
    """Return what looks like a SHA-256 in hex within a text or bytes."""
    if isinstance(value, bytes):
        return [found.decode("ascii") for found in _IN_BYTES.findall(value)]
    return _IN_TEXT.findall(value) if isinstance(value, str) else []


def hashes_of(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what looks like a SHA-256 in hex in every row of every table, tables for searching left out.

    Raises:
        sqlite3.Error: If a table cannot be read.
    """
    for table in _plain_tables(connection):
        quoted = table.replace('"', '""')
        for row in connection.execute(f'SELECT * FROM "{quoted}"'):
            for value in row:
                yield from hashes_in(value)


def _plain_tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that are neither virtual nor what a virtual one keeps its own rows in."""
    made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    virtual = [f"{name}_" for name, sql in made if str(sql).upper().startswith("CREATE VIRTUAL")]
    return [str(name) for name, _ in made if not f"{name}_".startswith(tuple(virtual))]
