"""One thread that computes, read by the event loop piece by piece; it stops when nobody reads any more.

All of MLX lives in this thread: import, load, generate, free. What is asked meanwhile waits for its turn.
"""

import asyncio
import atexit
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from queue import SimpleQueue
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from vivek.providers.engine.mlx.library import StoppedError

T = TypeVar("T")
QUEUE_LIMIT = 64
_LOOK_SECONDS = 1.0
_REST_SECONDS = 5.0


class Job(Generic[T]):
    """One piece of work, as the thread sees it: where its results go, and whether anybody still wants them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int = QUEUE_LIMIT) -> None:
        self._loop = loop
        self._limit = limit
        self._waiting: list[T] = []
        self._changed = threading.Condition()
        self._ready = asyncio.Event()
        self._stopped = False
        self._ended = False

    def check(self) -> None:
        """Raise if nobody waits for the result.

        Raises:
            StoppedError: Then.
        """
        if self._stopped:
            raise StoppedError

    def emit(self, item: T) -> None:
        """Hand over one result; waits while too many have not been read.

        Raises:
            StoppedError: If nobody waits for it.
        """
        with self._changed:
            while len(self._waiting) >= self._limit and not self._stopped:
                self._changed.wait(_LOOK_SECONDS)
                self._stopped = self._stopped or self._loop.is_closed()
            self.check()
            self._waiting.append(item)
            first = len(self._waiting) == 1
        if first:
            self._wake()

    def run(self, work: "Callable[[Job[T]], None]") -> None:
        """Do the work, unless it was stopped before its turn came."""
        try:
            self.check()
            work(self)
        except StoppedError:
            return
        finally:
            self._ended = True
            self._wake()

    def stop(self) -> None:
        """Tell the thread that nobody waits any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    async def take(self) -> list[T]:
        """Return all results that have not been read, at least one; none when the work has ended."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            with self._changed:
                taken, self._waiting = self._waiting, []
                ended = self._ended
                self._changed.notify_all()
            if taken and ended:
                self._ready.set()  # the next call is to find the end
            if taken or ended:
                return taken

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:  # the loop is closed: the program ends
            self._stopped = True


class Worker:
    """What one provider has done in the thread."""

    def __init__(self) -> None:
        self._stops: set[Callable[[], None]] = set()

    async def stream(self, work: Callable[[Job[T]], None]) -> AsyncGenerator[list[T]]:
        """Do `work` in the thread and yield its results, all that are ready at a time.

        Closing the iterator stops the work at its next `emit` or `check`, and does not wait for that.
        """
        job = Job[T](asyncio.get_running_loop())
        done = self._start(job, work)
        try:
            while taken := await job.take():
                yield taken
            await asyncio.wrap_future(done)
        finally:
            self._stop(job)

    async def run(self, work: Callable[[Job[T]], None]) -> T | None:
        """Do `work` in the thread and return the one result that it emits, None if it was stopped before."""
        job = Job[T](asyncio.get_running_loop())
        done = self._start(job, work)
        try:
            taken = await job.take()
            await asyncio.wrap_future(done)
            return taken[0] if taken else None
        finally:
            self._stop(job)

    async def close(self, last: Callable[[], None]) -> None:
        """Stop all work of this provider and do `last` in the thread."""
        for stop in list(self._stops):
            stop()
        await asyncio.shield(asyncio.wrap_future(_thread().submit(last)))

    def _start(self, job: Job[T], work: Callable[[Job[T]], None]) -> "Future[None]":
        self._stops.add(job.stop)
        _running.add(job)
        return _thread().submit(lambda: job.run(work))

    def _stop(self, job: Job[T]) -> None:
        job.stop()
        self._stops.discard(job.stop)


class _Thread:
    """The thread that computes, for all models of this process.

    It never ends by itself: MLX keeps things for each thread, and a process that exits while a thread takes them down
    is aborted. A thread that waits does no harm.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[], None], Future[None]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="vivek-mlx", daemon=True).start()
        atexit.register(self._finish)

    def submit(self, work: Callable[[], None]) -> "Future[None]":
        done: Future[None] = Future()
        self._waiting.put((work, done))
        return done

    def _serve(self) -> None:
        while True:
            work, done = self._waiting.get()
            if done.set_running_or_notify_cancel():
                try:
                    work()
                    done.set_result(None)
                except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                    done.set_exception(error)
            del work, done

    def _finish(self) -> None:
        """Let the thread come to rest before the process ends."""
        for job in list(_running):
            job.stop()
        with suppress(TimeoutError):
            self.submit(lambda: None).result(_REST_SECONDS)


_running: "WeakSet[Job[Any]]" = WeakSet()  # whatever they hand over, they are only stopped from here


@cache
def _thread() -> _Thread:
    return _Thread()
