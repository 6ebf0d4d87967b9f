"""Makes the saver of checkpoints: safe after errors, strict about types, pruned; LangGraph inside functions only."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vivek.session.threads.saved_rows import (
    KEEP_MISSED_END,
    KEEP_TURN_END,
    MIGRATIONS,
    NEWEST_KEPT,
    PRUNE,
    PRUNE_EVERY,
    Limited,
)
from vivek.workspace.database import open_database
from vivek.workspace.database_errors import translate_database_errors

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


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
        """Remember the checkpoint at a turn's end; now and then delete what is neither new nor such an end."""
        values = {"thread": thread_id, "turn": turn, "id": checkpoint_id, "newest": NEWEST_KEPT}
        async with self.saver.lock:
            await self.saver.conn.execute(KEEP_TURN_END, values)
            if turn % PRUNE_EVERY:
                await self.saver.conn.commit()
                return
            for statement in PRUNE:
                await self.saver.conn.execute(statement, values)
            await self.saver.conn.commit()
            # Now, and not at some later write: the log beside the database stays short, and every turn costs the same.
            await self.saver.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")

    async def keep_missed_end(self, thread_id: str, turn: int, checkpoint_id: str) -> None:
        """Remember the checkpoint at a turn's end where the process died, or was stopped, before `end_turn`."""
        async with self.saver.lock:
            await self.saver.conn.execute(KEEP_MISSED_END, {"thread": thread_id, "turn": turn, "id": checkpoint_id})
            await self.saver.conn.commit()


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

    opened = open_database(path, migrations=MIGRATIONS, synchronous="NORMAL")
    opened.connection.close()
    async with aiosqlite.connect(path, timeout=30, factory=Limited) as connection:
        await connection.execute("PRAGMA trusted_schema=OFF")
        await connection.execute("PRAGMA synchronous=NORMAL")
        await connection.execute("PRAGMA secure_delete=FAST")
        if sys.platform == "darwin":
            await connection.execute("PRAGMA fullfsync=ON")
        saver = _saver_class()(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        with translate_database_errors(path):  # tables of this name may be something else
            await saver.setup()
        try:
            yield Checkpoints(saver, opened.kept_aside)
        finally:
            await saver.shut()


def load_saver() -> None:
    """Import the saver; it takes long, so a thread may do it early."""
    import langgraph.checkpoint.sqlite.aio  # noqa: F401


def _must_reach_disk(values: Mapping[str, Any]) -> bool:
    """Tell whether a checkpoint must survive a power cut: from the user's decision on, and at a turn's end."""
    turn = values.get("turn") or {}
    return bool(turn.get("status")) or turn.get("decision") is not None


def _saver_class() -> "type[Any]":  # noqa: C901 - Any: the class below, whose base is imported late
    from langgraph.checkpoint.serde.types import ERROR
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    class SafeSaver(AsyncSqliteSaver):
        """Rolls back after an error and syncs to disk where a turn must survive a power cut.

        The stock saver leaves a failed transaction open: the next read pins a snapshot, and every later write of
        this process fails once another process has written.
        """

        _full = False
        _shut = False

        async def shut(self) -> None:
            """Close the connection between two writes, never within one.

            After a cancellation LangGraph may still be writing. A connection that is closed within a transaction
            lives on, unreachable, for as long as its cursor does, and keeps every other writer out.
            """
            async with self.lock:
                self._shut = True
                await self.conn.rollback()
                await self.conn.close()

        async def aput(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
            """Save a checkpoint; Any: the signature is LangGraph's."""
            await self._sync_level(full=_must_reach_disk(checkpoint["channel_values"]))
            return await self._guarded(super().aput(config, checkpoint, metadata, new_versions))

        async def aput_writes(self, config: Any, writes: Any, *args: Any, **more: Any) -> None:
            """Save what a task wrote, all or nothing; Any: the signature is LangGraph's.

            A task that is cancelled as it ends leaves its state without the choice of what follows. Saved, it would
            count as done, and the graph would end behind it when the turn goes on.
            """
            failed = [write for write in writes if write[0] == ERROR]
            await self._guarded(super().aput_writes(config, failed or writes, *args, **more))

        async def _sync_level(self, *, full: bool) -> None:
            if full == self._full:
                return
            async with self.lock:
                await self.conn.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            self._full = full

        async def _guarded(self, work: Any) -> Any:  # Any: an awaitable of LangGraph's and its result
            try:
                return await work
            except BaseException as error:
                if self._shut and isinstance(error, ValueError):
                    return None  # a write of a cancelled turn that came too late
                if not self._shut:
                    # A cancelled write must not leave its transaction open either.
                    await self._roll_back()
                raise

        async def _roll_back(self) -> None:
            # Queued behind what the cancelled or failed write still does in the connection's own thread; asking
            # first whether there is a transaction would be answered too early.
            async with self.lock:
                await self.conn.rollback()

    return SafeSaver
