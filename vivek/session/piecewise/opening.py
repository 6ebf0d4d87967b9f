"""Opens threads that ask a model piece by piece: their lock, their model, what it takes; taken apart at the end."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from vivek.errors import ThreadError
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import Sort
from vivek.metrics.recorder import Recorder
from vivek.providers.base import Provider
from vivek.schema.events import Notice
from vivek.session.allowance import hold_to
from vivek.session.checkpoints import Checkpoints, open_checkpoints
from vivek.session.knowledge.informed import inform
from vivek.session.logs import LOGGER, start_logs
from vivek.session.models.lineup import Lineup, find_lineup, given_lineup
from vivek.session.models.treating import think_of, thinks_of
from vivek.session.options import Choices
from vivek.session.pages.templates import LoadedTemplates
from vivek.session.parts import Parts
from vivek.session.place import Place, prepare_data
from vivek.session.reviewing.answers import KeptAnswers, open_answers
from vivek.session.runner import Runner
from vivek.session.settings import Settings
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.names import check_id, new_id
from vivek.session.threads.returning import own_thread
from vivek.session.wiring import put_together
from vivek.workspace.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Owned(Generic[T]):
    """A thread that is this process's own until it is given back.

    Attributes:
        sort: Its sort.
        place: The project.
        index: The list of threads.
        thread_id: Its id.
        begun: What it began with, None for a new one.
        model: Who was asked so far, "" for nobody.
        base_url: Where that model answered.
    """

    sort: Sort
    place: Place
    index: ThreadIndex
    thread_id: str
    begun: T | None = None
    model: str = ""
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a thread works with.

    Attributes:
        settings: The settings, by which one model answers.
        store: Big texts.
        answers: Replies from earlier.
        lineup: The model.
        parts: What is made of all that.
        warming: Ends when what the graph needs is loaded.
    """

    settings: Settings
    store: Store
    answers: KeptAnswers
    lineup: Lineup
    parts: Parts
    warming: "asyncio.Task[None]"

    @property
    def thinking_tokens(self) -> int:
        """Return for how many tokens the model may think before it replies."""
        served = self.parts.served
        silent = thinks_of(served) == "no" or think_of(served, self.settings) is False
        return 0 if silent else self.parts.panel.usual.caller.thinking_tokens


@dataclass(frozen=True, slots=True)
class Track:
    """What runs a thread's graph."""

    runner: Runner
    context: NodeContext
    recorder: Recorder


@contextmanager
def own_course(
    place: Place, thread: str | None, sort: Sort, read: Callable[[Mapping[str, Any]], T], *, new: bool
) -> Iterator[Owned[T]]:
    """Choose the thread, and keep every other process out of it.

    Args:
        place: The project.
        thread: An open thread of the sort, or the id of a new one; None for a new one.
        sort: The sort.
        read: Reads what a thread began with; what it raises as ValueError, TypeError or KeyError is translated.
        new: Whether it is a new one.

    Raises:
        ThreadError: If there is none to go on with, it is in use, or a new one has the id of another thread.
        WorkspaceError: If the data folder or one of its databases cannot be used.
    """
    start_logs(verbose=False)
    prepare_data(place)
    with ThreadIndex.open() as index:
        owned = _new(index, place, thread, sort) if new else _found(index, place, thread or "", sort, read)
        with own_thread(place, owned.thread_id, index):
            yield owned


@asynccontextmanager
async def open_bench(
    owned: Owned[T],
    choices: Choices,
    settings: Settings,
    loaded: LoadedTemplates,
    warm: Callable[[], None],
    *,
    wanted: str | None,
    provider: Provider | None,
) -> AsyncIterator[Bench]:
    """Open the model of a thread and what it works with.

    Args:
        owned: The thread.
        choices: What the user asked for.
        settings: The settings.
        loaded: The templates.
        warm: Imports what the graph needs, in a thread of its own while the server is asked.
        wanted: The model that the settings name for this, None for none.
        provider: A provider to use instead of the configured one, its first model with it.

    Raises:
        ModelAPIError: If no model can be used.
    """
    place = owned.place
    async with AsyncExitStack() as stack:
        store = stack.enter_context(Store.open(place.data))
        answers = stack.enter_context(open_answers())
        warming = asyncio.create_task(asyncio.to_thread(warm))
        stack.push_async_callback(asyncio.wait, [warming])
        settings = _settled(settings, choices, owned, wanted)
        lineup = await (given_lineup(provider, settings) if provider else find_lineup(settings))
        stack.push_async_callback(lineup.close)
        knowing = await stack.enter_async_context(inform(place, settings, resident=False))
        parts = put_together(lineup, place, store, owned.thread_id, settings, knowing, loaded, interactive=False)
        stack.callback(parts.keep_learned)
        hold_to(choices.limits, parts.panel, owned.thread_id)
        yield Bench(settings, store, answers, lineup, parts, warming)


@asynccontextmanager
async def open_track(
    owned: Owned[T],
    bench: Bench,
    build: Callable[[Checkpoints], Any],  # Any: a graph; of LangGraph's types only the runner knows
    limit: int,
) -> AsyncIterator[Track]:
    """Open the graph of a thread.

    Args:
        owned: The thread.
        bench: What it works with.
        build: Builds the graph, given where it saves.
        limit: Super-steps that it takes at most.
    """
    data, parts, thread_id = owned.place.data, bench.parts, owned.thread_id
    async with open_checkpoints(data / "checkpoints.db") as checkpoints:
        runner = Runner(build(checkpoints), checkpoints, thread_id, limit, check=owned.sort.check)
        recorder = Recorder(data, bench.settings.metrics, thread_id=thread_id, model=parts.label)
        LOGGER.info("opened %s %s with %s, window %d", owned.sort.noun, thread_id, parts.label, parts.window)
        try:
            yield Track(runner, replace(parts.context(), thread_id=thread_id), recorder)
        finally:
            await asyncio.to_thread(recorder.close)


def _new(index: ThreadIndex, place: Place, thread: str | None, sort: Sort) -> Owned[T]:
    known = index.ids(place.root)
    name = check_id(thread) if thread else new_id(known, random.SystemRandom().choice)
    if name in known:
        msg = f"There is a thread {name} already."
        raise ThreadError(msg, hint=f"`vivek threads resume {name}` goes on with it; leave the id out for a new one.")
    return Owned(sort, place, index, name)


def _found(
    index: ThreadIndex, place: Place, thread: str, sort: Sort, read: Callable[[Mapping[str, Any]], T]
) -> Owned[T]:
    found = index.find(thread, place.root)
    text = index.asked(found.id, place.root) if found.kind == sort.kind else None
    if text is None:
        msg = f"Thread {found.id} is no open {sort.noun}."
        raise ThreadError(msg, hint=f"`vivek threads show {found.id}` shows it.")
    try:
        begun = read(json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        msg = f"What thread {found.id} began with cannot be read."
        raise ThreadError(msg, hint=f"{sort.kind.capitalize()} anew: what was asked before is kept.") from error
    return Owned(sort, place, index, found.id, begun, found.model, index.base_url(found.id, place.root))


def _settled(settings: Settings, choices: Choices, owned: Owned[T], wanted: str | None) -> Settings:
    """Return settings by which one model answers: that of the thread, else the one that is wanted, else one found.

    Whoever names another model for a thread that was begun wants to get on, not to begin anew: its own may be gone.
    """
    model = settings.model
    if owned.model and choices.model not in {None, owned.model}:
        told = f"{owned.model} began the {owned.sort.noun} {owned.thread_id}; {choices.model} goes on with it."
        hint = f"What was answered by then stays. {owned.sort.kind.capitalize()} anew to have all of it from one model."
        wanted, settings = choices.model, replace(settings, notices=(*settings.notices, Notice(told, hint=hint)))
    elif owned.model:
        wanted, model = owned.model, replace(model, base_url=owned.base_url)
    elif wanted is None:
        wanted, model = choices.found, replace(model, base_url=choices.found_at or model.base_url)
    return replace(settings, model=replace(model, name=wanted, planner=None, executor=None, reviewer=None))
