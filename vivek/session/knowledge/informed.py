"""What is known of a project's code, joined: its index, what git's history tells of it, and what is near in meaning."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from vivek.flows.bench import Source
from vivek.project.past.cochange import History, load_history
from vivek.project.questions import read_question
from vivek.schema.answers import IndexAnswer
from vivek.schema.events import Event, Notice
from vivek.schema.index import Definition
from vivek.session.answering import answer_of
from vivek.session.knowledge.knowing import Knowing
from vivek.session.knowledge.meaning import Meaning
from vivek.session.models.serving import open_embedder
from vivek.session.place import Place
from vivek.session.settings import Settings


@dataclass(slots=True, eq=False)
class Informed:
    """A `flows.bench.Knowledge` for one project.

    Attributes:
        knowing: Its index.
        meaning: What an embedding model makes of it, None without such a model.
        load: Returns what its history tells; called in a thread.
    """

    knowing: Knowing
    meaning: Meaning | None = None
    load: Callable[[], History] = History
    _history: "asyncio.Task[History] | None" = field(init=False, default=None)

    async def __aenter__(self) -> "Informed":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def begin(self) -> None:
        """Begin what is done behind the conversation; nobody waits for it."""
        self.knowing.begin()
        self._begin_loading()
        self._begin_filling()

    async def look(self, request: str, emit: Callable[[Event], None]) -> Source | None:
        """Return what answers questions about a request, with what history and meaning say of it by then."""
        self._begin_loading()
        source, history = await asyncio.gather(self.knowing.look(request, emit), self._remembered())
        if source is None:
            return None
        self._begin_filling()
        near: tuple[tuple[str, float], ...] = ()
        if self.meaning is not None and self.knowing.folder is not None and source.name == "index":
            near = await self.meaning.near(request, self.knowing.folder)
        for notice in self.take_news():
            emit(notice)
        return replace(source, history=history, near=near)

    def definitions(self, name: str) -> Sequence[Definition]:
        """Return the definitions of a name in the files as they are on the disk."""
        return self.knowing.definitions(name)

    def chart(self, folder: str, tokens: int, count: Callable[[str], int]) -> str:
        """Return a map of a folder, "" where the index is not complete."""
        return self.knowing.chart(folder, tokens, count)

    def explain(self, question: str) -> IndexAnswer | None:
        """Return what the index says to a question of a known form, None where it is not complete."""
        asked, lookup = read_question(question), self.knowing.whole
        return None if asked is None or lookup is None else answer_of(asked, lookup)

    def take_news(self) -> tuple[Notice, ...]:
        """Return what is to be told since the last call."""
        return (*self.knowing.take_news(), *(self.meaning.take_news() if self.meaning else ()))

    @asynccontextmanager
    async def making_way(self) -> AsyncIterator[None]:
        """Leave the processor to somebody else meanwhile."""
        with self.meaning.making_way() if self.meaning else nullcontext():
            async with self.knowing.making_way():
                yield

    async def close(self) -> None:
        """Stop at once; what was done is kept."""
        if self.meaning is not None:
            await self.meaning.close()
        await self.knowing.close()
        if self._history is not None:
            await asyncio.wait({self._history})

    async def _remembered(self) -> History:
        """Return what history tells, as far as that is known after the time that a turn waits for the index."""
        if self._history is None:
            return History()
        await asyncio.wait({self._history}, timeout=self.knowing.wanted.wait)
        return self._history.result() if self._history.done() else History()

    def _begin_loading(self) -> None:
        if self._history is None and self.knowing.is_wanted:
            self._history = asyncio.create_task(asyncio.to_thread(self.load))

    def _begin_filling(self) -> None:
        # What takes long is worth beginning only where the conversation goes on after a turn.
        if self.meaning is not None and self.knowing.resident and self.knowing.is_wanted:
            self.meaning.begin(self.knowing.built)


def inform(place: Place, settings: Settings, *, resident: bool) -> Informed:
    """Return what is known of a project's code; nothing is begun yet.

    Args:
        place: The project.
        settings: What the user set.
        resident: Whether the conversation goes on after a turn.
    """
    knowing = Knowing(place, settings.index, resident=resident, ignored=settings.project.ignore)
    model = settings.index.embeddings
    meaning = Meaning(place.root, model, partial(open_embedder, model, settings.model)) if model else None
    return Informed(knowing, meaning, partial(load_history, place.root))
