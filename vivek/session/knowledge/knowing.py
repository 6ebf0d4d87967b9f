"""The index of a project while a conversation is open: brought up to date behind it, asked by its nodes.

What takes long is done by a child, so that neither the chat's line nor a turn waits for it; until it is done a search
finds the definitions that a request names.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vivek.config.layers import environment
from vivek.errors import IndexingError, VivekError, WorkspaceError
from vivek.flows.bench import Source
from vivek.project.glimpse import catch
from vivek.project.index.base import Lookup
from vivek.project.map import draw
from vivek.schema.events import Event, Notice
from vivek.schema.index import Definition
from vivek.schema.process import Child, Launcher
from vivek.session.doors.index import Home, find_home, listed, open_lookup
from vivek.session.place import Place
from vivek.session.spec import IndexSpec
from vivek.syntax.facts import facts_of
from vivek.workspace.files import Files
from vivek.workspace.process import launch

WORTH_TELLING = 2.0
"""Seconds of building from which its end is told."""

_CHILD = Path(__file__).with_name("indexing.py")
_ROOT = Path(__file__).parents[2]
_LINE_SECONDS = 3_600.0
_DEFINITIONS = 50
_OPENING = 0.2  # seconds that opening it may take beside that


@dataclass(slots=True, eq=False)
class Knowing:
    """A `flows.bench.Knowledge` for one project.

    Attributes:
        place: The project.
        wanted: What the user set.
        resident: Whether the conversation goes on after a turn, so that what takes long is worth beginning.
        ignored: What the settings keep from the model, None to read them.
        launcher: Starts the child.
        clock: Seconds of a clock that only goes forward.
    """

    place: Place
    wanted: IndexSpec = field(default_factory=IndexSpec)
    resident: bool = False
    ignored: tuple[str, ...] | None = None
    launcher: Launcher = launch
    clock: Callable[[], float] = time.monotonic
    _held: ExitStack = field(init=False, default_factory=ExitStack)
    _home: Home | None = field(init=False, default=None)
    _lookup: Lookup | None = field(init=False, default=None)
    _complete: bool = field(init=False, default=False)
    _failed: bool = field(init=False, default=False)
    _left: bool = field(init=False, default=False)
    _news: list[Notice] = field(init=False, default_factory=list)
    _refreshing: threading.Lock = field(init=False, default_factory=threading.Lock)
    _building: "asyncio.Task[None] | None" = field(init=False, default=None)
    _child: Child | None = field(init=False, default=None)
    _calls: int = field(init=False, default=0)

    async def __aenter__(self) -> "Knowing":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def begin(self) -> None:
        """Begin to bring the index up to date where the conversation goes on after a turn; nobody waits for it."""
        if self.resident and self._building is None and self.is_wanted:
            self._building = asyncio.create_task(self._bring_up())

    async def look(self, request: str, emit: Callable[[Event], None]) -> Source | None:
        """Return what answers questions about a request, brought up to date as far as a short time allows."""
        if not self.is_wanted:
            return None
        if self._building is None or self._building.done():
            self._building = asyncio.create_task(self._bring_up())
        await asyncio.wait({self._building}, timeout=self.wanted.wait + _OPENING)
        for notice in self.take_news():
            emit(notice)
        if self._complete and self._lookup is not None:
            return Source(self._lookup, "index")
        return Source(await asyncio.to_thread(self._glimpse, request), "search")

    def definitions(self, name: str) -> Sequence[Definition]:
        """Return the definitions of a name in the files as they are on the disk."""
        if not self.is_wanted:
            return ()
        lookup = self.whole or self._glimpse(f"`{name}`")
        return lookup.definitions(name, limit=_DEFINITIONS)

    def chart(self, folder: str, tokens: int, count: Callable[[str], int]) -> str:
        """Return a map of a folder (its name ends with a slash; "" is all), "" where the index is not complete."""
        return "" if self.whole is None else draw(self.whole, tokens=tokens, count=count, within=folder)

    @property
    def whole(self) -> Lookup | None:
        """The index, None where it is not complete."""
        return self._lookup if self._complete else None

    @property
    def is_wanted(self) -> bool:
        """Whether anything is looked up here."""
        return self.wanted.enabled and not self.place.restricted

    @property
    def folder(self) -> Path | None:
        """Where the index lies, None before it was opened."""
        return self._home.folder if self._home is not None else None

    async def built(self) -> tuple[Lookup, Path] | None:
        """Return the index when it is complete, and where it lies; None where nobody completes it."""
        if self._building is not None:
            await asyncio.wait({self._building})
        return (self._lookup, self._home.folder) if self._complete and self._lookup and self._home else None

    def take_news(self) -> tuple[Notice, ...]:
        """Return what is to be told since the last call."""
        news, self._news = tuple(self._news), []
        return news

    @asynccontextmanager
    async def making_way(self) -> AsyncIterator[None]:
        """Leave the processor to somebody else meanwhile."""
        self._calls += 1
        await self._tell_child("wait")
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                await self._tell_child("go")

    async def close(self) -> None:
        """Stop at once; what was done is kept."""
        self._left = True
        if self._building is not None:
            self._building.cancel()
            await asyncio.wait({self._building})
        await asyncio.to_thread(self._let_go)

    async def _bring_up(self) -> None:
        """Bring the index up to date: for a short time here, for as long as it takes in a child."""
        if self._failed:
            return
        try:
            complete = await asyncio.to_thread(self._refresh_shortly)
            if not complete and self.resident and not self._left:
                await self._build_apart()
        except (IndexingError, WorkspaceError) as error:
            self._failed, self._complete = True, False
            self._news.append(Notice(f"There is no index: {error.message}", hint=error.hint))

    def _refresh_shortly(self) -> bool:
        """Refresh until patience ends; return whether the index is complete then.

        Raises:
            IndexingError: If it cannot be made.
            WorkspaceError: If its folder or database cannot be used.
        """
        end = self.clock() + self.wanted.wait
        with self._refreshing:
            if self._left:
                return False
            if self._lookup is None:
                self._home = find_home(self.place)
                self._news += self._home.notices
                self._lookup = self._held.enter_context(open_lookup(self.place, self._home, self.ignored))
                self._complete = self._lookup.status().complete  # what an earlier run knew is better than nothing
            status = self._lookup.refresh(stop=lambda: self._left or self.clock() > end)
        self._news += [Notice(told) for told in status.told]
        self._complete = status.complete
        return status.complete

    def _let_go(self) -> None:
        with self._refreshing:  # a thread outlives the task that waited for it
            self._held.close()

    async def _build_apart(self) -> None:
        """Let a child build the index and hear how it goes.

        Raises:
            IndexingError: If it failed.
            WorkspaceError: If it cannot be started.
        """
        home = self._home
        if home is None:
            return
        began = self.clock()
        search = [str(_ROOT), *filter(None, (environment("PYTHONPATH") or "").split(":"))]
        async with AsyncExitStack() as stack:
            child = await self.launcher([sys.executable, "-P", str(_CHILD)], env={"PYTHONPATH": ":".join(search)})
            stack.push_async_callback(child.stop, grace=0.0)
            asked = {"root": str(self.place.root), "folder": str(home.folder), "ignored": self.ignored}
            await child.write_line(json.dumps(asked).encode())
            self._child = child
            stack.callback(self._forget_child)
            if self._calls:
                await self._tell_child("wait")
            ended = await _last_line(child)
        if "error" in ended:
            raise IndexingError(str(ended["error"]), hint=str(ended.get("hint") or ""))
        if not ended:
            msg = "The process that builds it ended early."
            raise IndexingError(msg, hint="`vivek index build` says more.")
        self._complete = bool(ended["done"])
        self._news += [Notice(told) for told in ended["told"]]
        seconds = self.clock() - began
        if seconds >= WORTH_TELLING:
            files, definitions = ended["files"], ended["definitions"]
            self._news.append(Notice(f"Indexed {files:,} files with {definitions:,} definitions in {seconds:.0f} s."))

    def _forget_child(self) -> None:
        self._child = None

    async def _tell_child(self, word: str) -> None:
        if self._child is not None:
            with suppress(VivekError):  # it has ended meanwhile
                await self._child.write_line(word.encode())

    def _glimpse(self, request: str) -> Lookup:
        read = Files(self.place.root).read
        return catch(request, self.place.root, listed(self.place, self.ignored), read, facts_of)


async def _last_line(child: Child) -> dict[str, Any]:  # Any: the fields of a JSON line
    """Read what a child says to its end; return what it said last of how it ended, nothing if it did not."""
    ended: dict[str, Any] = {}  # Any: as above
    while line := await child.read_line(_LINE_SECONDS):
        said = json.loads(line)
        if "done" in said or "error" in said:
            ended = said
    return ended
