"""Keeps what git told of commits beside the index, so that only new ones are asked for; can be made anew any time."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.database import open_database, prepare_data_folder
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.git.asking import is_tracked

FILE = "past.db"

_PARTS = 32  # beyond it they are joined
_MIGRATIONS = (
    """
    -- What the words on commits depend on.
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- What git told of a commit and those before it that no earlier row has.
    CREATE TABLE parts (id INTEGER PRIMARY KEY, tip TEXT NOT NULL, told BLOB NOT NULL);

    -- Other answers of git, by kind and by all that they depend on.
    CREATE TABLE answers (kind TEXT NOT NULL, asked BLOB NOT NULL, told TEXT NOT NULL,
                          PRIMARY KEY (kind, asked)) WITHOUT ROWID;
    """,
)


@contextmanager
def open_past(root: Path, data: Path | None) -> Iterator["PastStore | None"]:
    """Open what was kept of a repository; None where nothing can be, which costs time and nothing else.

    Args:
        root: A folder of the working tree.
        data: The project's data folder; None keeps nothing.
    """
    store = None
    with suppress(WorkspaceError):
        # What git tracks may have come with the repository.
        if data is not None and not ((data / FILE).exists() and is_tracked(root, f".vivek/{FILE}")):
            store = PastStore(data)
    if store is None:
        yield None
        return
    with closing(store):
        yield store


class PastStore:
    """Keeps the words of git.

    Args:
        data: The data folder of the project.

    Raises:
        WorkspaceError: If the database cannot be opened; every other method raises it as well.
    """

    def __init__(self, data: Path) -> None:
        prepare_data_folder(data)
        self._path = data / FILE
        self._connection = open_database(self._path, migrations=_MIGRATIONS, synchronous="NORMAL").connection

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def load(self, key: str) -> Mapping[str, bytes]:
        """Return what git told of commits, by the last one of each part; nothing where it depended on other things.

        Args:
            key: What it depends on.
        """
        with translate_database_errors(self._path):
            found = self._connection.execute("SELECT value FROM about WHERE key = 'key'").fetchone()
            if found is None or found[0] != key:
                return {}
            rows = self._connection.execute("SELECT tip, told FROM parts ORDER BY id").fetchall()
        return {tip: zlib.decompress(told) for tip, told in rows}

    def keep(self, key: str, tip: str, told: bytes, known: Mapping[str, bytes]) -> None:
        """Keep what git told of a commit and those before it.

        Args:
            key: What it depends on.
            tip: The commit.
            told: What git told beyond what is known.
            known: What was kept before and still counts; when it has too many parts they become one.
        """
        joined = len(known) >= _PARTS
        whole = b"".join((*known.values(), told)) if joined else told
        with translate_database_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if joined or not known:
                self._connection.execute("DELETE FROM parts")
            self._connection.execute("INSERT OR REPLACE INTO about VALUES ('key', ?)", (key,))
            self._connection.execute("INSERT INTO parts (tip, told) VALUES (?, ?)", (tip, zlib.compress(whole, 1)))

    def answers(self, kind: str) -> dict[bytes, str]:
        """Return the answers of a kind, by what was asked."""
        with translate_database_errors(self._path):
            return dict(self._connection.execute("SELECT asked, told FROM answers WHERE kind = ?", (kind,)))

    def keep_answers(self, kind: str, answers: Mapping[bytes, str]) -> None:
        """Keep these answers of a kind, and no others."""
        with translate_database_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM answers WHERE kind = ?", (kind,))
            rows = [(kind, asked, told) for asked, told in answers.items()]
            self._connection.executemany("INSERT INTO answers VALUES (?, ?, ?)", rows)
