"""Opens reviews by a model: a thread of kind review with its model and what it takes; taken apart at the end."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from vivek.config.layers import silence_tracing
from vivek.errors import ThreadError
from vivek.flows.review.costing import cost_of
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import Plan, pack, unpack
from vivek.flows.review.planning import SPARE, Window, plan_review, reply_room
from vivek.flows.review.pricing import promise
from vivek.flows.review.state import begin_review, check_version
from vivek.metrics.recorder import Recorder
from vivek.prompts.review import review_system
from vivek.providers.base import Provider
from vivek.schema.changes import Changes
from vivek.schema.findings import ReviewReport
from vivek.schema.reviewing import EFFORTS, ReviewEffort
from vivek.session.allowance import hold_to
from vivek.session.checkpoints import load_saver, open_checkpoints
from vivek.session.informed import inform
from vivek.session.lineup import Lineup, find_lineup, given_lineup
from vivek.session.logs import LOGGER, start_logs
from vivek.session.names import check_id, new_id
from vivek.session.options import Choices
from vivek.session.parts import Parts
from vivek.session.place import Place, prepare_data
from vivek.session.returning import own_thread
from vivek.session.review_context import open_surroundings
from vivek.session.reviewing_answers import KeptAnswers, open_answers
from vivek.session.reviewing_course import Review, ReviewEvent
from vivek.session.reviewing_questions import Questions, load_questions
from vivek.session.runner import Runner
from vivek.session.settings import Settings, load_settings
from vivek.session.threads import ThreadIndex
from vivek.session.treating import think_of, thinks_of
from vivek.session.wiring import put_together
from vivek.workspace.store import Store

__all__ = ["Review", "ReviewEvent", "open_review", "warm"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a review begins with.

    Attributes:
        effort: How much is spent.
        plan: The plan of a review that is gone on with, as the store names it; "" for a new one.
        model: Who read it so far, "" for nobody.
        base_url: Where that model answered.
    """

    effort: ReviewEffort
    plan: str = ""
    model: str = ""
    base_url: str | None = None


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
    start_logs(verbose=False)
    prepare_data(place)
    async with AsyncExitStack() as stack:
        index = stack.enter_context(ThreadIndex.open())
        thread_id, asked = _choose(index, place, thread, effort, new=changes is not None)
        stack.enter_context(own_thread(place, thread_id, index))
        store = stack.enter_context(Store.open(place.data))
        answers = stack.enter_context(open_answers())
        warming = asyncio.create_task(asyncio.to_thread(warm))
        stack.push_async_callback(asyncio.wait, [warming])
        settings = _settled(load_settings(place, choices), choices, asked, thread_id)
        lineup = await (given_lineup(provider, settings) if provider else find_lineup(settings))
        stack.push_async_callback(lineup.close)
        questions = load_questions(place, asked.effort)
        knowing = await stack.enter_async_context(inform(place, settings, resident=False))
        parts = put_together(lineup, place, store, thread_id, settings, knowing, questions.loaded, interactive=False)
        stack.callback(parts.keep_learned)
        hold_to(choices.limits, parts.panel, thread_id)
        if changes is not None and static is not None:
            plan = await asyncio.to_thread(_planned, place, changes, static, parts, questions, settings)
        else:
            plan = unpack(Plan, store.get_text(asked.plan))
        desk = _desk(plan, questions, parts, lineup, answers)
        await warming
        from vivek.flows.review.build import build_review, steps

        checkpoints = await stack.enter_async_context(open_checkpoints(place.data / "checkpoints.db"))
        graph = build_review(checkpoints.saver, desk)
        runner = Runner(graph, checkpoints, thread_id, steps(len(plan.pieces)), check=check_version)
        recorder = Recorder(place.data, settings.metrics, thread_id=thread_id, model=parts.label)
        stack.push_async_callback(asyncio.to_thread, recorder.close)
        context = replace(parts.context(), thread_id=thread_id)
        at = int((await runner.look()).values.get("at", 0))
        LOGGER.info("opened review %s with %s, window %d", thread_id, parts.label, parts.window)
        review = Review(
            thread_id=thread_id,
            model=parts.label,
            notices=(*place.notices, *settings.notices, *questions.notices),
            cost=cost_of(desk, context, plan.pieces[at:], desk.promise),
            place=place,
            index=index,
            runner=runner,
            context=context,
            desk=desk,
            answers=answers,
            recorder=recorder,
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


def _choose(
    index: ThreadIndex, place: Place, thread: str | None, effort: ReviewEffort, *, new: bool
) -> tuple[str, _Asked]:
    """Return the thread to review in, and what it began with.

    Raises:
        ThreadError: If there is none to go on with, or a new review has the id of another thread.
    """
    known = index.ids(place.root)
    if new:
        name = check_id(thread) if thread else new_id(known, random.SystemRandom().choice)
        if name in known:
            msg = f"There is a thread {name} already."
            raise ThreadError(
                msg, hint=f"`vivek threads resume {name}` goes on with it; leave the id out for a new one."
            )
        return name, _Asked(effort)
    found = index.find(thread or "", place.root)
    text = index.asked(found.id, place.root) if found.kind == "review" else None
    if text is None:
        msg = f"Thread {found.id} is no open review."
        raise ThreadError(msg, hint=f"`vivek threads show {found.id}` shows it.")
    try:
        said = json.loads(text)
        own = {str(each): each for each in EFFORTS}[said["effort"]]
        return found.id, _Asked(own, str(said["plan"]), found.model, index.base_url(found.id, place.root))
    except (ValueError, TypeError, KeyError) as error:
        msg = f"What thread {found.id} began with cannot be read."
        raise ThreadError(msg, hint="Review anew: what was asked before is kept.") from error


def _settled(settings: Settings, choices: Choices, asked: _Asked, thread_id: str) -> Settings:
    """Return settings by which one model answers: that of the thread, else the reviewer's, else the usual one.

    Raises:
        ThreadError: If another model is to go on with a review: it has not read what was read.
    """
    wanted = settings.model
    name = wanted.reviewer or wanted.name
    if asked.model:
        if choices.model is not None and choices.model != asked.model:
            msg = f"The review {thread_id} was begun by {asked.model}."
            raise ThreadError(msg, hint="Leave `--model` out to go on, or begin a new review.")
        name, wanted = asked.model, replace(wanted, base_url=asked.base_url)
    elif name is None:
        name, wanted = choices.found, replace(wanted, base_url=choices.found_at or wanted.base_url)
    return replace(settings, model=replace(wanted, name=name, planner=None, executor=None, reviewer=None))


def _planned(
    place: Place, changes: Changes, static: ReviewReport, parts: Parts, questions: Questions, settings: Settings
) -> Plan:
    """Return the plan of a new review; the index is brought up to date, so it is called in a thread."""
    caller, served = parts.panel.usual.caller, parts.served
    silent = thinks_of(served) == "no" or think_of(served, settings) is False
    reserved = reply_room(caller.window, 0 if silent else caller.thinking_tokens)
    head = caller.estimator.most(review_system(questions.templates))
    window = Window(caller.window - reserved - head - caller.overhead - SPARE, parts.count, caller.estimator.most)
    with open_surroundings(place, changes, questions.rules, count=parts.count) as surround:
        return plan_review(changes, static, questions.finders, window, surround)


def _desk(plan: Plan, questions: Questions, parts: Parts, lineup: Lineup, answers: KeptAnswers) -> Desk:
    pace = parts.panel.usual.caller.pace
    info = lineup.usual.info
    return Desk(
        plan=plan,
        effort=questions.effort,
        finders={finder.id: finder for finder in questions.finders},
        model=f"{parts.label} {info.digest or ''}",
        label=parts.label,
        prompts=questions.version,
        answers=answers,
        known=lambda: pace.known,
        promise=promise(
            questions.effort, sum(file.added + file.removed for file in plan.changes.files if not file.aside)
        ),
        loaded=info.loaded,
    )
