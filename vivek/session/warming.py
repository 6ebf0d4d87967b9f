"""The warm start: a conversation's model is loaded, and reads what the next prompt begins with, while one types."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from vivek.errors import VivekError
from vivek.flows.chat.generations import FULL
from vivek.flows.context import NodeContext
from vivek.flows.warming import read_ahead
from vivek.schema.events import Event
from vivek.session.logs import LOGGER
from vivek.session.models.serving import is_here
from vivek.session.models.veiling import is_cloud
from vivek.session.parts import Parts
from vivek.session.runner import Runner
from vivek.session.settings import Settings

_KINDS = ("ollama", "llamacpp", "lmstudio", "local", "mlx")
_COLD = ""  # no head is empty: nothing was read yet


class Warming:
    """Reads ahead, once for each state of the thread, and only with a model of this machine.

    Args:
        runner: The thread's graph.
        parts: The models and the transcript.
        context: Makes what a node may use.
        settings: Returns those in force.
    """

    def __init__(
        self, runner: Runner, parts: Parts, context: Callable[[], NodeContext], settings: Callable[[], Settings]
    ) -> None:
        self._runner = runner
        self._parts = parts
        self._context = context
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        self._read: str | None = _COLD
        self._calls = 0
        self._told: asyncio.Queue[Event | None] = asyncio.Queue()

    def begin(self) -> None:
        """Begin to read ahead, unless that is under way or not wanted."""
        if (self._task is None or self._task.done()) and self._wanted():
            self._told = asyncio.Queue()
            self._task = asyncio.create_task(self._run())

    async def settled(self) -> AsyncGenerator[Event, None]:
        """Wait until what was begun is read, for a turn would read the same, and pass on how far it is.

        Whoever stops waiting stops the reading.
        """
        if self._task is None or self._task.done():
            self._task = None
            return
        try:
            while (event := await self._told.get()) is not None:
                yield event
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Stop reading."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def forget(self) -> None:
        """Take the thread for one that nobody has read, whatever was asked until now."""
        self._read, self._calls = _COLD, self._parts.panel.usual.caller.ledger.calls

    def _wanted(self) -> bool:
        served, model = self._parts.served, self._settings().model
        # Behind a list of models, and behind a server of no known kind, may stand one that costs something.
        if served.spec.provider not in _KINDS or model.fallbacks:
            return False
        if not model.warm or self._parts.panel.usual.caller.meter is not None:
            return False
        return is_here(served.provider) and not is_cloud(served.spec, served.provider.base_url)

    async def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                await self._read_ahead()
        except VivekError as error:
            LOGGER.info("warm start: %s", error.message)  # the turn that needs the model says it
        finally:
            self._told.put_nowait(None)

    async def _read_ahead(self) -> None:
        asker = self._parts.panel.usual
        place = await self._runner.look()
        head = place.values.get("head")
        calls, self._calls = self._calls, asker.caller.ledger.calls
        if calls != self._calls:  # a turn has ended: its model has just read all of it
            self._read = head
        full = head is not None and asker.transcript.tokens(head) > FULL * asker.caller.window
        if place.standing not in ("new", "finished") or head == self._read or full:
            return
        self._read = head
        context = self._context()
        system = context.system_text(context.read_notes()) if head is None else ""
        await read_ahead(asker, head, system, self._told.put_nowait)
