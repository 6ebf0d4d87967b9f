"""Opens narratives by a model: a thread of kind analyze with its model and what it takes; taken apart at the end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from vivek.analysis.citations.evidence_whole import gather
from vivek.config.layers import silence_tracing
from vivek.flows.analyze.costing import cost_of
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import Plan
from vivek.flows.analyze.planning import plan_narrative
from vivek.flows.analyze.state import begin_narrative
from vivek.flows.piecewise import NARRATIVE, pack
from vivek.prompts.narrative import WHOLE_ROOM, narrative_system, prompts_version
from vivek.prompts.templates import Templates
from vivek.providers.base import Provider
from vivek.schema.architecture import Architecture
from vivek.session.checkpoints import load_saver
from vivek.session.doors.outlines import open_outline
from vivek.session.options import Choices
from vivek.session.pages.templates import load_templates
from vivek.session.piecewise.narrative_course import Narration, NarrativeEvent
from vivek.session.piecewise.opening import Bench, open_bench, open_track, own_course
from vivek.session.place import Place
from vivek.session.settings import load_settings
from vivek.session.trust import Trust

__all__ = ["Narration", "NarrativeEvent", "open_narrative"]

_SPARE = 160
"""Tokens kept free for the question itself and what joins texts."""


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
    async with AsyncExitStack() as stack:
        owned = stack.enter_context(own_course(place, thread, NARRATIVE, _read, new=architecture is not None))
        loaded, settings = load_templates(place, Trust.open()), load_settings(place, choices)
        bench = await stack.enter_async_context(
            open_bench(owned, choices, settings, loaded, _warm, wanted=settings.model.name, provider=provider)
        )
        store, parts, named = bench.store, bench.parts, owned.begun or ""
        if architecture is not None:
            plan = await asyncio.to_thread(_planned, place, architecture, bench, loaded.templates)
        else:
            plan = NARRATIVE.unpack(Plan, store.get_text(named))
        desk = _desk(plan, bench, loaded.templates)
        await bench.warming
        from vivek.flows.analyze.build import build_analyze, steps

        track = await stack.enter_async_context(
            open_track(owned, bench, lambda kept: build_analyze(kept.saver, desk), steps(len(plan.parts)))
        )
        narration = Narration(
            thread_id=owned.thread_id,
            model=parts.label,
            notices=(*place.notices, *bench.settings.notices, *loaded.notices),
            cost=cost_of(desk, track.context),
            place=place,
            index=owned.index,
            runner=track.runner,
            context=track.context,
            desk=desk,
            answers=bench.answers,
            recorder=track.recorder,
            begin=begin_narrative(plan=named or store.put_text(pack(plan)), model=parts.label, parts=len(plan.parts)),
            base_url=parts.served.base_url,
        )
        stack.push_async_callback(narration.close)
        yield narration


def _warm() -> None:
    """Import what a narrative needs; the graph library takes longest, and the server is asked meanwhile."""
    silence_tracing()
    load_saver()
    import vivek.flows.analyze.build  # noqa: F401


def _read(said: Mapping[str, Any]) -> str:  # Any: JSON values
    return str(said["plan"])


def _planned(place: Place, architecture: Architecture, bench: Bench, templates: Templates) -> Plan:
    """Return the plan of a new narrative; files are read, so it is called in a thread."""
    caller, thinks = bench.parts.panel.usual.caller, bench.thinking_tokens
    reply = min(WHOLE_ROOM, caller.window // 4)
    reserved = max(reply, min(reply + thinks, caller.window // 2))
    head = caller.estimator.most(narrative_system(templates))
    with open_outline(place) as outline:
        known = gather(architecture, outline)
    return plan_narrative(known, caller.window - reserved - head - caller.overhead - _SPARE, count=bench.parts.count)


def _desk(plan: Plan, bench: Bench, templates: Templates) -> Desk:
    pace, info = bench.parts.panel.usual.caller.pace, bench.lineup.usual.info
    return Desk(
        plan=plan,
        model=f"{bench.parts.label} {info.digest or ''}",
        label=bench.parts.label,
        prompts=prompts_version(templates),
        answers=bench.answers,
        known=lambda: pace.known,
        loaded=info.loaded,
    )
