"""Runs the graph of one thread: where it stands, going on, answering, closing; LangGraph inside functions only."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from vivek.errors import ModelOutputInvalidError, ThreadDamagedError, WorkspaceError
from vivek.flows.chat.state import check_version, fold, unfold
from vivek.flows.context import NodeContext
from vivek.schema.events import Event

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from vivek.session.checkpoints import Checkpoints

# What the library raises for rows of other types, or of its own type with another content.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, NotImplementedError)

_FAR_AHEAD = 20 * 365 * 86_400 * 10_000_000
"""Steps of 100 ns by which a clock may have been wrong; beyond that an id was forged."""

Standing = Literal["new", "finished", "unfinished", "needs_approval"]
Values = Mapping[str, Any]  # Any: the saved state as LangGraph gives it back


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a thread stands.

    Attributes:
        standing: What can be done with it.
        values: Its saved state.
        next: The nodes that would run.
        saved: The nodes whose work is saved, but not yet what follows from it.
        checkpoint: The id of its newest checkpoint.
        interrupt: The id of what waits for an answer, or None.
    """

    standing: Standing
    values: Values
    next: tuple[str, ...]
    checkpoint: str
    interrupt: str | None
    saved: tuple[str, ...] = ()


class Runner:
    """One thread's graph.

    Args:
        graph: The compiled flow.
        checkpoints: Where it saves.
        thread_id: The thread.
        limit: Super-steps a turn can take at most.
        check: Refuses a state that this program cannot read.
    """

    def __init__(
        self,
        graph: "CompiledStateGraph[Any, NodeContext, Any, Any]",  # Any: the flow's own state types
        checkpoints: "Checkpoints",
        thread_id: str,
        limit: int,
        *,
        check: Callable[[Values], None] = check_version,
    ) -> None:
        self._graph = graph
        self._checkpoints = checkpoints
        self._thread_id = thread_id
        self._check = check
        self._config: Any = {"configurable": {"thread_id": thread_id}, "recursion_limit": limit}  # Any: RunnableConfig

    async def look(self) -> Snapshot:
        """Tell where the thread stands.

        Unfinished means `next` or `tasks`: after a kill between a task's result and its checkpoint, `next` is empty
        although work is left. A turn whose input is saved and nothing else has not begun: who asked for it is known
        elsewhere, and asks again.

        Raises:
            ThreadDamagedError: If its saved state cannot be read.
            ThreadError: If another version of vivek wrote it.
            WorkspaceError: If the database is in use or out of reach.
        """
        try:
            snapshot = await self._graph.aget_state(self._config)
        except sqlite3.OperationalError as error:
            msg = f"The saved state of thread {self._thread_id} cannot be read now: {error}"
            raise WorkspaceError(
                msg, hint="Look for free disk space and who else uses this `.vivek` folder."
            ) from error
        except (*_UNREADABLE, sqlite3.DatabaseError) as error:
            msg = f"The saved state of thread {self._thread_id} is damaged: {error}"
            raise ThreadDamagedError(msg, hint="Other threads are not affected; start a new one.") from error
        if not snapshot.metadata:
            return Snapshot("new", {}, (), "", None)
        checkpoint = str(snapshot.config["configurable"].get("checkpoint_id", ""))
        _keep_order(checkpoint)
        values = unfold(snapshot.values)
        begun = snapshot.metadata.get("source") != "input"
        if not begun and not snapshot.values:
            return Snapshot("new", {}, (), "", None)
        self._check(values)
        standing: Standing = "finished"
        interrupt = None
        if snapshot.interrupts:
            standing, interrupt = "needs_approval", snapshot.interrupts[0].id
        elif begun and (snapshot.next or snapshot.tasks):
            standing = "unfinished"
        saved = tuple(task.name for task in snapshot.tasks if task.result is not None)
        return Snapshot(standing, values, tuple(snapshot.next), checkpoint, interrupt, saved)

    def begin(self, turn: Values, context: NodeContext) -> AsyncIterator[Event]:
        """Start a turn with the state that `begin_turn` made."""
        return self._stream({"turn": dict(turn)}, context)

    def go_on(self, context: NodeContext) -> AsyncIterator[Event]:
        """Go on with an unfinished turn; steps that were saved do not run again."""
        return self._stream(None, context)

    def answer(self, place: Snapshot, said: Mapping[str, object], context: NodeContext) -> AsyncIterator[Event]:
        """Give the answer that a node waits for."""
        from langgraph.types import Command

        return self._stream(Command(resume={place.interrupt: dict(said)}), context)

    async def ask_again(self) -> None:
        """Take back a stored approval, so that the user is asked anew: what a file says is not the user's word."""
        await self._change({"decision": None}, after="reviewer")

    async def close(self, update: Values, context: NodeContext) -> None:
        """End the open turn without the work that is left; `update` holds its status and answer."""
        # A status makes the planner's routing go straight to the formatter, which writes the log.
        await self._change(update, after="planner")
        async for _ in self.go_on(context):
            pass
        await self.end_turn(await self.look())

    async def rest(self, update: Values) -> None:
        """Save what changed of a finished thread between two turns."""
        await self._change(update, after="formatter")

    async def go_behind(self, node: str, update: Values) -> None:
        """Choose again what follows a node whose work is saved; where it was cancelled, the choice may be lost."""
        await self._change(update, after=node)

    async def _change(self, update: Values, *, after: str) -> None:
        """Save an update as if a node had returned it."""
        saved = (await self._graph.aget_state(self._config)).values
        await self._graph.aupdate_state(self._config, fold(update, saved), as_node=after)

    async def end_turn(self, place: Snapshot) -> None:
        """Keep the checkpoint of a finished turn and prune the others."""
        await self._checkpoints.end_turn(self._thread_id, int(place.values.get("turns", 0)), place.checkpoint)

    async def keep_missed_end(self, place: Snapshot) -> None:
        """Keep the checkpoint of a turn that ended unnoticed, before newer ones take its place."""
        if place.standing == "finished" and (turn := int(place.values.get("turns", 0))):
            await self._checkpoints.keep_missed_end(self._thread_id, turn, place.checkpoint)

    async def _stream(self, payload: Any, context: NodeContext) -> AsyncIterator[Event]:  # Any: LangGraph's input
        from langgraph.errors import GraphRecursionError

        try:
            stream = self._graph.astream(
                payload, self._config, context=context, durability="sync", stream_mode="custom"
            )
            async for event in stream:
                yield cast("Event", event)  # nodes write nothing else to the custom stream
        except GraphRecursionError as error:
            msg = "The turn took more steps than a turn may take."
            raise ModelOutputInvalidError(msg, hint="Ask for less at once.") from error
        except sqlite3.Error as error:
            msg = f"The thread cannot be saved: {error}"
            raise WorkspaceError(
                msg, hint="Look for free disk space and who else uses this `.vivek` folder."
            ) from error


def _keep_order(checkpoint: str) -> None:
    """Let ids of checkpoints go on from this one although the clock was set back: the newest is the one that counts.

    LangGraph makes them of the time, and never goes back within a process; this tells it of earlier processes.
    """
    from langgraph.checkpoint.base import id as ids

    try:
        reached = ids.UUID(checkpoint).time
    except ValueError:
        return
    now = ids.uuid6().time
    if now < reached < now + _FAR_AHEAD:
        ids._last_v6_timestamp = reached  # type: ignore[assignment]  # its type is taken from the None it begins with
