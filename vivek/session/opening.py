"""Opens a session: place, model, thread and graph put together, and taken apart again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from vivek.config.layers import silence_tracing
from vivek.errors import ThreadError, VivekError
from vivek.providers.base import Provider
from vivek.providers.registry import parse_model
from vivek.providers.spec import ModelSpec
from vivek.providers.window import UNTOLD, choose_window
from vivek.schema.events import Notice
from vivek.schema.models import ModelInfo
from vivek.schema.threads import ThreadSummary
from vivek.session.absent import AbsentProvider
from vivek.session.checkpoints import load_saver, open_checkpoints
from vivek.session.informed import inform
from vivek.session.known import KnownModels
from vivek.session.lineup import Lineup, crowded, find_lineup
from vivek.session.locks import thread_lock
from vivek.session.logs import LOGGER, start_logs
from vivek.session.machine import free_memory
from vivek.session.names import check_id, new_id
from vivek.session.options import Choices
from vivek.session.place import Place, prepare_data
from vivek.session.runner import Runner
from vivek.session.serving import Served
from vivek.session.session import Session
from vivek.session.settings import Settings, load_settings
from vivek.session.small import small_notice
from vivek.session.templates import load_templates
from vivek.session.threads import ThreadIndex
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
    settings = load_settings(place, choices)
    trust = Trust.open()
    loaded = load_templates(place, trust)
    prepare_data(place)
    async with AsyncExitStack() as stack:
        index = stack.enter_context(ThreadIndex.open())
        knowing = await stack.enter_async_context(inform(place, settings, resident=choices.resident))
        thread_id, notices = choose_thread(index, place, choices)
        stack.enter_context(thread_lock(place.data, thread_id))
        store = stack.enter_context(Store.open(place.data))
        # The graph library takes longest to load: it does so while the model server is asked.
        warming = asyncio.create_task(asyncio.to_thread(warm))
        stack.push_async_callback(_finished, warming)
        summary = index.get(thread_id, place.root)
        lineup = await (_given(provider, settings) if provider else _found(settings, choices, summary, index, place))
        stack.push_async_callback(lineup.close)
        parts = put_together(
            lineup, place, store, thread_id, settings, knowing, loaded.templates, interactive=choices.interactive
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
        for kept in (checkpoints.kept_aside, store.kept_aside):
            if kept is not None:
                hint = "Threads begun before it can no longer be resumed."
                notices.append(Notice(f"A damaged database was kept aside as {kept}.", hint=hint))
        limit = recursion_limit(parts.context().profile.step_limit, REVIEW_LIMIT)
        runner = Runner(build_chat(checkpoints.saver), checkpoints, thread_id, limit)
        session = Session(
            place=place,
            parts=parts,
            runner=runner,
            index=index,
            thread_id=thread_id,
            settings=settings,
            policy=settings.session.approval,
            notices=(*place.notices, *settings.notices, *notices),
        )
        session.pictures = choices.images
        await session.prepare()
        LOGGER.info(
            "opened thread %s with %s, window %d (%s)", thread_id, parts.label, parts.window, parts.served.window_source
        )
        yield session


def choose_thread(index: ThreadIndex, place: Place, choices: Choices) -> tuple[str, list[Notice]]:
    """Return the id of the thread to work in: an existing one, the newest, or a new one.

    Raises:
        ThreadError: If the id is malformed, or there is nothing to continue.
    """
    if choices.latest:
        latest = index.latest(place.root)
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


async def _found(
    settings: Settings, choices: Choices, thread: ThreadSummary | None, index: ThreadIndex, place: Place
) -> Lineup:
    """Open the models that are set, else the one the thread used last, else the best one here.

    Raises:
        ModelAPIError: If it cannot be used; a thread whose change only waits for approval needs none.
    """
    if settings.model.name is None and thread is not None and thread.model:
        base_url = settings.model.base_url or index.base_url(thread.id, place.root)
        settings = replace(settings, model=replace(settings.model, name=thread.model, base_url=base_url))
    elif settings.model.name is None and choices.found:
        settings = replace(settings, model=replace(settings.model, name=choices.found, base_url=choices.found_at))
    try:
        return await find_lineup(settings)
    except VivekError as error:
        if thread is None or thread.status != "needs_approval":
            raise
        spec = parse_model(thread.model)
        return Lineup(Served(AbsentProvider(error), spec, ModelInfo(thread.model), UNTOLD, "no model"))


async def _given(provider: Provider, settings: Settings) -> Lineup:
    info = (await provider.models())[0]
    window, why = choose_window(info, wanted=settings.model.window, free_memory=None)
    spec = ModelSpec(provider.name, info.name)
    known = KnownModels().load(spec, provider.base_url, info.digest)
    return Lineup(Served(provider, spec, info, window, why, known=known))


async def _finished(task: "asyncio.Task[None]") -> None:
    """Wait for the imports: a thread cannot be stopped, and it must not outlive the loop."""
    await asyncio.wait([task])
