"""Opens narratives by a model: a thread of kind analyze with its model and what it takes; taken apart at the end."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from vivek.analysis.evidence_whole import gather
from vivek.config.layers import silence_tracing
from vivek.errors import ThreadError
from vivek.flows.analyze.costing import cost_of
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import Plan, pack, unpack
from vivek.flows.analyze.planning import plan_narrative
from vivek.flows.analyze.state import begin_narrative, check_version
from vivek.metrics.recorder import Recorder
from vivek.prompts.narrative import WHOLE_ROOM, narrative_system, prompts_version
from vivek.prompts.templates import Templates
from vivek.providers.base import Provider
from vivek.schema.architecture import Architecture
from vivek.session.allowance import hold_to
from vivek.session.checkpoints import load_saver, open_checkpoints
from vivek.session.doors.outlines import open_outline
from vivek.session.informed import inform
from vivek.session.lineup import Lineup, find_lineup, given_lineup
from vivek.session.logs import LOGGER, start_logs
from vivek.session.names import check_id, new_id
from vivek.session.narrating_course import Narration, NarrativeEvent
from vivek.session.options import Choices
from vivek.session.parts import Parts
from vivek.session.place import Place, prepare_data
from vivek.session.returning import own_thread
from vivek.session.reviewing_answers import KeptAnswers, open_answers
from vivek.session.runner import Runner
from vivek.session.settings import Settings, load_settings
from vivek.session.templates import load_templates
from vivek.session.threads import ThreadIndex
from vivek.session.treating import think_of, thinks_of
from vivek.session.trust import Trust
from vivek.session.wiring import put_together
from vivek.workspace.store import Store

__all__ = ["Narration", "NarrativeEvent", "open_narrative"]

_SPARE = 160
"""Tokens kept free for the question itself and what joins texts."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a thread that is gone on with began with: its plan as the store names it, and its model."""

    plan: str = ""
    model: str = ""
    base_url: str | None = None


@asynccontextmanager
async def open_narrative(
    place: Place,
    choices: Choices,
    architecture: Architecture | None,
    *,
    thread: str | None = None,
    provider: Provider | None = None,
) -> AsyncIterator[Narration]:
    """Open a narrative with its model; everything is given back at the end.

    Args:
        place: The project.
        choices: What the user asked for.
        architecture: What was measured; None to go on with a thread, which has kept what it tells of.
        thread: The thread: an open narrative, or the id of a new one; None for a new one.
        provider: A provider to use instead of the configured one, its first model with it.

    Raises:
        ConfigError: If a template or a setting cannot be used.
        ThreadError: If there is no such thread, it is no open narrative, or it is in use.
        ModelAPIError: If no model can be used.
        WorkspaceError: If the data folder or one of its databases cannot be used.
    """
    start_logs(verbose=False)
    prepare_data(place)
    async with AsyncExitStack() as stack:
        index = stack.enter_context(ThreadIndex.open())
        thread_id, begun = _choose(index, place, thread, new=architecture is not None)
        stack.enter_context(own_thread(place, thread_id, index))
        store = stack.enter_context(Store.open(place.data))
        answers = stack.enter_context(open_answers())
        warming = asyncio.create_task(asyncio.to_thread(_warm))
        stack.push_async_callback(asyncio.wait, [warming])
        settings = _settled(load_settings(place, choices), choices, begun, thread_id)
        lineup = await (given_lineup(provider, settings) if provider else find_lineup(settings))
        stack.push_async_callback(lineup.close)
        loaded = load_templates(place, Trust.open())
        knowing = await stack.enter_async_context(inform(place, settings, resident=False))
        parts = put_together(lineup, place, store, thread_id, settings, knowing, loaded, interactive=False)
        stack.callback(parts.keep_learned)
        hold_to(choices.limits, parts.panel, thread_id)
        if architecture is not None:
            plan = await asyncio.to_thread(_planned, place, architecture, parts, loaded.templates, settings)
        else:
            plan = unpack(Plan, store.get_text(begun.plan))
        desk = _desk(plan, parts, lineup, loaded.templates, answers)
        await warming
        from vivek.flows.analyze.build import build_analyze, steps

        checkpoints = await stack.enter_async_context(open_checkpoints(place.data / "checkpoints.db"))
        graph = build_analyze(checkpoints.saver, desk)
        runner = Runner(graph, checkpoints, thread_id, steps(len(plan.parts)), check=check_version)
        recorder = Recorder(place.data, settings.metrics, thread_id=thread_id, model=parts.label)
        stack.push_async_callback(asyncio.to_thread, recorder.close)
        context = replace(parts.context(), thread_id=thread_id)
        named = begun.plan or store.put_text(pack(plan))
        LOGGER.info("opened narrative %s with %s, window %d", thread_id, parts.label, parts.window)
        yield Narration(
            thread_id=thread_id,
            model=parts.label,
            notices=(*place.notices, *settings.notices, *loaded.notices),
            cost=cost_of(desk, context),
            place=place,
            index=index,
            runner=runner,
            context=context,
            desk=desk,
            answers=answers,
            recorder=recorder,
            begin=begin_narrative(plan=named, model=parts.label, parts=len(plan.parts)),
            base_url=parts.served.base_url,
        )


def _warm() -> None:
    """Import what a narrative needs; the graph library takes longest, and the server is asked meanwhile."""
    silence_tracing()
    load_saver()
    import vivek.flows.analyze.build  # noqa: F401


def _choose(index: ThreadIndex, place: Place, thread: str | None, *, new: bool) -> tuple[str, _Begun]:
    """Return the thread to tell in, and what it began with.

    Raises:
        ThreadError: If there is none to go on with, or a new narrative has the id of another thread.
    """
    known = index.ids(place.root)
    if new:
        name = check_id(thread) if thread else new_id(known, random.SystemRandom().choice)
        if name in known:
            msg = f"There is a thread {name} already."
            raise ThreadError(msg, hint=f"`vivek threads resume {name}` goes on with it.")
        return name, _Begun()
    found = index.find(thread or "", place.root)
    text = index.asked(found.id, place.root) if found.kind == "analyze" else None
    if text is None:
        msg = f"Thread {found.id} is no open narrative."
        raise ThreadError(msg, hint=f"`vivek threads show {found.id}` shows it.")
    try:
        plan = str(json.loads(text)["plan"])
    except (ValueError, TypeError, KeyError) as error:
        msg = f"What thread {found.id} began with cannot be read."
        raise ThreadError(msg, hint="Analyze anew: what was asked before is kept.") from error
    return found.id, _Begun(plan, found.model, index.base_url(found.id, place.root))


def _settled(settings: Settings, choices: Choices, begun: _Begun, thread_id: str) -> Settings:
    """Return settings by which one model answers: that of the thread, else the usual one.

    Raises:
        ThreadError: If another model is to go on with a narrative.
    """
    wanted = settings.model
    name = wanted.name
    if begun.model:
        if choices.model is not None and choices.model != begun.model:
            msg = f"The narrative {thread_id} was begun by {begun.model}."
            raise ThreadError(msg, hint="Leave `--model` out to go on, or begin a new one.")
        name, wanted = begun.model, replace(wanted, base_url=begun.base_url)
    elif name is None:
        name, wanted = choices.found, replace(wanted, base_url=choices.found_at or wanted.base_url)
    return replace(settings, model=replace(wanted, name=name, planner=None, executor=None, reviewer=None))


def _planned(place: Place, architecture: Architecture, parts: Parts, templates: Templates, settings: Settings) -> Plan:
    """Return the plan of a new narrative; files are read, so it is called in a thread."""
    caller, served = parts.panel.usual.caller, parts.served
    silent = thinks_of(served) == "no" or think_of(served, settings) is False
    reply = min(WHOLE_ROOM, caller.window // 4)
    reserved = reply if silent else max(reply, min(reply + caller.thinking_tokens, caller.window // 2))
    head = caller.estimator.most(narrative_system(templates))
    with open_outline(place) as outline:
        known = gather(architecture, outline)
    return plan_narrative(known, caller.window - reserved - head - caller.overhead - _SPARE, count=parts.count)


def _desk(plan: Plan, parts: Parts, lineup: Lineup, templates: Templates, answers: KeptAnswers) -> Desk:
    pace = parts.panel.usual.caller.pace
    info = lineup.usual.info
    return Desk(
        plan=plan,
        model=f"{parts.label} {info.digest or ''}",
        label=parts.label,
        prompts=prompts_version(templates),
        answers=answers,
        known=lambda: pace.known,
        loaded=info.loaded,
    )
