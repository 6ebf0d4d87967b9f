"""Reads a streamed body ahead, so that what one network read brought comes as one piece. Part of the HTTP door."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx

FRAME = 1 / 15
"""Seconds between two reads of a connection once text flows; text that comes at this pace still flows for the eye."""

_BUSY_BYTES = 8 * 1024  # a read of this size tells of a server that is not waited for
_AHEAD_BYTES = 256 * 1024  # what may lie here unread; then the server waits


class ReadAhead:
    """The pieces of a body, joined: each holds all that has come since the one before.

    A server sends every token as a chunk of its own, and so does httpx hand them on. A task reads them while there are
    any, so that it stops exactly where it would have to wait for the network.

    Args:
        response: The answer, its body not read yet.
        frame: Seconds between two reads, see `Pace`.
    """

    def __init__(self, response: httpx.Response, frame: float = FRAME) -> None:
        self._pieces = response.aiter_bytes()
        self._pace = Pace(response.extensions.get("network_stream"), frame)
        self._held: list[bytes] = []
        self._size = 0
        self._resting = True
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def slow_down(self) -> None:
        """From now on read in frames."""
        self._pace.slow = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return what has come; wait when nothing has. Raises what httpx raises."""
        if self._task is None:
            self._task = asyncio.create_task(self._read())
            self._task.add_done_callback(lambda _: self._news.set())
        while not self._held:
            if self._task.done():
                self._task.result()
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        piece = b"".join(self._held)
        self._held.clear()
        self._size = 0
        self._room.set()
        return piece

    async def aclose(self) -> None:
        """Stop reading.

        Only a task that waits may be cancelled: httpx guards its tidying up against anyio's cancellations but not
        against this one, and would keep the connection open for ever.
        """
        if self._task is not None:
            if self._pace.waiting or self._resting:
                self._task.cancel()
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.exception()  # it is looked at, so that nobody is warned of it
        self._pace.end()

    async def _read(self) -> None:
        self._resting = False
        async for piece in self._pieces:
            self._held.append(piece)
            self._size += len(piece)
            self._news.set()
            if self._size > _AHEAD_BYTES:
                self._room.clear()
                self._resting = True
                await self._room.wait()
                self._resting = False


class Pace:
    """Reads a connection in frames: what comes meanwhile is collected by the system, and read at once.

    Being woken for each of a hundred tokens a second costs more than all that is done with them, and a model that runs
    on the same processor pays for it. A server that sends as fast as it can is never waited for.

    Args:
        network: The connection, as httpx names it in the extensions of an answer; None for an answer without one.
        frame: Seconds between two reads.

    Attributes:
        slow: Whether to read in frames.
        waiting: Whether somebody waits here for bytes.
    """

    def __init__(self, network: Any, frame: float) -> None:  # Any: httpx gives its extensions no types
        self.slow = False
        self.waiting = network is None
        self._network = network
        self._frame = frame
        self._next = 0.0
        self._idle = False
        if network is not None:
            self._read = network.read
            network.read = self._read_in_frames

    def end(self) -> None:
        """Leave the connection as it was: another answer may come over it."""
        if self._network is not None:
            self._network.read = self._read

    async def _read_in_frames(self, max_bytes: int, timeout: float | None = None) -> Any:  # Any: bytes, see above
        clock = asyncio.get_running_loop().time
        self.waiting = True
        try:
            if self.slow and self._idle and (wait := self._next - clock()) > 0:
                await asyncio.sleep(wait)
            data = await self._read(max_bytes, timeout)
        finally:
            self.waiting = False
        self._idle = len(data) < _BUSY_BYTES
        self._next = clock() + self._frame
        return data
