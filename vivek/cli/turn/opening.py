"""A session that opens in the background and stays open until it is told to close.

One task enters and leaves the session's context; whoever needs the session waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vivek.cli.turn.parties import Conversation, Opener
from vivek.errors import VivekError

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place


def load_warm() -> Opener:
    """Import what a turn needs, so that the first one does not wait for it; meant for a thread."""
    from vivek.session.opening import open_session, warm

    warm()
    return open_session


@dataclass(frozen=True, slots=True)
class _Attempt:
    task: "asyncio.Task[None]"
    settled: "asyncio.Future[None]"
    ready: "asyncio.Future[Conversation]"
    close: asyncio.Event


class Opening:
    """Opens sessions, one at a time.

    Args:
        place: The project.
        load: Gives what opens a session; runs in a thread, because it imports a lot.
        settle: Completes the choices before a session is opened with them.
    """

    def __init__(
        self,
        place: "Place",
        load: Callable[[], Opener],
        settle: "Callable[[Choices], Awaitable[Choices]] | None" = None,
    ) -> None:
        self._place = place
        self._load = load
        self._settle = settle
        self._attempt: _Attempt | None = None

    @property
    def started(self) -> bool:
        """Whether a session is open, or on its way."""
        return self._attempt is not None and not self._attempt.task.done()

    def opened(self) -> Conversation | None:
        """Return the session if it is open."""
        attempt = self._attempt
        return attempt.ready.result() if attempt is not None and self.started and attempt.ready.done() else None

    def start(self, choices: "Choices") -> _Attempt:
        """Begin to open a session, unless one is open or on its way."""
        if self._attempt is not None and self.started:
            return self._attempt
        loop, close = asyncio.get_running_loop(), asyncio.Event()
        settled: asyncio.Future[None] = loop.create_future()
        ready: asyncio.Future[Conversation] = loop.create_future()
        task = asyncio.create_task(self._hold(choices, settled, ready, close))
        attempt = self._attempt = _Attempt(task, settled, ready, close)
        return attempt

    async def conversation(self, choices: "Choices", opens: Callable[[], None] = lambda: None) -> Conversation:
        """Return the session, opened with these choices if there is none yet.

        Args:
            choices: What the command line asked for.
            opens: Called if it is not open yet, once nothing is asked any more that it depends on.

        Raises:
            VivekError: If it cannot be opened.
        """
        attempt = self.start(choices)
        if not attempt.ready.done():
            await asyncio.wait({attempt.task, attempt.settled}, return_when=asyncio.FIRST_COMPLETED)
            opens()
        either: set[asyncio.Future[Any]] = {attempt.task, attempt.ready}  # Any: the two give different things
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not attempt.ready.done():
            attempt.task.result()
        return attempt.ready.result()

    async def stop(self) -> None:
        """Close the session, or stop opening it.

        Raises:
            VivekError: If it does not close well; that it did not open was told to whoever waited.
        """
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        attempt.close.set()
        if not attempt.ready.done():
            attempt.task.cancel()
        await asyncio.wait({attempt.task})
        if attempt.task.cancelled():
            return
        if attempt.ready.done() or not isinstance(attempt.task.exception(), VivekError):
            attempt.task.result()

    async def _hold(
        self,
        choices: "Choices",
        settled: "asyncio.Future[None]",
        ready: "asyncio.Future[Conversation]",
        close: asyncio.Event,
    ) -> None:
        opener = await asyncio.to_thread(self._load)
        if self._settle is not None:
            choices = await self._settle(choices)
        settled.set_result(None)
        async with opener(self._place, choices) as conversation:
            ready.set_result(conversation)
            await close.wait()
