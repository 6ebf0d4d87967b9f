"""Opens a session: place, model, thread and graph put together, and taken apart again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from vivek.config.layers import silence_tracing
from vivek.errors import ThreadError, VivekError
from vivek.metrics.recorder import Recorder
from vivek.providers.base import Provider
from vivek.providers.registry import parse_model
from vivek.providers.window import UNTOLD
from vivek.schema.events import Notice
from vivek.schema.limits import Limits
from vivek.schema.models import ModelInfo
from vivek.schema.threads import ThreadSummary
from vivek.session.absent import AbsentProvider
from vivek.session.allowance import hold_to
from vivek.session.checkpoints import Checkpoints, load_saver, open_checkpoints
from vivek.session.doors.collecting import collect_if_due
from vivek.session.knowledge.informed import inform
from vivek.session.live import LiveSettings
from vivek.session.logs import LOGGER, start_logs
from vivek.session.machine import free_memory
from vivek.session.models.lineup import Lineup, crowded, find_lineup, given_lineup
from vivek.session.models.serving import Served
from vivek.session.models.small import small_notice
from vivek.session.options import Choices
from vivek.session.pages.presets import preset
from vivek.session.pages.templates import load_templates
from vivek.session.parts import Parts
from vivek.session.place import Place, prepare_data
from vivek.session.recording.taping import record
from vivek.session.runner import Runner
from vivek.session.session import Session
from vivek.session.settings import Settings, load_settings
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.names import check_id, new_id
from vivek.session.threads.relisting import relist
from vivek.session.threads.returning import own_thread
from vivek.session.trust import Trust
from vivek.session.wiring import put_together
from vivek.workspace.store import Store


def warm() -> None:
    """Import what the first turn needs; meant for a thread of its own, once the prompt is drawn."""
    silence_tracing()
    load_saver()
    import vivek.flows.chat.build  # noqa: F401


@asynccontextmanager
async def open_session(place: Place, choices: Choices, *, provider: Provider | None = None) -> AsyncIterator[Session]:
    """Open a thread with its model; everything is given back at the end.

    Args:
        place: The project.
        choices: What the user asked for.
        provider: A provider to use instead of the configured one, its first model with it.

    Raises:
        ThreadError: If the thread does not exist, is in use or cannot be read.
        ModelAPIError: If no model can be used.
        WorkspaceError: If the data folder or one of its databases cannot be used.
    """
    start_logs(verbose=False)
    trust = Trust.open()
    loaded = load_templates(place, trust)
    settings = preset(load_settings(place, choices), loaded.modes, choices)
    async with _prepared(place) as stack:
        index = stack.enter_context(ThreadIndex.open())
        knowing = await stack.enter_async_context(inform(place, settings, resident=choices.resident))
        thread_id, notices = _thread(index, place, choices)
        stack.enter_context(own_thread(place, thread_id, index))
        store = stack.enter_context(Store.open(place.data))
        # The graph library takes longest to load: it does so while the model server is asked.
        warming = asyncio.create_task(asyncio.to_thread(warm))
        stack.push_async_callback(_finished, warming)
        summary = index.get(thread_id, place.root)
        _refuse_other_kinds(summary)
        lineup = await (
            given_lineup(provider, settings) if provider else _found(settings, choices, summary, index, place)
        )
        stack.push_async_callback(lineup.close)
        parts = put_together(
            lineup, place, store, thread_id, settings, knowing, loaded, interactive=choices.interactive
        )
        stack.callback(parts.keep_learned)
        stack.callback(parts.bench.end_turn)
        await parts.bench.require()
        tight = crowded(lineup, free_memory()) if lineup.own else None
        small = small_notice(parts.label, lineup.usual.info) if choices.interactive else None
        notices += [notice for notice in (tight, small) if notice is not None]
        notices += (*map(Notice, (*parts.journal.recover(), *parts.notes.told)), *trust.notices, *loaded.notices)
        await warming
        from vivek.flows.chat.build import build_chat
        from vivek.flows.chat.routing import REVIEW_LIMIT
        from vivek.flows.graph import recursion_limit

        checkpoints = await stack.enter_async_context(open_checkpoints(place.data / "checkpoints.db"))
        notices += _kept_aside(checkpoints, store)
        graph = build_chat(checkpoints.saver, *([record(parts, thread_id)] if settings.session.recording else []))
        limit = recursion_limit(parts.context().profile.step_limit, REVIEW_LIMIT)
        session = Session(
            place=place,
            parts=parts,
            runner=Runner(graph, checkpoints, thread_id, limit),
            index=index,
            thread_id=thread_id,
            live=LiveSettings(place, choices, settings),
            notices=(*place.notices, *settings.notices, *notices),
            recorder=_account(stack, place, settings, choices.limits, parts, thread_id),
        )
        stack.push_async_callback(session.warming.stop)
        session.pictures, session.depth = choices.images, choices.depth
        await _prepare(session, lineup)
        LOGGER.info(
            "opened thread %s with %s, window %d (%s)", thread_id, parts.label, parts.window, parts.served.window_source
        )
        yield session


def _prepared(place: Place) -> AsyncExitStack:
    """Make the data folder; return what is to be closed in the end, after which room is given back now and then."""
    prepare_data(place)
    stack = AsyncExitStack()
    stack.callback(collect_if_due, place)
    return stack


def _kept_aside(checkpoints: Checkpoints, store: Store) -> list[Notice]:
    """Return what to tell of databases that were damaged."""
    hint = "Threads begun before it can no longer be resumed."
    kept = (checkpoints.kept_aside, store.kept_aside)
    return [Notice(f"A damaged database was kept aside as {path}.", hint=hint) for path in kept if path is not None]


def _thread(index: ThreadIndex, place: Place, choices: Choices) -> tuple[str, list[Notice]]:
    """Return the thread to work in, and what to tell; a list of threads that was lost is made anew first."""
    found = relist(place, index)
    thread_id, notices = choose_thread(index, place, choices)
    return thread_id, [*found, *notices]


def choose_thread(index: ThreadIndex, place: Place, choices: Choices) -> tuple[str, list[Notice]]:
    """Return the id of the thread to work in: an existing one, the newest, or a new one.

    Raises:
        ThreadError: If the id is malformed, or there is nothing to continue.
    """
    if choices.latest:
        latest = index.latest(place.root, kind="chat")
        if latest is None:
            msg = "This project has no thread to continue."
            raise ThreadError(msg, hint="Leave `--continue` out to start one.")
        return latest.id, []
    if choices.thread is None:
        return new_id(index.ids(place.root), random.SystemRandom().choice), []
    wanted = check_id(choices.thread)
    known = index.ids(place.root)
    if wanted in known or any(name.startswith(wanted) for name in known):
        return index.find(wanted, place.root).id, []
    return wanted, [Notice(f"Started a new thread {wanted}.")]


def _refuse_other_kinds(thread: ThreadSummary | None) -> None:
    """Refuse a thread that is no chat: its state is another one.

    Raises:
        ThreadError: If it is none.
    """
    if thread is not None and thread.kind != "chat":
        msg = f"Thread {thread.id} is no chat but of the kind `{thread.kind}`."
        raise ThreadError(msg, hint=f"`vivek threads resume {thread.id}` goes on with it.")


async def _found(
    settings: Settings, choices: Choices, thread: ThreadSummary | None, index: ThreadIndex, place: Place
) -> Lineup:
    """Open the models that are set, else the one the thread used last, else the best one here.

    Raises:
        VivekError: If it cannot be used. A thread that exists is opened without: where a change waits for approval,
            none is needed, and whether one waits is not known yet.
    """
    if settings.model.name is None and thread is not None and thread.model:
        base_url = settings.model.base_url or index.base_url(thread.id, place.root)
        settings = replace(settings, model=replace(settings.model, name=thread.model, base_url=base_url))
    elif settings.model.name is None and choices.found:
        settings = replace(settings, model=replace(settings.model, name=choices.found, base_url=choices.found_at))
    try:
        return await find_lineup(settings)
    except VivekError as error:
        if thread is None or not thread.model:
            raise
        spec = parse_model(thread.model)
        return Lineup(Served(AbsentProvider(error), spec, ModelInfo(thread.model), UNTOLD, "no model"))


async def _prepare(session: Session, lineup: Lineup) -> None:
    """Look where the thread stands; refuse to go on without a model, unless something waits that needs none.

    Raises:
        VivekError: If that is so, or the thread cannot be read.
    """
    await session.prepare()
    provider = lineup.usual.provider
    if isinstance(provider, AbsentProvider) and session.waiting is None:
        error, thread = provider.reason, session.thread_id
        error.hint += f" Without a model: `vivek threads show {thread}` reads the thread, `vivek undo` takes back."
        raise error


def _account(
    stack: AsyncExitStack, place: Place, settings: Settings, limits: Limits, parts: Parts, thread_id: str
) -> Recorder:
    """Hold a thread to the limits of this run, and return what keeps its figures until the session ends."""
    hold_to(limits, parts.panel, thread_id)
    recorder = Recorder(place.data, settings.metrics, thread_id=thread_id, model=parts.label)
    stack.push_async_callback(asyncio.to_thread, recorder.close)
    return recorder


async def _finished(task: "asyncio.Task[None]") -> None:
    """Wait for the imports: a thread cannot be stopped, and it must not outlive the loop."""
    await asyncio.wait([task])
