"""Keeps what models said in reviews, so that nothing is asked twice; in the user's cache, never in the project."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from vivek.config.folders import cache_folder
from vivek.errors import ConfigError, WorkspaceError
from vivek.session.logs import LOGGER
from vivek.workspace.database import open_database

MOST_ANSWERS: Final = 20_000
"""Replies that are kept, the newest; about two kilobytes each."""

MOST_REPORTS: Final = 100
"""Whole reviews that are kept."""

_LARGEST = 8_000_000  # characters of a report
_EVERY = 500  # replies between two looks at how many there are
_MIGRATIONS = (
    """CREATE TABLE answers (key TEXT PRIMARY KEY, text TEXT NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
    CREATE INDEX answers_used ON answers (used);
    CREATE TABLE reports (
        key TEXT NOT NULL, model TEXT NOT NULL, report TEXT NOT NULL, used REAL NOT NULL, PRIMARY KEY (key, model)
    ) WITHOUT ROWID""",
)


class KeptAnswers:
    """Replies and reports of earlier reviews, of all projects.

    Args:
        connection: The database, None where it cannot be used: then nothing is kept, and nothing found.
        clock: Seconds since the epoch.
    """

    def __init__(self, connection: sqlite3.Connection | None, clock: Callable[[], float] = time.time) -> None:
        self._db = connection
        self._clock = clock
        self._put = 0

    def get(self, key: str) -> str | None:
        """Return a reply, None where it is not kept."""
        return self._one("SELECT text FROM answers WHERE key = ?", key)

    def put(self, key: str, text: str) -> None:
        """Keep a reply; it is on disk when the call returns."""
        if self._put % _EVERY == 0:
            self._prune("answers", "key", MOST_ANSWERS)
        self._put += 1
        self._do("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", key, text, self._clock())

    def report(self, key: str, model: str | None) -> str | None:
        """Return a whole review, of any model where none is named: then the newest."""
        if model is None:
            return self._one("SELECT report FROM reports WHERE key = ? ORDER BY used DESC LIMIT 1", key)
        return self._one("SELECT report FROM reports WHERE key = ? AND model = ?", key, model)

    def put_report(self, key: str, model: str, report: str) -> None:
        """Keep a whole review; one that is too large is done without."""
        if len(report) <= _LARGEST:
            self._do("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?)", key, model, report, self._clock())
            self._prune("reports", "key || model", MOST_REPORTS)

    def _one(self, statement: str, *values: str) -> str | None:
        found = self._do(statement, *values)
        return str(found[0][0]) if found else None

    def _prune(self, table: str, name: str, most: int) -> None:
        old = f"SELECT {name} FROM {table} ORDER BY used DESC LIMIT -1 OFFSET ?"
        self._do(f"DELETE FROM {table} WHERE {name} IN ({old})", most)

    def _do(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement; what fails is done without: then it is asked again."""
        if self._db is None:
            return []
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            LOGGER.warning("what models said in reviews cannot be kept or read: %s", error)
            return []


@contextmanager
def open_answers() -> Iterator[KeptAnswers]:
    """Open what is kept of reviews; where that cannot be, everything is asked anew."""
    try:
        opened = open_database(cache_folder() / "reviews.db", migrations=_MIGRATIONS, synchronous="NORMAL", wait=2.0)
    except (WorkspaceError, ConfigError, OSError):
        yield KeptAnswers(None)
        return
    with closing(opened.connection) as connection:
        yield KeptAnswers(connection)
