"""The user's index of threads over all projects; never imports LangGraph.

It lies in the user's state directory, so that listing needs no project, no checkpoint and no model.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from vivek.config.folders import state_folder
from vivek.errors import ThreadError
from vivek.schema.threads import ThreadKind, ThreadStatus, ThreadSummary
from vivek.workspace.database import open_database

_MIGRATIONS = (
    """CREATE TABLE threads (
        id TEXT NOT NULL, directory TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, model TEXT NOT NULL,
        base_url TEXT, turns INTEGER NOT NULL, updated REAL NOT NULL, status TEXT NOT NULL, log TEXT, broken_off TEXT,
        PRIMARY KEY (directory, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX threads_by_age ON threads (updated DESC)",
)
_COLUMNS = "id, kind, title, directory, model, turns, updated, status"
_TITLE_LENGTH = 72
_TITLE_READ = 1_000  # of the request
_OFFERED = 5


class ThreadIndex:
    """One row a thread: what a list of threads shows, and where its log begins."""

    def __init__(self, connection: sqlite3.Connection, *, clock: Callable[[], float] = time.time) -> None:
        self._db = connection
        self._clock = clock

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """Open the index, made when it is missing.

        Args:
            folder: Where it lies; the user's state directory when None.
        """
        path = (folder or state_folder()) / "threads.db"
        return cls(open_database(path, migrations=_MIGRATIONS, synchronous="NORMAL").connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def list(self, directory: Path | None = None) -> list[ThreadSummary]:
        """Return the threads of a project, or all, newest first."""
        where, values = _of(directory)
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM threads {where} ORDER BY updated DESC, id", values)
        return [ThreadSummary(*row) for row in rows]

    def get(self, thread_id: str, directory: Path) -> ThreadSummary | None:
        """Return the thread of exactly this id in this project."""
        found = self._db.execute(
            f"SELECT {_COLUMNS} FROM threads WHERE directory = ? AND id = ?", (str(directory), thread_id)
        ).fetchone()
        return ThreadSummary(*found) if found else None

    def find(self, text: str, directory: Path | None = None) -> ThreadSummary:
        """Return the thread of this id, else the only one whose id begins so.

        Raises:
            ThreadError: If there is none, or more than one.
        """
        where, values = _of(directory)
        rows = [ThreadSummary(*row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM threads {where}", values)]
        exact = [row for row in rows if row.id == text]
        begun = exact or [row for row in rows if text and row.id.startswith(text)]
        if len(begun) == 1:
            return begun[0]
        if begun:
            names = ", ".join(sorted(row.id for row in begun)[:_OFFERED])
            msg = f"{text!r} is the beginning of {len(begun)} thread ids."
            raise ThreadError(msg, hint=f"Type more of one of: {names}.")
        msg = f"There is no thread {text!r} here."
        raise ThreadError(msg, hint="`vivek threads list` shows this project's threads, `--all` those of all projects.")

    def latest(self, directory: Path) -> ThreadSummary | None:
        """Return the thread of this project that was used last."""
        rows = self.list(directory)
        return rows[0] if rows else None

    def ids(self, directory: Path) -> set[str]:
        """Return the ids in use in a project."""
        return {id_ for (id_,) in self._db.execute("SELECT id FROM threads WHERE directory = ?", (str(directory),))}

    def begin(
        self, thread_id: str, directory: Path, *, kind: ThreadKind, title: str, model: str, base_url: str | None = None
    ) -> None:
        """Add a thread, or tell that an existing one works again; `base_url` is where its model answered."""
        from vivek.config.redaction import redact  # a list of threads does without its expressions

        short = redact(" ".join(title.split())[:_TITLE_READ])
        if len(short) > _TITLE_LENGTH:
            short = short[: _TITLE_LENGTH - 1] + "…"
        values = (thread_id, str(directory), kind, short, model, base_url, self._clock())
        self._db.execute(
            "INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?, 0, ?, 'unfinished', NULL, NULL) "
            "ON CONFLICT (directory, id) DO UPDATE SET model = excluded.model, base_url = excluded.base_url, "
            "updated = excluded.updated, status = 'unfinished'",
            values,
        )
        self._db.commit()

    def end(self, thread_id: str, directory: Path, *, status: ThreadStatus, turns: int, log: str | None) -> None:
        """Tell how a turn ended; `log` is the head of what the user saw of the thread."""
        self._db.execute(
            "UPDATE threads SET status = ?, turns = ?, log = ?, broken_off = NULL, updated = ? "
            "WHERE directory = ? AND id = ?",
            (status, turns, log, self._clock(), str(directory), thread_id),
        )
        self._db.commit()

    def break_off(self, thread_id: str, directory: Path, note: str) -> None:
        """Keep that the user stopped a turn or saw it fail; `note` is the hash of what was received."""
        self._db.execute(
            "UPDATE threads SET broken_off = ?, status = 'unfinished', updated = ? WHERE directory = ? AND id = ?",
            (note, self._clock(), str(directory), thread_id),
        )
        self._db.commit()

    def broken_off(self, thread_id: str, directory: Path) -> str | None:
        """Return the note that `break_off` left, None when the turn was not broken off."""
        return self._one("broken_off", thread_id, directory)

    def base_url(self, thread_id: str, directory: Path) -> str | None:
        """Return where the thread's model answered last, None for the usual address."""
        return self._one("base_url", thread_id, directory)

    def log(self, thread_id: str, directory: Path) -> str | None:
        """Return the head of the thread's log, None before its first turn ended."""
        return self._one("log", thread_id, directory)

    def rename(self, thread_id: str, title: str, directory: Path | None = None) -> None:
        """Give a thread another title."""
        where, values = _of(directory)
        self._db.execute(f"UPDATE threads SET title = ? {where or 'WHERE 1'} AND id = ?", (title, *values, thread_id))
        self._db.commit()

    def delete(self, thread_id: str, directory: Path | None = None) -> None:
        """Forget a thread; its checkpoints are the business of `doors/history.py`."""
        where, values = _of(directory)
        self._db.execute(f"DELETE FROM threads {where or 'WHERE 1'} AND id = ?", (*values, thread_id))
        self._db.commit()

    def _one(self, column: str, thread_id: str, directory: Path) -> str | None:
        found = self._db.execute(
            f"SELECT {column} FROM threads WHERE directory = ? AND id = ?", (str(directory), thread_id)
        ).fetchone()
        return found[0] if found else None


def _of(directory: Path | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if directory is None else ("WHERE directory = ?", (str(directory),))
