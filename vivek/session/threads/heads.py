"""Moves threads between their checkpoints in the saver's tables: SQL only, no LangGraph.

The newest checkpoint of a thread is where it goes on. Going back gives the newer ones to another name, so that nothing
is copied, nothing is lost, and the way back is the same step again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import ThreadError
from vivek.session.threads.saved import Saved, read_saved
from vivek.session.threads.saved_rows import FILE_NAME, MIGRATIONS
from vivek.workspace.database import open_database
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.journal.leaps import Leap

# As the saver makes them; a test holds them to it. A fork in a folder of its own has them before its first turn.
TABLES = (
    """CREATE TABLE IF NOT EXISTS checkpoints (
        thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
        parent_checkpoint_id TEXT, type TEXT, checkpoint BLOB, metadata BLOB,
        PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
    )""",
    """CREATE TABLE IF NOT EXISTS writes (
        thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
        task_id TEXT NOT NULL, task_path TEXT NOT NULL DEFAULT '', idx INTEGER NOT NULL, channel TEXT NOT NULL,
        type TEXT, value BLOB, PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
    )""",
)


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint as it lies in the table.

    Attributes:
        id: Its id; ids sort by time.
        kind: How it is packed.
        data: The packed state.
        about: What the graph notes of it, packed.
    """

    id: str
    kind: str
    data: bytes
    about: bytes

    def saved(self, thread_id: str) -> Saved:
        """Return the state; raises ThreadError when it cannot be read."""
        return read_saved(self.kind, self.data, thread_id)


class Heads:
    """The checkpoints of a project's threads.

    Args:
        path: The database.
        connection: Open, in autocommit mode.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._db = connection

    def ends(self, thread_id: str) -> dict[int, str]:
        """Return the checkpoint at the end of each turn."""
        rows = self._db.execute(
            "SELECT turn, checkpoint_id FROM turn_ends WHERE thread_id = ? ORDER BY turn", [thread_id]
        )
        return dict(rows.fetchall())

    def ids(self, thread_id: str) -> list[str]:
        """Return the checkpoints that a thread has, oldest first."""
        rows = self._db.execute(
            "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY checkpoint_id",
            [thread_id],
        )
        return [id_ for (id_,) in rows]

    def threads(self) -> list[tuple[str, bool]]:
        """Return the threads that have checkpoints, each with whether it is what a return set aside."""
        rows = self._db.execute(
            "SELECT DISTINCT thread_id, EXISTS (SELECT 1 FROM leaps WHERE aside = thread_id) FROM checkpoints "
            "WHERE checkpoint_ns = ''"
        )
        return [(name, bool(aside)) for name, aside in rows]

    def waits(self, checkpoint_id: str, thread_id: str) -> bool:
        """Tell whether a thread waits for the user at a checkpoint."""
        found = self._db.execute(
            "SELECT 1 FROM writes WHERE thread_id = ? AND checkpoint_id = ? AND channel = '__interrupt__'",
            [thread_id, checkpoint_id],
        ).fetchone()
        return found is not None

    def head(self, checkpoint_id: str, thread_id: str) -> Head:
        """Return a checkpoint; a fork shares those of the thread that it was made of.

        Raises:
            ThreadError: If it is not there.
        """
        found = self._db.execute(
            "SELECT checkpoint_id, type, checkpoint, metadata FROM checkpoints "
            "WHERE checkpoint_id = ? AND checkpoint_ns = '' ORDER BY thread_id = ? DESC LIMIT 1",
            [checkpoint_id, thread_id],
        ).fetchone()
        if found is None:
            msg = f"The state of thread {thread_id} at {checkpoint_id} is not kept any more."
            raise ThreadError(msg, hint="Choose another turn of it; `vivek threads show ID --tree` lists them.")
        return Head(*found)

    def newer(self, thread_id: str, checkpoint_id: str) -> bool:
        """Tell whether a thread went on after a checkpoint; "" stands for its beginning."""
        found = self._db.execute(
            "SELECT 1 FROM checkpoints WHERE thread_id = ? AND checkpoint_id > ? LIMIT 1", [thread_id, checkpoint_id]
        ).fetchone()
        return found is not None

    def leap(self, leap: Leap, checkpoint_id: str, turn: int) -> None:
        """Move a thread to one of its checkpoints; a second call with the same leap does nothing.

        Args:
            leap: Where what is newer goes, and what comes back.
            checkpoint_id: The checkpoint, "" for the thread's beginning.
            turn: Turns that had ended there.

        Raises:
            ThreadError: If the checkpoint is not there.
        """
        head = self.head(checkpoint_id, leap.thread) if checkpoint_id else None
        with translate_database_errors(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self._db.execute("SELECT 1 FROM leaps WHERE aside = ?", [leap.aside]).fetchone():
                return
            self._db.execute("INSERT INTO leaps VALUES (?)", [leap.aside])
            if head is not None:
                self._own(leap.thread, head)
            # What steps wrote behind the checkpoint goes too: a state is returned to as it was saved.
            values = {"thread": leap.thread, "aside": leap.aside, "back": leap.back, "id": checkpoint_id, "turn": turn}
            for statement in (*_ASIDE, *(_BACK if leap.back else ())):
                self._db.execute(statement, values)

    def fork(self, head: Head, thread_id: str, new_id: str, turn: int) -> None:
        """Begin a thread at a checkpoint of another; the turns before are shared."""
        with translate_database_errors(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._own(new_id, head)
            self._db.execute(
                "INSERT OR REPLACE INTO turn_ends SELECT ?, turn, checkpoint_id FROM turn_ends "
                "WHERE thread_id = ? AND turn <= ?",
                [new_id, thread_id, turn],
            )

    def plant(self, head: Head, thread_id: str, turn: int, *, ended: bool) -> None:
        """Begin a thread at a checkpoint that comes from another database."""
        with translate_database_errors(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._own(thread_id, head)
            if ended:
                self._db.execute("INSERT OR REPLACE INTO turn_ends VALUES (?, ?, ?)", [thread_id, turn, head.id])

    def let_go(self, family: Sequence[str]) -> None:
        """Give the checkpoints of threads that are about to be deleted together to the forks that share them."""
        with translate_database_errors(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for name in family:
                self._db.execute("DELETE FROM turn_ends WHERE thread_id = ?", [name])
                self._db.execute("DELETE FROM leaps WHERE aside = ?", [name])
            for name in family:
                self._db.execute(_HAND_DOWN, {"thread": name})

    def _own(self, thread_id: str, head: Head) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO checkpoints VALUES (?, '', ?, NULL, ?, ?, ?)",
            [thread_id, head.id, head.kind, head.data, head.about],
        )


_ASIDE = (
    "UPDATE OR REPLACE checkpoints SET thread_id = :aside WHERE thread_id = :thread AND checkpoint_id > :id",
    "UPDATE OR REPLACE writes SET thread_id = :aside WHERE thread_id = :thread AND checkpoint_id >= :id",
    # Turns that both have are named by both and kept once.
    "INSERT OR REPLACE INTO turn_ends SELECT :aside, turn, checkpoint_id FROM turn_ends WHERE thread_id = :thread "
    "AND EXISTS (SELECT 1 FROM checkpoints WHERE thread_id = :aside)",
    "DELETE FROM turn_ends WHERE thread_id = :thread AND turn > :turn",
)
_BACK = (
    "UPDATE OR REPLACE checkpoints SET thread_id = :thread WHERE thread_id = :back",
    "UPDATE OR REPLACE writes SET thread_id = :thread WHERE thread_id = :back",
    "INSERT OR REPLACE INTO turn_ends SELECT :thread, turn, checkpoint_id FROM turn_ends WHERE thread_id = :back",
    "DELETE FROM turn_ends WHERE thread_id = :back",
)
_HAND_DOWN = """INSERT OR IGNORE INTO checkpoints
    SELECT min(shared.thread_id), checkpoint_ns, checkpoint_id, NULL, type, checkpoint, metadata
    FROM checkpoints JOIN turn_ends AS shared USING (checkpoint_id)
    WHERE checkpoints.thread_id = :thread AND shared.thread_id != :thread AND checkpoint_ns = ''
    GROUP BY checkpoint_id"""


@contextmanager
def open_heads(data: Path) -> Iterator[Heads]:
    """Open the checkpoints of a project, made when they are missing.

    Args:
        data: The project's data folder.

    Raises:
        WorkspaceError: If the database cannot be used.
    """
    path = data / FILE_NAME
    connection = open_database(path, migrations=MIGRATIONS).connection
    try:
        with translate_database_errors(path):
            for table in TABLES:
                connection.execute(table)
        yield Heads(path, connection)
    finally:
        connection.close()
