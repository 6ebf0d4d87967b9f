"""Commands in the background: started, listed, read and stopped; none outlives the one who holds them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vivek.errors import WorkspaceError
from vivek.schema.commands import Job, Ran
from vivek.workspace.running import NOT_EXECUTABLE

MOST = 8
"""Jobs that may run at one time."""

KEPT = 262_144
"""Bytes of each job's output that can be read again."""

Start = Callable[[Callable[[bytes], None]], Awaitable[Ran]]
"""Runs a command to its end; what it is given hears the output."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A part of a job's output.

    Attributes:
        output: The bytes.
        next: Where to go on reading.
        missing: Bytes before it that are no longer kept.
    """

    output: bytes
    next: int
    missing: int = 0


class Jobs:
    """The jobs of one session; leaving the context ends them all.

    Args:
        note: Is told of each job that ends by itself.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(self, note: Callable[[Job], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._note = note
        self._clock = clock
        self._running: dict[int, _Running] = {}

    async def __aenter__(self) -> "Jobs":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def start(self, command: str, start: Start) -> Job:
        """Begin to run a command.

        Args:
            command: What is run, for people.
            start: Runs it.

        Raises:
            WorkspaceError: If too many run already.
        """
        if sum(running.alive for running in self._running.values()) >= MOST:
            msg = f"{MOST} background jobs run already."
            raise WorkspaceError(msg, hint="Stop one of them first.")
        running = _Running(len(self._running) + 1, command, self._clock)
        running.task = asyncio.create_task(self._see_it_end(running, start))
        self._running[running.id] = running
        return running.job()

    def list(self) -> tuple[Job, ...]:
        """Return all jobs of the session, oldest first."""
        return tuple(running.job() for running in self._running.values())

    def output(self, number: int, since: int = 0) -> Heard:
        """Return what a job wrote, from a place that an earlier call named.

        Raises:
            WorkspaceError: If there is no such job.
        """
        return self._find(number).heard(since)

    async def stop(self, number: int) -> Job:
        """End a job with all it started; one that has ended stays as it is.

        Raises:
            WorkspaceError: If there is no such job.
        """
        running = self._find(number)
        await running.stop()
        return running.job()

    async def close(self) -> None:
        """End all jobs."""
        await asyncio.gather(*(running.stop() for running in self._running.values()))

    async def _see_it_end(self, running: "_Running", start: Start) -> None:
        try:
            ran = await start(running.hear)
        except WorkspaceError as error:
            ran = Ran(NOT_EXECUTABLE, f"{error.message}\n".encode())
            running.hear(ran.output)
        finally:
            running.ended = self._clock()
        running.ran = ran
        self._note(running.job())

    def _find(self, number: int) -> "_Running":
        if number not in self._running:
            msg = f"There is no job {number}."
            known = ", ".join(map(str, self._running))
            raise WorkspaceError(msg, hint=f"There are: {known}." if known else "No job was started.")
        return self._running[number]


class _Running:
    def __init__(self, number: int, command: str, clock: Callable[[], float]) -> None:
        self.id, self.command = number, command
        self.ended: float | None = None
        self._clock, self._began = clock, clock()
        self.ran: Ran | None = None
        self.task: asyncio.Task[None] | None = None
        self._stopped = False
        self._kept = bytearray()
        self._size = 0

    @property
    def alive(self) -> bool:
        return self.task is not None and not self.task.done()

    def job(self) -> Job:
        seconds = (self._clock() if self.ended is None else self.ended) - self._began
        return Job(self.id, self.command, self.ran, self._stopped, self._size, seconds)

    def hear(self, piece: bytes) -> None:
        self._kept += piece
        self._size += len(piece)
        del self._kept[:-KEPT]

    def heard(self, since: int) -> Heard:
        first = self._size - len(self._kept)
        begin = min(max(since, first), self._size)
        return Heard(bytes(self._kept[begin - first :]), self._size, missing=max(first - since, 0))

    async def stop(self) -> None:
        if self.task is None or not self.alive:
            return
        self._stopped = True
        self.task.cancel()
        await asyncio.wait([self.task])
