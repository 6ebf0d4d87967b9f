"""Opens reviews by a model: a thread of kind review with its model and what it takes; taken apart at the end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from vivek.config.layers import silence_tracing
from vivek.flows.piecewise import REVIEW, pack
from vivek.flows.review.costing import cost_of
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import Plan
from vivek.flows.review.planning import SPARE, Window, plan_review, reply_room
from vivek.flows.review.pricing import promise
from vivek.flows.review.state import begin_review
from vivek.prompts.review import form_section, review_system
from vivek.providers.base import Provider
from vivek.schema.changes import Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import EFFORTS, ReviewEffort
from vivek.session.checkpoints import load_saver
from vivek.session.options import Choices
from vivek.session.piecewise.opening import Bench, open_bench, open_track, own_course
from vivek.session.piecewise.review_context import open_surroundings
from vivek.session.piecewise.review_course import Review, ReviewEvent
from vivek.session.place import Place
from vivek.session.reviewing.questions import Questions, load_questions
from vivek.session.settings import load_settings

__all__ = ["Review", "ReviewEvent", "open_review", "warm"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a review begins with.

    Attributes:
        effort: How much is spent.
        plan: The plan of a review that is gone on with, as the store names it; "" for a new one.
    """

    effort: ReviewEffort
    plan: str = ""


@asynccontextmanager
async def open_review(
    place: Place,
    choices: Choices,
    changes: Changes | None = None,
    static: ReviewReport | None = None,
    *,
    effort: ReviewEffort = "quick",
    thread: str | None = None,
    provider: Provider | None = None,
) -> AsyncIterator[Review]:
    """Open a review with its model; everything is given back at the end.

    Args:
        place: The project.
        choices: What the user asked for.
        changes: What is reviewed; None to go on with a thread, which has kept it.
        static: What was found in it without a model; None as above.
        effort: How much is spent; a thread that is gone on with has its own.
        thread: The thread: an open review, or the id of a new one; None for a new one.
        provider: A provider to use instead of the configured one, its first model with it.

    Raises:
        ConfigError: If a template, a rule or a setting cannot be used.
        ThreadError: If there is no such thread, it is no open review, or it is in use.
        ModelAPIError: If no model can be used.
        WorkspaceError: If the data folder or one of its databases cannot be used.
    """
    async with AsyncExitStack() as stack:
        owned = stack.enter_context(own_course(place, thread, REVIEW, _read, new=changes is not None))
        asked = owned.begun or _Asked(effort)
        questions, settings = load_questions(place, asked.effort), load_settings(place, choices)
        wanted = settings.model.reviewer or settings.model.name
        bench = await stack.enter_async_context(
            open_bench(owned, choices, settings, questions.loaded, warm, wanted=wanted, provider=provider)
        )
        store, parts = bench.store, bench.parts
        if changes is not None and static is not None:
            plan = await asyncio.to_thread(_planned, place, changes, static, bench, questions)
        else:
            plan = REVIEW.unpack(Plan, store.get_text(asked.plan))
        desk = _desk(plan, questions, bench)
        await bench.warming
        from vivek.flows.review.build import build_review, steps

        track = await stack.enter_async_context(
            open_track(owned, bench, lambda kept: build_review(kept.saver, desk), steps(len(plan.pieces)))
        )
        at = int((await track.runner.look()).values.get("at", 0))
        review = Review(
            thread_id=owned.thread_id,
            model=parts.label,
            notices=(*place.notices, *bench.settings.notices, *questions.notices),
            cost=cost_of(desk, track.context, plan.pieces[at:], desk.promise),
            place=place,
            index=owned.index,
            runner=track.runner,
            context=track.context,
            desk=desk,
            answers=bench.answers,
            recorder=track.recorder,
            begin=begin_review(plan=asked.plan or store.put_text(pack(plan)), effort=asked.effort, model=parts.label),
            key=questions.key(plan.changes, plan.static),
            base_url=parts.served.base_url,
        )
        stack.push_async_callback(review.close)
        yield review


def warm() -> None:
    """Import what a review needs; the graph library takes longest, so a thread may do it early."""
    silence_tracing()
    load_saver()
    import vivek.flows.review.build  # noqa: F401


def _read(said: Mapping[str, Any]) -> _Asked:  # Any: JSON values
    return _Asked({str(each): each for each in EFFORTS}[said["effort"]], str(said["plan"]))


def _planned(place: Place, changes: Changes, static: ReviewReport, bench: Bench, questions: Questions) -> Plan:
    """Return the plan of a new review; the index is brought up to date, so it is called in a thread."""
    parts, caller = bench.parts, bench.parts.panel.usual.caller
    window = Window(caller.window - _besides(bench, questions), parts.count, caller.estimator.most)
    with open_surroundings(place, changes, questions.rules, count=parts.count) as surround:
        return plan_review(changes, static, questions.finders, window, surround)


def _besides(bench: Bench, questions: Questions) -> int:
    """Return the tokens of a window that neither a piece nor a question about it may take."""
    caller = bench.parts.panel.usual.caller
    most = caller.estimator.most
    head = most(review_system(questions.templates)) + form_section(count=most, templates=questions.templates).tokens
    return reply_room(caller.window, bench.thinking_tokens) + head + caller.overhead + SPARE


def _desk(plan: Plan, questions: Questions, bench: Bench) -> Desk:
    pace, info = bench.parts.panel.usual.caller.pace, bench.lineup.usual.info
    slots = info.at_once or 1
    return Desk(
        plan=plan,
        effort=questions.effort,
        finders={finder.id: finder for finder in questions.finders},
        model=f"{bench.parts.label} {info.digest or ''}",
        label=bench.parts.label,
        prompts=questions.version,
        answers=bench.answers,
        known=lambda: pace.known,
        promise=promise(
            questions.effort, sum(file.added + file.removed for file in plan.changes.files if not file.aside)
        ),
        loaded=info.loaded,
        slots=slots,
        besides=_besides(bench, questions) if slots > 1 else 0,
    )
