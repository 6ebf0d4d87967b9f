"""Makes the saver of checkpoints: safe after errors, strict about types, pruned; LangGraph inside functions only."""

import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vivek.workspace.database import open_database

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

NEWEST_KEPT = 20
"""Checkpoints of a thread that are kept besides the one at every turn's end."""

_MIGRATIONS = (
    """CREATE TABLE IF NOT EXISTS turn_ends (
        thread_id TEXT NOT NULL, turn INTEGER NOT NULL, checkpoint_id TEXT NOT NULL,
        PRIMARY KEY (thread_id, turn)
    ) WITHOUT ROWID""",
)

_PRUNE = """DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_ns = ''
    AND checkpoint_id NOT IN (SELECT checkpoint_id FROM turn_ends WHERE thread_id = :thread)
    AND checkpoint_id < (SELECT min(checkpoint_id) FROM (
        SELECT checkpoint_id FROM checkpoints WHERE thread_id = :thread AND checkpoint_ns = ''
        ORDER BY checkpoint_id DESC LIMIT :newest))"""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The open checkpoint database of a project.

    Attributes:
        saver: What LangGraph saves to.
        kept_aside: Where a damaged database was moved, or None.
    """

    saver: "AsyncSqliteSaver"
    kept_aside: Path | None

    async def end_turn(self, thread_id: str, turn: int, checkpoint_id: str) -> None:
        """Remember the checkpoint at a turn's end and delete what is neither new nor such an end."""
        values = {"thread": thread_id, "turn": turn, "id": checkpoint_id, "newest": NEWEST_KEPT}
        async with self.saver.lock:
            connection = self.saver.conn
            await connection.execute("INSERT OR REPLACE INTO turn_ends VALUES (:thread, :turn, :id)", values)
            # Writes first: they are found by the checkpoints that are still there.
            await connection.execute(_PRUNE.format(table="writes"), values)
            await connection.execute(_PRUNE.format(table="checkpoints"), values)
            await connection.commit()

    async def delete_thread(self, thread_id: str) -> None:
        """Forget every checkpoint of a thread."""
        await self.saver.adelete_thread(thread_id)


@asynccontextmanager
async def open_checkpoints(path: Path) -> AsyncIterator[Checkpoints]:
    """Open the checkpoint database, made when it is missing, moved aside when it is damaged.

    The database lies in the repository, so it may come from a stranger: the serializer builds plain JSON types
    only, whatever the rows ask for.

    Raises:
        WorkspaceError: If the file belongs to somebody else or cannot be opened.
    """
    import aiosqlite
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    opened = open_database(path, migrations=_MIGRATIONS, synchronous="NORMAL")
    opened.connection.close()
    async with aiosqlite.connect(path, timeout=30) as connection:
        await connection.execute("PRAGMA trusted_schema=OFF")
        await connection.execute("PRAGMA synchronous=NORMAL")
        if sys.platform == "darwin":
            await connection.execute("PRAGMA fullfsync=ON")
        saver = _saver_class()(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        await saver.setup()
        yield Checkpoints(saver, opened.kept_aside)


def forget_thread(path: Path, thread_id: str) -> None:
    """Delete a thread's checkpoints without LangGraph; nothing happens when there are none."""
    if not path.exists():
        return
    connection = open_database(path, migrations=_MIGRATIONS).connection
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in ("writes", "checkpoints", "turn_ends"):
            if table in tables:
                connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (thread_id,))
        connection.commit()
    finally:
        connection.close()


def _saver_class() -> "type[AsyncSqliteSaver]":
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    class SafeSaver(AsyncSqliteSaver):
        """Rolls back after an error and syncs to disk where a turn must survive a power cut.

        The stock saver leaves a failed transaction open: the next read pins a snapshot, and every later write of
        this process fails once another process has written.
        """

        _full = False

        async def aput(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
            """Save a checkpoint; Any: the signature is LangGraph's."""
            values = checkpoint["channel_values"]
            await self._sync_level(full=bool(values.get("status")) or values.get("decision") is not None)
            return await self._guarded(super().aput(config, checkpoint, metadata, new_versions))

        async def aput_writes(self, *args: Any, **more: Any) -> None:
            """Save what a task wrote; Any: the signature is LangGraph's."""
            await self._guarded(super().aput_writes(*args, **more))

        async def _sync_level(self, *, full: bool) -> None:
            if full == self._full:
                return
            async with self.lock:
                await self.conn.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            self._full = full

        async def _guarded(self, work: Any) -> Any:  # Any: an awaitable of LangGraph's and its result
            try:
                return await work
            except sqlite3.Error:
                await self._roll_back()
                raise

        async def _roll_back(self) -> None:
            async with self.lock:
                if self.conn.in_transaction:
                    await self.conn.rollback()

    return SafeSaver
