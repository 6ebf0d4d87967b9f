"""Code found by its meaning while a conversation is open: vectors are made behind it, and asked with each request.

It needs an embedding model that the user names; search by words needs none of this.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vivek.errors import VivekError, WorkspaceError
from vivek.project.index.base import Lookup
from vivek.project.vectors.searching import Near, VectorStatus, open_vectors
from vivek.project.vectors.store import FILE
from vivek.providers.base import Provider
from vivek.schema.events import Notice
from vivek.workspace.files import Files

PATIENCE = 0.5
"""Seconds that a turn waits for what is near to its request."""

EVERY = 60.0
"""Seconds after which changed files get new vectors, at the earliest."""

_NEAREST = 20
_ASKED = 1_000  # characters of a request: what it is about is said at its beginning

Embedded = Sequence[Sequence[float]] | None
Built = Callable[[], Awaitable[tuple[Lookup, Path] | None]]
"""Returns the index when it is complete, and where it lies."""


class _LeftError(Exception):
    """The conversation ends."""


@dataclass(slots=True, eq=False)
class Meaning:
    """What an embedding model makes of a project's code.

    Attributes:
        root: The project's root.
        model: The model, with its provider.
        open: Returns its server and its name there; called when it is first needed.
        patience: Seconds that `near` may take.
        clock: Seconds of a clock that only goes forward.
    """

    root: Path
    model: str
    open: Callable[[], tuple[Provider, str]]
    patience: float = PATIENCE
    clock: Callable[[], float] = time.monotonic
    _opened: "asyncio.Task[tuple[Provider, str]] | None" = field(init=False, default=None)
    _filling: "asyncio.Task[None] | None" = field(init=False, default=None)
    _working: "asyncio.Task[VectorStatus] | None" = field(init=False, default=None)
    _filled: float | None = field(init=False, default=None)
    _searching: "asyncio.Task[tuple[Near, ...]] | None" = field(init=False, default=None)
    _asking: "set[asyncio.Task[Any]]" = field(init=False, default_factory=set)  # Any: what they return is not asked
    _free: threading.Event = field(init=False, default_factory=threading.Event)
    _users: int = field(init=False, default=0)
    _left: bool = field(init=False, default=False)
    _failed: bool = field(init=False, default=False)
    _told: set[str] = field(init=False, default_factory=set)
    _news: list[Notice] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nobody to make way for."""
        self._free.set()

    def begin(self, built: Built) -> None:
        """Begin to make vectors of what is new or changed; nobody waits for it."""
        recently = self._filled is not None and self.clock() < self._filled + EVERY
        if not (self._left or self._failed or recently) and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill_behind(built))

    async def near(self, request: str, folder: Path) -> tuple[tuple[str, float], ...]:
        """Return the files with a part that is near to a request, the best first; none where that takes too long."""
        late = self._searching is not None and not self._searching.done()
        if late or self._failed or self._left or not (folder / FILE).is_file():
            return ()
        self._searching = asking = asyncio.create_task(self._nearest(request, folder))
        asking.add_done_callback(self._heard)
        # One that comes too late is let go on: it has loaded the model for the next turn.
        with self.making_way():
            await asyncio.wait({asking}, timeout=self.patience)
        if not asking.done():
            self._tell(Notice(f"{self.model} took longer than {self.patience:g} s; words alone chose the code."))
            return ()
        try:
            return contrasted(asking.result())
        except VivekError:
            return ()  # it is told

    def take_news(self) -> tuple[Notice, ...]:
        """Return what is to be told since the last call."""
        news, self._news = tuple(self._news), []
        return news

    @contextmanager
    def making_way(self) -> Iterator[None]:
        """Begin no new request for vectors of files meanwhile."""
        self._users += 1
        self._free.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._free.set()

    async def close(self) -> None:
        """Stop at once and give the server back; what was done is kept."""
        self._left = True
        self._free.set()
        waited = {task for task in (self._filling, self._working, self._opened, *self._asking) if task is not None}
        for task in waited - {self._working, self._opened}:  # threads end by themselves
            task.cancel()
        if waited:
            await asyncio.wait(waited)
        if self._opened is not None and not self._opened.cancelled() and self._opened.exception() is None:
            await self._opened.result()[0].close()

    async def _fill_behind(self, built: Built) -> None:
        index = await built()
        if index is None:
            return
        self._working = asyncio.create_task(asyncio.to_thread(self._fill, *index, asyncio.get_running_loop()))
        try:
            status = await asyncio.shield(self._working)
        except VivekError as error:
            self._fail(error)
            return
        self._filled = self.clock()
        if status.told:
            self._failed = status.pieces == 0
            self._tell(Notice(status.told))

    def _fill(self, lookup: Lookup, folder: Path, loop: asyncio.AbstractEventLoop) -> VectorStatus:
        """Make vectors, in a thread with a loop of its own: reading and keeping them would hold up the other."""
        files = Files(self.root)

        def read(path: str) -> bytes | None:
            if self._stops():
                raise _LeftError  # a file that seems to be gone would lose its vectors
            try:
                return files.read(path)
            except WorkspaceError:
                return None

        async def embed(texts: Sequence[str]) -> Embedded:
            try:
                return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._embed(texts), loop))
            except asyncio.CancelledError:
                return None  # it is closed

        with closing(open_vectors(folder, self.model)) as vectors:
            try:
                return asyncio.run(vectors.fill(lookup, read, embed, stop=self._stops))
            except _LeftError:
                return vectors.status()

    def _stops(self) -> bool:
        self._free.wait()
        return self._left

    async def _nearest(self, request: str, folder: Path) -> tuple[Near, ...]:
        vectors = await self._embed([request[:_ASKED]])
        if not vectors:
            return ()

        def search() -> tuple[Near, ...]:
            with closing(open_vectors(folder, self.model)) as kept:
                return kept.nearest(vectors[0], limit=_NEAREST)

        return await asyncio.to_thread(search)

    async def _embed(self, texts: Sequence[str]) -> Embedded:
        task = asyncio.current_task()
        if self._left or task is None:
            return None
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        if self._opened is None:
            self._opened = asyncio.create_task(asyncio.to_thread(self.open))
        provider, name = await asyncio.shield(self._opened)
        return await provider.embed(name, texts)

    def _heard(self, asking: "asyncio.Task[tuple[Near, ...]]") -> None:
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, VivekError):
            self._fail(error)

    def _fail(self, error: VivekError) -> None:
        if not (self._failed or self._left):
            self._failed = True
            self._tell(Notice(f"Words alone choose the code: {error.message}", hint=error.hint))

    def _tell(self, notice: Notice) -> None:
        if notice.text not in self._told:
            self._told.add(notice.text)
            self._news.append(notice)


def contrasted(near: Sequence[Near]) -> tuple[tuple[str, float], ...]:
    """Return files by how much nearer their nearest part is than the last one: that much all code has in common."""
    floor = near[-1].score if len(near) > 1 else 0.0
    best: dict[str, float] = {}
    for each in near:
        best.setdefault(each.path, each.score - floor)
    return tuple((path, score) for path, score in best.items() if score > 0)
