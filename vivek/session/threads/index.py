"""The user's index of threads over all projects; never imports LangGraph.

It lies in the user's state directory, so that listing needs no project, no checkpoint and no model.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from vivek.config.folders import out_of_reach, state_folder
from vivek.errors import WorkspaceError
from vivek.schema.threads import ThreadKind, ThreadStatus, ThreadSummary
from vivek.session.threads.branches import Branches
from vivek.session.threads.finding import ANY, COLUMNS, Wanted, condition, find_thread
from vivek.session.threads.tables import MIGRATIONS, mend
from vivek.session.threads.titles import short_title
from vivek.workspace.database import open_database
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.hashes import hashes_of

_NAME = Path("threads.db")
_NEXT = 0.001  # seconds


class ThreadIndex:
    """One row a thread: what a list of threads shows, and where its log begins."""

    def __init__(self, connection: sqlite3.Connection, *, clock: Callable[[], float] = time.time) -> None:
        self._db = connection
        self._clock = clock

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """Open the index in a folder, the user's state directory when None; made when it is missing.

        Raises:
            WorkspaceError: If it cannot be used.
        """
        path = (folder or state_folder()) / _NAME
        try:
            return cls(open_database(path, migrations=MIGRATIONS, synchronous="NORMAL", mend=mend).connection)
        except WorkspaceError as error:
            there = out_of_reach(path.parent)
            if there is None:
                raise
            hint = f"Let vivek write {there}, or name another folder in the variable VIVEK_STATE_DIR."
            raise WorkspaceError(error.message, hint=hint) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self._db):
            if isinstance(error, sqlite3.Error | UnicodeDecodeError):
                path = self._db.execute("PRAGMA database_list").fetchone()[2]
                with translate_database_errors(Path(path)):
                    raise error

    @property
    def branches(self) -> Branches:
        """How threads came from one another."""
        return Branches(self._db, clock=self._clock)

    def list(self, directory: Path | None = None, *, wanted: Wanted = ANY) -> list[ThreadSummary]:
        """Return the threads of a project, or all, newest first.

        Args:
            directory: The project, None for all.
            wanted: Which of them.
        """
        where, values = wanted.where(directory)
        most = -1 if wanted.most is None else wanted.most
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM threads WHERE {where} ORDER BY updated DESC, id LIMIT ?", (*values, most)
        )
        return [ThreadSummary(*row) for row in rows]

    def count(self, directory: Path | None = None, *, wanted: Wanted = ANY) -> int:
        """Return how many threads there are in a project, or in all."""
        where, values = wanted.where(directory)
        return int(self._db.execute(f"SELECT count(*) FROM threads WHERE {where}", values).fetchone()[0])

    def get(self, thread_id: str, directory: Path) -> ThreadSummary | None:
        """Return the thread of exactly this id in this project."""
        found = self._db.execute(
            f"SELECT {COLUMNS} FROM threads WHERE directory = ? AND id = ?", (str(directory), thread_id)
        ).fetchone()
        return ThreadSummary(*found) if found else None

    def find(self, text: str, directory: Path | None = None, *, aside: bool = False) -> ThreadSummary:
        """Return the thread of this id, else the only one whose id begins so.

        Args:
            text: Id or unique prefix.
            directory: The project, None for all.
            aside: Find also what a return to an earlier turn set aside, by its whole name.

        Raises:
            ThreadError: If there is none, or more than one.
        """
        return find_thread(self._db, text, directory, aside=aside, branches=self.branches)

    def latest(self, directory: Path, kind: ThreadKind | None = None) -> ThreadSummary | None:
        """Return the thread of this project that was used last, of one kind where it is named."""
        with translate_database_errors(_NAME):
            rows = self.list(directory, wanted=Wanted(kind, most=1))
        return rows[0] if rows else None

    def knows(self, directory: Path) -> bool:
        """Tell whether any thread of a project is listed, those of what was set aside among them."""
        return self._db.execute("SELECT 1 FROM threads WHERE directory = ?", (str(directory),)).fetchone() is not None

    def ids(self, directory: Path) -> set[str]:
        """Return the ids in use in a project, those of what was set aside among them."""
        return {id_ for (id_,) in self._db.execute("SELECT id FROM threads WHERE directory = ?", (str(directory),))}

    def begin(
        self,
        thread_id: str,
        directory: Path,
        *,
        kind: ThreadKind,
        title: str,
        model: str,
        base_url: str | None = None,
        asked: str | None = None,
    ) -> None:
        """Add a thread, or tell that an existing one works again.

        Args:
            thread_id: The thread.
            directory: The project.
            kind: The flow it runs.
            title: The request, of which a new thread gets its title.
            model: `provider/name`.
            base_url: Where its model answered.
            asked: What the turn begins with, as JSON, for a start after a sudden end.
        """
        values = (thread_id, str(directory), kind, short_title(title), model, base_url, self._now(), asked)
        self._db.execute(
            "INSERT INTO threads (id, directory, kind, title, model, base_url, turns, updated, status, asked) "
            "VALUES (?, ?, ?, ?, ?, ?, 0, ?, 'unfinished', ?) "
            "ON CONFLICT (directory, id) DO UPDATE SET model = excluded.model, base_url = excluded.base_url, "
            "updated = excluded.updated, status = 'unfinished', asked = excluded.asked, broken_off = NULL",
            values,
        )
        self._db.commit()

    def end(self, thread_id: str, directory: Path, *, status: ThreadStatus, turns: int, log: str | None) -> None:
        """Tell how a turn ended; `log` is the head of what the user saw of the thread."""
        self._db.execute(
            "UPDATE threads SET status = ?, turns = ?, log = ?, broken_off = NULL, asked = NULL, updated = ? "
            "WHERE directory = ? AND id = ?",
            (status, turns, log, self._now(), str(directory), thread_id),
        )
        self._db.commit()

    def break_off(self, thread_id: str, directory: Path, note: str) -> None:
        """Keep that the user stopped a turn or saw it fail; `note` is the hash of what was received."""
        with translate_database_errors(_NAME):
            self._db.execute(
                "UPDATE threads SET broken_off = ?, status = 'unfinished', updated = ? WHERE directory = ? AND id = ?",
                (note, self._now(), str(directory), thread_id),
            )
            self._db.commit()

    def broken_off(self, thread_id: str, directory: Path) -> str | None:
        """Return the note that `break_off` left, None when the turn was not broken off."""
        return self._one("broken_off", thread_id, directory)

    def settle(
        self, thread_id: str, directory: Path, *, status: ThreadStatus, turns: int | None = None, log: str | None = None
    ) -> None:
        """Correct what a sudden end left in the row; when the thread was used last stays as it is.

        Args:
            thread_id: The thread.
            directory: The project.
            status: Where it stands in truth.
            turns: Its finished turns, None to leave that, its log and what is noted of an open turn.
            log: As `end` takes it.
        """
        more = "" if turns is None else ", turns = ?, log = ?, broken_off = NULL, asked = NULL"
        values = () if turns is None else (turns, log)
        self._db.execute(
            f"UPDATE threads SET status = ?{more} WHERE directory = ? AND id = ?",
            (status, *values, str(directory), thread_id),
        )
        self._db.commit()

    def asked(self, thread_id: str, directory: Path) -> str | None:
        """Return what the open turn began with, None when no turn is open."""
        return self._one("asked", thread_id, directory)

    def base_url(self, thread_id: str, directory: Path) -> str | None:
        """Return where the thread's model answered last, None for the usual address."""
        return self._one("base_url", thread_id, directory)

    def logs(self, directory: Path | None = None) -> dict[tuple[str, str], str]:
        """Return the heads of the logs of all threads that have one, by project and id."""
        where, values = condition(directory)
        rows = self._db.execute(f"SELECT directory, id, log FROM threads WHERE {where} AND log IS NOT NULL", values)
        return {(project, id_): log for project, id_, log in rows}

    def log(self, thread_id: str, directory: Path) -> str | None:
        """Return the head of the thread's log, None before its first turn ended."""
        return self._one("log", thread_id, directory)

    def named(self) -> set[str]:
        """Return all hashes that any thread of any project names."""
        return set(hashes_of(self._db))

    def rename(self, thread_id: str, title: str, directory: Path | None = None) -> None:
        """Give a thread another title."""
        where, values = condition(directory)
        self._db.execute(f"UPDATE threads SET title = ? WHERE {where} AND id = ?", (title, *values, thread_id))
        self._db.commit()

    def restore(self, row: ThreadSummary, log: str | None, *, aside: bool) -> None:
        """Add a thread as its checkpoints tell of it, unless it is listed; `aside` hides what a return set aside."""
        values = (row.id, row.directory, row.kind, short_title(row.title), row.model, row.turns, row.updated)
        self._db.execute(
            "INSERT OR IGNORE INTO threads (id, directory, kind, title, model, turns, updated, status, log, aside) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, row.status, log, aside),
        )
        self._db.commit()

    def delete(self, thread_id: str, directory: Path | None = None) -> None:
        """Forget a thread; its checkpoints are the business of `doors/history.py`."""
        where, values = condition(directory)
        self._db.execute(f"DELETE FROM threads WHERE {where} AND id = ?", (*values, thread_id))
        self._db.commit()

    def _now(self) -> float:
        """Return the time, later than that of every row: a clock that was set back must not change their order."""
        newest = self._db.execute("SELECT max(updated) FROM threads").fetchone()[0]
        return max(self._clock(), (newest or 0.0) + _NEXT)

    def _one(self, column: str, thread_id: str, directory: Path) -> str | None:
        found = self._db.execute(
            f"SELECT {column} FROM threads WHERE directory = ? AND id = ?", (str(directory), thread_id)
        ).fetchone()
        return found[0] if found else None
