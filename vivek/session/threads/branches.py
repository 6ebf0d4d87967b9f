"""How threads came from one another: forks, and what returns to earlier turns set aside; never imports LangGraph."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vivek.workspace.journal.leaps import Leap

How = Literal["fork", "rewind", "undo"]
What = Literal["all", "conversation", "files"]

_COLUMNS = "id, parent, turn, how, at, state, what, kept, checkpoint_id, back"


@dataclass(frozen=True, slots=True)
class Branch:
    """What left a thread.

    Attributes:
        id: Its own id.
        parent: The thread it left.
        turn: The parent's turn at whose end it did.
        how: A fork, what a return set aside, or a way back that set nothing aside.
        at: Seconds since the epoch.
        state: `begun`, `done`, or `undone` for what came back.
        what: What a return concerned.
        kept: The turns of the parent whose changes of files stayed.
        checkpoint: Where a return went, "" for the beginning.
        back: What came back with it, or "".
    """

    id: str
    parent: str
    turn: int
    how: How
    at: float = 0.0
    state: Literal["begun", "done", "undone"] = "done"
    what: What = "all"
    kept: int = 0
    checkpoint: str = ""
    back: str = ""

    @property
    def leap(self) -> Leap:
        """The return, as the journal knows it."""
        return Leap(self.parent, self.kept, self.id, self.back, files=self.what != "conversation")


class Branches:
    """The table of branches, beside that of threads.

    Args:
        connection: Of `threads.db`, in autocommit mode.
        clock: Seconds since the epoch.
    """

    def __init__(self, connection: sqlite3.Connection, *, clock: Callable[[], float]) -> None:
        self._db = connection
        self._clock = clock

    def all(self, directory: Path) -> list[Branch]:
        """Return what happened in a project, oldest first."""
        return self._select("directory = ? AND state != 'begun'", str(directory))

    def elsewhere(self, directory: Path) -> list[tuple[Branch, Path]]:
        """Return the forks of a project's threads that have files of their own, each with its folder."""
        rows = self._db.execute(
            f"SELECT directory, {_COLUMNS} FROM branches WHERE source = ? AND how = 'fork' ORDER BY at, id",
            (str(directory),),
        )
        return [(Branch(*row), Path(folder)) for folder, *row in rows]

    def source(self, thread_id: str, directory: Path) -> Path | None:
        """Return the folder of the thread that a fork left, None where it has its files from no other folder."""
        found = self._db.execute(
            "SELECT source FROM branches WHERE directory = ? AND id = ? AND source != ''", (str(directory), thread_id)
        ).fetchone()
        return Path(found[0]) if found else None

    def names(self, directory: Path) -> set[str]:
        """Return the ids of all branches of a project, those that came back among them."""
        return {row.id for row in self._select("directory = ?", str(directory))}

    def of(self, thread_id: str, directory: Path) -> Branch | None:
        """Return where a thread came from, None for one that began by itself."""
        found = self._select("directory = ? AND id = ?", str(directory), thread_id)
        return found[0] if found else None

    def begun(self, thread_id: str, directory: Path) -> list[Branch]:
        """Return the returns of a thread that were cut off."""
        return self._select("directory = ? AND parent = ? AND state = 'begun'", str(directory), thread_id)

    def last_return(self, thread_id: str, directory: Path) -> Branch | None:
        """Return the newest return of a thread that can be undone."""
        found = self._select(
            "directory = ? AND parent = ? AND how = 'rewind' AND state = 'done'", str(directory), thread_id
        )
        return found[-1] if found else None

    def parent_of(self, aside: str, directory: Path | None) -> str | None:
        """Return the thread from which something of this name was set aside, None when nothing was."""
        where = "how = 'rewind' AND state = 'done' AND id = ?"
        found = (
            self._select(f"{where} AND directory = ?", aside, str(directory))
            if directory
            else self._select(where, aside)
        )
        return found[0].parent if found else None

    def add(self, branch: Branch, directory: Path) -> None:
        """Write a branch down; its time is now."""
        values = (branch.id, branch.parent, branch.turn, branch.how, self._clock(), branch.state, branch.what)
        self._db.execute(
            f"INSERT INTO branches (directory, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (str(directory), *values, branch.kept, branch.checkpoint, branch.back),
        )

    def drop(self, branch: Branch, directory: Path) -> None:
        """Forget a return that did not happen."""
        self._db.execute("DELETE FROM branches WHERE directory = ? AND id = ?", (str(directory), branch.id))

    def fork(self, branch: Branch, source: Path, target: Path, now: Mapping[str, object]) -> None:
        """List a fork as a thread.

        Args:
            branch: The fork.
            source: The project of its parent.
            target: Its own.
            now: Where it stands: `turns`, `status`, `log`.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO threads (id, directory, kind, title, model, base_url, turns, updated, status, log) "
                "SELECT :id, :target, kind, title, model, base_url, :turns, :at, :status, :log "
                "FROM threads WHERE directory = :source AND id = :parent",
                {**now, "id": branch.id, "parent": branch.parent, "source": str(source), "target": str(target)}
                | {"at": self._clock()},
            )
            self.add(branch, target)
            if source != target:
                self._db.execute(
                    "UPDATE branches SET source = ? WHERE directory = ? AND id = ?",
                    (str(source), str(target), branch.id),
                )

    def finish(self, branch: Branch, directory: Path, now: Mapping[str, object] | None) -> None:
        """Tell that a return happened.

        Args:
            branch: The return.
            directory: The project.
            now: Where the thread stands: `turns`, `status`, `log`; None when its conversation stayed.
        """
        names = {"id": branch.id, "parent": branch.parent, "back": branch.back, "directory": str(directory)}
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if now is not None:
                if branch.how == "rewind":
                    self._db.execute(_SET_ASIDE, names)
                self._db.execute(_MOVE, {"broken_off": None, "asked": None, **now, **names, "at": self._clock()})
                self._db.execute("DELETE FROM threads WHERE directory = :directory AND id = :back", names)
            self._db.execute("UPDATE branches SET state = 'done' WHERE directory = :directory AND id = :id", names)
            self._db.execute("UPDATE branches SET state = 'undone' WHERE directory = :directory AND id = :back", names)

    def stands(self, thread_id: str, directory: Path) -> dict[str, object]:
        """Return where a thread stands, as `finish` takes it; empty when there is no such thread."""
        names = ("turns", "status", "log", "broken_off", "asked")
        found = self._db.execute(
            f"SELECT {', '.join(names)} FROM threads WHERE directory = ? AND id = ?", (str(directory), thread_id)
        ).fetchone()
        return dict(zip(names, found, strict=True)) if found else {}

    def family(self, thread_id: str, directory: Path) -> list[str]:
        """Return what was set aside of a thread, and of what was set aside: all that goes when it is deleted."""
        found, at = [thread_id], 0
        while at < len(found):
            rows = self._select(
                "directory = ? AND parent = ? AND how != 'fork' AND state != 'undone'", str(directory), found[at]
            )
            found += [row.id for row in rows if row.id not in found]
            at += 1
        return found[1:]

    def forget(self, thread_id: str, directory: Path) -> None:
        """Forget the returns of a thread, and where it came from; its forks stay."""
        self._db.execute(
            "DELETE FROM branches WHERE directory = ? AND (id = ? OR (parent = ? AND how != 'fork'))",
            (str(directory), thread_id, thread_id),
        )

    def _select(self, where: str, *values: str) -> list[Branch]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM branches WHERE {where} ORDER BY at, id", values)
        return [Branch(*row) for row in rows]


_SET_ASIDE = """INSERT OR REPLACE INTO threads
    (id, directory, kind, title, model, base_url, turns, updated, status, log, broken_off, asked, aside)
    SELECT :id, directory, kind, title, model, base_url, turns, updated, status, log, broken_off, asked, 1
    FROM threads WHERE directory = :directory AND id = :parent"""
_MOVE = """UPDATE threads SET turns = :turns, status = :status, log = :log, broken_off = :broken_off, asked = :asked,
    updated = :at
    WHERE directory = :directory AND id = :parent"""
