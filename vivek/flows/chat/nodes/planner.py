"""Plans a turn, by rules where they suffice, else by one short constrained call; gathers the files it needs."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from vivek.errors import ContextWindowExceededError, JSONParsingError, ModelOutputInvalidError
from vivek.flows.chat.gathering import Looked, doubt_of, gather, look, overview
from vivek.flows.chat.generations import make_room, open_generation
from vivek.flows.chat.packing import pack_plan, pack_usage, unpack_plan, unpack_usage
from vivek.flows.chat.rules import Earlier, route
from vivek.flows.chat.state import ChatState, StateUpdate, pictures_due
from vivek.flows.context import Answer, Correction, NodeContext, Question
from vivek.project.scan import ambiguous, named_files
from vivek.prompts.build import planner_sections, simple_planner_sections
from vivek.prompts.modes import OPEN_MODE
from vivek.prompts.parse import KIND_SCHEMA, parse_kind, parse_plan, plan_schema, reask_text
from vivek.prompts.parts import listing
from vivek.prompts.parts import plan as plan_part
from vivek.providers.profiles import planning_sampling
from vivek.schema.chunk import FinishReason
from vivek.schema.events import Notice, PlanReady
from vivek.schema.plan import ModeName, Plan, PlanKind
from vivek.schema.questions import Clarification

PLAN_ROOM = 512
"""Tokens of the longest plan that `PLAN_SCHEMA` admits, with room to spare."""

KIND_ROOM = 64
"""Tokens of the one word that is left to ask for."""

OFFERED = 5
"""Files that are named where a name fits several."""


async def plan_turn(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Decide the steps of this turn and the files they need."""
    request = ctx.store.get_text(state["request"])
    files = ctx.list_files()
    named = named_files(request, files)
    added = state.get("adding")
    added = list(state.get("added") or ()) if added is None else added
    opened = await open_generation(state, ctx, request, [*named, *added])
    opened |= {"named": [*named, *added], "added": added}
    state = cast("ChatState", {**state, **opened})
    opened["notices"] += [
        f"`{name}` may mean {', '.join(paths[:OFFERED])}." for name, paths in ambiguous(request, files).items()
    ]
    looked = await look(request, named, ctx)
    opened["notices"] += [doubt_of(name, found) for name, found in looked.mentioned.doubtful.items()]
    given = state.get("plan")
    plan = unpack_plan(given) if given else _by_rules(state, ctx, request, named, looked)
    if plan is not None:
        ctx.emit(PlanReady(plan, made=False))
        told = {**opened, "plan": pack_plan(plan), "planned": bool(given)}
        return {**told, **await gather(looked, _with(added, plan), state, ctx)}
    try:
        planned = await _plan(state, ctx, opened, request, named, looked)
    except ContextWindowExceededError as error:
        again = make_room(error, state, ctx)
        if again is None:
            raise
        room, narrower = again
        state = cast("ChatState", {**state, **room})
        planned = room | await _plan(state, narrower, opened | room, request, named, looked)
    return opened | planned | await gather(looked, _with(added, unpack_plan(planned["plan"])), state, ctx)


def _with(added: Sequence[str], plan: Plan) -> Plan:
    """Return a plan with the files that are kept in view among its own."""
    return replace(plan, files=tuple(dict.fromkeys([*plan.files, *added])))


async def _plan(
    state: ChatState, ctx: NodeContext, opened: StateUpdate, request: str, named: Sequence[str], looked: Looked
) -> StateUpdate:
    try:
        return await _plan_by_model(state, ctx, opened, request, named, looked)
    except ModelOutputInvalidError as error:
        told = f"{error.message} It is only asked now whether files are to change."
        ctx.emit(Notice(told))
        return await _plan_simply(state, ctx, opened, request, named)


async def _plan_by_model(
    state: ChatState, ctx: NodeContext, opened: StateUpdate, request: str, named: Sequence[str], looked: Looked
) -> StateUpdate:
    files = ctx.list_files()
    listed = await asyncio.to_thread(overview, looked, ctx) or listing(files, ctx.window // 4, ctx.count)
    asked = await ctx.ask(
        Question(
            node="planner",
            head=opened["head"],
            sections=planner_sections(
                request,
                mode=state["mode"],
                files_listing=listed,
                notes_changed=ctx.read_notes() if opened["notes_due"] else "",
                notice="\n".join(opened["notices"]),
                window=ctx.window,
                count=ctx.count,
                templates=ctx.templates,
            ),
            reply_room=PLAN_ROOM,
            sampling=planning_sampling(ctx.profile_of("planner")),
            schema=plan_schema(state["mode"], asks=not state.get("typed")),
            pictures=pictures_due(state),
        ),
        partial(_read_plan, mode=state["mode"]),
        unpack_usage(state.get("usage")),
        ctx.emit,
    )
    plan = _grounded(asked.value, files, named, state, ctx)
    ctx.emit(PlanReady(plan, made=True))
    update: StateUpdate = {
        "head": asked.head,
        "notices": [],
        "notes_due": False,
        "listed": hashlib.sha256(listed.encode()).hexdigest(),
        "plan": pack_plan(plan),
        "planned": True,
        "said": list(asked.kept),
        "files": list(plan.files),
        "usage": pack_usage(asked.usage),
    }
    if plan.question:
        asked_back = Clarification(plan.question, plan.choices)
        update |= {"status": "needs_answer", "answer": ctx.store.put_text(asked_back.shown())}
    return update | _ended(plan, state, ctx)


async def _plan_simply(
    state: ChatState, ctx: NodeContext, opened: StateUpdate, request: str, named: Sequence[str]
) -> StateUpdate:
    """Ask a model that cannot write a plan for one word; the plan is one step then, the request itself."""
    asked: Answer[PlanKind] = await ctx.ask(
        Question(
            node="planner",
            head=opened["head"],
            sections=simple_planner_sections(request, count=ctx.count, templates=ctx.templates),
            reply_room=KIND_ROOM,
            sampling=planning_sampling(ctx.profile_of("planner")),
            schema=dict(KIND_SCHEMA),
            pictures=pictures_due(state),
        ),
        _read_kind,
        unpack_usage(state.get("usage")),
        ctx.emit,
    )
    plan = Plan(_allowed(asked.value, state["mode"], state, ctx), (request,), tuple(named), state["mode"])
    ctx.emit(PlanReady(plan, made=True))
    return {
        "head": asked.head,
        "plan": pack_plan(plan),
        "planned": True,
        "said": list(asked.kept),
        "files": list(plan.files),
        "usage": pack_usage(asked.usage),
    } | _ended(plan, state, ctx)


def _ended(plan: Plan, state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Return the end of a turn that was to come to a plan and no further, {} for every other."""
    if not state.get("plan_only") or plan.question:
        return {}
    files = f"\n\nFiles: {', '.join(f'`{path}`' for path in plan.files)}" if plan.files else ""
    return {"status": "done", "answer": ctx.store.put_text(plan_part(plan.steps).text + files)}


def _by_rules(state: ChatState, ctx: NodeContext, request: str, named: Sequence[str], looked: Looked) -> Plan | None:
    if state["depth"] == "full" or state.get("plan_only"):
        return None
    # A definition that is named beyond doubt tells the place of a change as well as a file.
    found = route(request, [*named, *looked.mentioned.paths], _earlier(state), in_view=bool(state.get("added")))
    if found is None and state["depth"] != "fast" and not state.get("reads_only"):
        return None
    kind = _allowed(found.kind if found is not None else "change", state["mode"], state, ctx)
    there = set(ctx.list_files()) if found is not None and found.files else frozenset()
    files = (*named, *(path for path in (found.files if found else ()) if path in there))
    return Plan(kind=kind, steps=(request,), files=files, mode=state["mode"])


def _allowed(kind: PlanKind, mode: ModeName, state: ChatState, ctx: NodeContext) -> PlanKind:
    """Return what kind of turn it may be: nothing is changed in a mode, or a turn, that only reads."""
    return kind if ctx.modes.of(mode).edits and not state.get("reads_only") else "answer"


def _earlier(state: ChatState) -> Earlier | None:
    earlier = state.get("earlier")
    return None if not earlier else Earlier(earlier["kind"], tuple(earlier["files"]))


def _read_plan(reply: str, finish: FinishReason, mode: ModeName) -> Plan | Correction:
    try:
        return parse_plan(reply, finish, mode)
    except (JSONParsingError, ModelOutputInvalidError) as error:
        return Correction(reask_text(error))


def _read_kind(reply: str, finish: FinishReason) -> PlanKind | Correction:
    try:
        return parse_kind(reply, finish)
    except (JSONParsingError, ModelOutputInvalidError) as error:
        return Correction(reask_text(error))


def _grounded(plan: Plan, files: Sequence[str], named: Sequence[str], state: ChatState, ctx: NodeContext) -> Plan:
    """Keep of a plan what holds: files that exist, and no edits in a mode that is read-only."""
    there = set(files)
    wanted = dict.fromkeys([*named, *(path for path in plan.files if path in there)])
    # The user's choice of a mode binds; only the default leaves the planner a choice.
    mode = plan.mode if state["mode"] == OPEN_MODE else state["mode"]
    return Plan(
        kind=_allowed(plan.kind, mode, state, ctx),
        steps=plan.steps,
        files=tuple(wanted),
        mode=mode,
        # Who has just answered a question is not asked another one.
        question="" if state.get("typed") else plan.question,
        choices=() if state.get("typed") else plan.choices,
    )
