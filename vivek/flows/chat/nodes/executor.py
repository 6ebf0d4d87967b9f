"""One model call of the work itself: an answer in prose, edits, or requests for what it must see or try first."""

import hashlib
from collections.abc import Sequence
from typing import cast

from vivek.edits.feedback import NOT_SHOWN
from vivek.errors import ContextWindowExceededError
from vivek.flows.chat.desk import Desk, files_of, lay_out
from vivek.flows.chat.doubts import Doubts
from vivek.flows.chat.formats import EditFormats, choose_formats
from vivek.flows.chat.found import lay_found, now_found, section_of
from vivek.flows.chat.generations import make_room
from vivek.flows.chat.helping import Help, help_for, tell_help
from vivek.flows.chat.packing import pack_placed, pack_usage, unpack_plan, unpack_usage
from vivek.flows.chat.requests import results_of
from vivek.flows.chat.state import ChatState, StateUpdate, pictures_due
from vivek.flows.chat.work import AnswerReader, Work, WorkReader, edited_by_quoting
from vivek.flows.context import Answer, NodeContext, Question
from vivek.prompts.build import executor_sections
from vivek.prompts.modes import in_mode
from vivek.prompts.parts import listing
from vivek.prompts.steps import ExecutorStep
from vivek.providers.profiles import code_sampling
from vivek.schema.budget import Section
from vivek.schema.events import EditRefused, Notice
from vivek.schema.index import Snippet
from vivek.schema.plan import Plan

CORRECTIONS = 2
"""Times an unusable edit may be mended in one step; not counted as steps."""

LISTING_SHARE = 8
"""The list of files may take one part in so many of the window."""

WHOLE_SHARE = 3
"""An edit that failed is asked for as a whole file only if that takes less than one part in so many of the window."""

_LAST = "This is the last step of this turn: give the edits or the answer now, no more requests."


async def execute_step(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Ask the model for the next piece of work and sort out what it gave; room is made where nothing would fit."""
    try:
        return await _step(state, ctx)
    except ContextWindowExceededError as error:
        again = make_room(error, state, ctx)
        if again is None:
            raise
        room, narrower = again
        return room | await _step(cast("ChatState", {**state, **room}), narrower)


async def _step(state: ChatState, ctx: NodeContext) -> StateUpdate:
    steps = state.get("steps", 0) + 1
    plan = unpack_plan(state["plan"] or {})
    desk = lay_out(state, ctx)
    outlines = [path for path in desk.large if path not in (state.get("partly") or {})]
    if outlines:  # no model is needed to know that it must look closer
        return {"asks": [{"tool": "read", "argument": path} for path in outlines], "proposed": {}}
    found = lay_found(desk, state, ctx)
    formats = choose_formats(desk, state.get("told") or (), ctx)
    listed = "" if desk.current or found else _listing(state, ctx)
    exists = frozenset(files_of(state, ctx))
    request = ctx.store.get_text(state["request"])
    shown = (*desk.current, *(each.path for each in found)) if plan.kind == "change" else None
    doubts = Doubts(exists, request, ctx.templates, shown) if ctx.aids.correction else None
    reader = WorkReader(desk, exists, formats.by_path, ctx.window // WHOLE_SHARE, doubts)

    profile = in_mode(ctx.profile, ctx.modes.of(plan.mode))
    answer = AnswerReader(desk, exists, doubts)
    helped = help_for(state, ctx, plan, results_of(state, ctx))
    asked = await ctx.ask(
        Question(
            node="executor",
            head=state["head"],
            sections=_sections(state, ctx, plan, desk, listed, formats, found, helped),
            reply_room=ctx.profile.prose_tokens + (formats.room(desk.sizes) if plan.kind == "change" else 0),
            sampling=code_sampling(profile) if plan.kind == "change" else profile.sampling,
            corrections=CORRECTIONS,
            whole=plan.kind == "change",
            pictures=pictures_due(state),
        ),
        reader if plan.kind == "change" else answer,
        unpack_usage(state.get("usage")),
        ctx.emit,
    )
    spent: StateUpdate = {"steps": steps, "usage": pack_usage(asked.usage)}
    unseen = _unseen(asked, reader, ctx, found)
    if unseen and steps < ctx.profile.step_limit:
        return spent | _show_first(state, unseen, ctx)
    if "files" in asked.kept:
        spent["listed"] = _digest(listed)
    if asked.spooled:
        hint = f"`vivek threads show {ctx.thread_id}` prints all of it."
        ctx.emit(Notice("The reply is very long: the conversation goes on with its beginning and its end.", hint=hint))
    tell_help(helped, asked.kept, ctx)
    done = spent | {
        "head": asked.head,
        "oriented": bool(state.get("oriented")) or "orientation" in asked.kept,
        "spooled": asked.spooled,
        "said": [*(state.get("said") or ()), *asked.kept],
        "told": list(formats.told) if "format" in asked.kept else list(state.get("told") or ()),
        "shown": _now_shown(state, desk, [name for name in asked.kept if name not in asked.shrunk]),
        **_with_shortened(now_found(found, asked.kept, desk, state), desk, asked.shrunk),
        "files": _still_wanted(state, asked),
        "evidence": "",
        "results": [],
        "notices": [],
        "notes_due": False,
        "proposed": {},
        "asks": [],
    }
    return done | _sorted_out(asked, state, ctx, unseen)


def _sections(
    state: ChatState,
    ctx: NodeContext,
    plan: Plan,
    desk: Desk,
    listed: str,
    formats: EditFormats,
    found: tuple[Snippet, ...],
    helped: Help,
) -> Sequence[Section]:
    said = state.get("said") or ()
    last = [_LAST] if state.get("steps", 0) + 1 == ctx.profile.step_limit else []
    step = ExecutorStep(
        plan,
        request="" if "request" in said else ctx.store.get_text(state["request"]),
        list_plan=bool(state.get("planned")) and "plan" not in said,
        files=tuple(desk.fresh.values()),
        files_listing=listed,
        evidence=state.get("evidence") or "",
        notes_changed=ctx.read_notes() if state.get("notes_due") else "",
        notice="\n".join([*(state.get("notices") or ()), *desk.remarks, *last]),
        results=results_of(state, ctx),
        edit_format=formats.words,
        format_text=formats.text,
        snippets=found,
        card=helped.advice,
        card_name=helped.name,
        orientation=helped.facts,
        window=ctx.window,
    )
    return executor_sections(step, ctx.count, ctx.templates, ctx.modes)


def _listing(state: ChatState, ctx: NodeContext) -> str:
    """Return a map or a list of the files, for a model that has no other way to know one; "" if it was told already."""
    drawn = state.get("overview")
    listed = ctx.store.get_text(drawn) if drawn else listing(ctx.list_files(), ctx.window // LISTING_SHARE, ctx.count)
    return "" if state.get("listed") == _digest(listed) else listed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _unseen(asked: Answer[Work], reader: WorkReader, ctx: NodeContext, found: Sequence[Snippet]) -> list[str]:
    """Return the files that were edited although their text did not lie before the model."""
    outcome, desk = asked.value.outcome, reader.desk
    refused = [refusal.path for refusal in outcome.refusals if refusal.reason == NOT_SHOWN]
    left_out = [path for path in outcome.files if f"file:{path}" in asked.dropped]
    shortened = [path for path in outcome.files if f"file:{path}" in asked.shrunk]
    quoted = edited_by_quoting(asked.text, outcome, shortened, reader)
    left_out += [path for path in shortened if path not in quoted]
    parts = [each for each in found if each.line]
    seen = {each.path for each in parts if section_of(each) in asked.kept}
    left_out += [each.path for each in parts if each.path in outcome.files and each.path not in seen]
    # A file that git ignores is in no list, but it is there.
    unlisted = [path for path in outcome.files if path not in desk.current and ctx.files.read(path) is not None]
    return list(dict.fromkeys([*refused, *left_out, *unlisted]))


def _now_shown(state: ChatState, desk: Desk, kept: Sequence[str]) -> dict[str, str]:
    """Return what the transcript holds after this step: path to hash."""
    added = {path: digest for path, digest in desk.hashes.items() if f"file:{path}" in kept}
    return {**(state.get("shown") or {}), **added}


def _still_wanted(state: ChatState, asked: Answer[Work]) -> list[str]:
    """Return the files to be shown from now on: one that had no room as a whole is not tried again unasked."""
    return [path for path in state.get("files") or () if f"file:{path}" not in asked.shrunk]


def _with_shortened(held: StateUpdate, desk: Desk, shrunk: Sequence[str]) -> StateUpdate:
    """Return what the transcript holds with the files that were said in a shorter form: parts of them."""
    added = {path: digest for path, digest in desk.hashes.items() if f"file:{path}" in shrunk}
    return {**held, "partly": {**held["partly"], **added}}


def _show_first(state: ChatState, unseen: Sequence[str], ctx: NodeContext) -> StateUpdate:
    """An edit of a file the model has not seen is not taken: the file is shown and the step repeated."""
    for path in unseen:
        ctx.emit(EditRefused(path, "the model had not seen this file; it is shown now"))
    remark = f"You wrote {', '.join(unseen)} without having seen it. Here is its text."
    return {
        "files": list(dict.fromkeys([*unseen, *(state.get("files") or ())])),
        "notices": [*(notice for notice in state.get("notices") or () if notice != remark), remark],
    }


def _sorted_out(asked: Answer[Work], state: ChatState, ctx: NodeContext, unseen: Sequence[str]) -> StateUpdate:
    outcome = asked.value.outcome
    steps = state.get("steps", 0) + 1
    if unseen:
        return _stopped(f"the model writes files that it has not seen: {', '.join(unseen)}", asked, ctx)
    if outcome.files:
        proposed = {path: None if data is None else ctx.store.put(data) for path, data in outcome.files.items()}
        return {
            "proposed": proposed,
            "unsaid": sorted(asked.value.unsaid),
            "placed": pack_placed(state.get("placed"), outcome.notes),
            "answer": ctx.store.put_text(outcome.prose),
        }
    if outcome.needs or outcome.asks or asked.value.calls:
        if steps >= ctx.profile.step_limit:
            return _stopped("the model still asks for files", asked, ctx)
        return {
            "files": list(dict.fromkeys([*_still_wanted(state, asked), *(need.path for need in outcome.needs)])),
            "asks": [
                *({"tool": ask.tool, "argument": ask.argument} for ask in outcome.asks),
                *({"tool": call.name, "arguments": call.arguments} for call in asked.value.calls),
            ],
        }
    if asked.cut:
        return _stopped(asked.cut, asked, ctx)
    answer = ctx.store.put_text(outcome.prose)
    staged = dict(state.get("staged") or {})  # nothing more to edit: it goes on to the user
    return {"answer": answer, "proposed": staged} if staged else {"answer": answer, "status": "done"}


def _stopped(why: str, asked: Answer[Work], ctx: NodeContext) -> StateUpdate:
    ctx.emit(Notice(f"The turn is incomplete: {why}.", hint="Ask for less at once, or name the files it needs."))
    return {"status": "incomplete", "answer": ctx.store.put_text(asked.text)}
