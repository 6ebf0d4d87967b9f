"""One model call of the work itself: an answer in prose, edits, or requests for what it must see or try first."""

import hashlib
from collections.abc import Sequence

from vivek.edits.engine import Outcome, read_reply
from vivek.edits.feedback import NOT_SHOWN
from vivek.flows.chat.desk import Desk, files_of, lay_out
from vivek.flows.chat.formats import WHOLE, EditFormats, choose_formats
from vivek.flows.chat.packing import pack_usage, unpack_plan, unpack_usage
from vivek.flows.chat.requests import results_of
from vivek.flows.chat.state import ChatState, StateUpdate, pictures_due
from vivek.flows.chat.work import Work, WorkReader, read_calls
from vivek.flows.context import Answer, Correction, NodeContext, Question
from vivek.prompts.build import executor_sections, listing
from vivek.prompts.steps import ExecutorStep
from vivek.providers.profiles import code_sampling
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import EditRefused, Notice
from vivek.schema.plan import Plan
from vivek.schema.tools import ToolCall
from vivek.tools.registry import load_tool

CORRECTIONS = 2
"""Times an unusable edit may be mended in one step; not counted as steps."""

LISTING_SHARE = 8
"""The list of files may take one part in so many of the window."""

GROWTH = 1.25
"""A rewritten file is expected to be at most this much longer."""

PATCH_ROOM = 1_024
"""Tokens that the edits of one file may take when it is not given whole."""

WHOLE_SHARE = 3
"""An edit that failed is asked for as a whole file only if that takes less than one part in so many of the window."""

_LAST = "This is the last step of this turn: give the edits or the answer now, no more requests."


async def execute_step(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Ask the model for the next piece of work and sort out what it gave."""
    steps = state.get("steps", 0) + 1
    plan = unpack_plan(state["plan"] or {})
    desk = lay_out(state, ctx)
    outlines = [path for path in desk.large if path not in (state.get("partly") or {})]
    if outlines:  # no model is needed to know that it must look closer
        return {"asks": [{"tool": "read", "argument": path} for path in outlines], "proposed": {}}
    formats = choose_formats(desk, state.get("told") or (), ctx)
    listed = _listing(state, ctx, desk)
    exists = frozenset(files_of(state, ctx))
    reader = WorkReader(desk, exists, formats.by_path, ctx.window // WHOLE_SHARE)

    def read_answer(reply: str, finish: FinishReason) -> Work | Correction:
        """Read a reply of a turn that changes nothing: whatever it looks like, only requests are acted on."""
        outcome = read_reply(reply, current=desk.current, exists=exists, shown=frozenset(desk.current))
        calls = () if outcome.needs or outcome.asks or finish != "stop" else read_calls(reply)
        looking = tuple(call for call in calls if isinstance(call, ToolCall) and load_tool(call.name).RISK != "edit")
        said = Outcome(files={}, needs=outcome.needs, refusals=(), prose=reply, asks=outcome.asks)
        return Work(said, calls=looking)

    asked = await ctx.ask(
        Question(
            node="executor",
            head=state["head"],
            sections=_sections(state, ctx, plan, desk, listed, formats),
            reply_room=_reply_room(ctx, plan, formats, desk),
            sampling=code_sampling(ctx.profile) if plan.kind == "change" else ctx.profile.sampling,
            corrections=CORRECTIONS,
            whole=plan.kind == "change",
            pictures=pictures_due(state),
        ),
        reader if plan.kind == "change" else read_answer,
        unpack_usage(state.get("usage")),
        ctx.emit,
    )
    spent: StateUpdate = {"steps": steps, "usage": pack_usage(asked.usage)}
    unseen = _unseen(asked, desk, ctx)
    if unseen and steps < ctx.profile.step_limit:
        return spent | _show_first(state, unseen, ctx)
    if "files" in asked.kept:
        spent["listed"] = _digest(listed)
    if asked.spooled:
        hint = f"`vivek threads show {ctx.thread_id}` prints all of it."
        ctx.emit(Notice("The reply is very long: the conversation goes on with its beginning and its end.", hint=hint))
    done = spent | {
        "head": asked.head,
        "spooled": asked.spooled,
        "said": [*(state.get("said") or ()), *asked.kept],
        "told": list(formats.told) if "format" in asked.kept else list(state.get("told") or ()),
        "shown": _now_shown(state, desk, asked.kept),
        "evidence": "",
        "results": [],
        "notices": [],
        "notes_due": False,
        "proposed": {},
        "asks": [],
    }
    return done | _sorted_out(asked, state, ctx, unseen)


def _sections(
    state: ChatState, ctx: NodeContext, plan: Plan, desk: Desk, listed: str, formats: EditFormats
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
    )
    return executor_sections(step, ctx.count)


def _listing(state: ChatState, ctx: NodeContext, desk: Desk) -> str:
    """Return the list of files where the model has no other way to know one; "" if it was told already."""
    if desk.current:
        return ""
    listed = listing(ctx.list_files(), ctx.window // LISTING_SHARE, ctx.count)
    return "" if state.get("listed") == _digest(listed) else listed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _reply_room(ctx: NodeContext, plan: Plan, formats: EditFormats, desk: Desk) -> int:
    """Room for what may be emitted: prose, and for a change the files it may rewrite."""
    room = ctx.profile.prose_tokens
    if plan.kind != "change":
        return room
    whole = sum(size for path, size in desk.sizes.items() if formats.by_path[path] == WHOLE)
    patched = sum(min(size, PATCH_ROOM) for path, size in desk.sizes.items() if formats.by_path[path] != WHOLE)
    return room + int(GROWTH * whole) + patched


def _unseen(asked: Answer[Work], desk: Desk, ctx: NodeContext) -> list[str]:
    """Return the files that were edited although their text did not lie before the model."""
    outcome = asked.value.outcome
    refused = [refusal.path for refusal in outcome.refusals if refusal.reason == NOT_SHOWN]
    left_out = [path for path in outcome.files if f"file:{path}" in asked.dropped]
    # A file that git ignores is in no list, but it is there.
    unlisted = [path for path in outcome.files if path not in desk.current and ctx.files.read(path) is not None]
    return list(dict.fromkeys([*refused, *left_out, *unlisted]))


def _now_shown(state: ChatState, desk: Desk, kept: Sequence[str]) -> dict[str, str]:
    """Return what the transcript holds after this step: path to hash."""
    added = {path: digest for path, digest in desk.hashes.items() if f"file:{path}" in kept}
    return {**(state.get("shown") or {}), **added}


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
            "placed": {path: list(notes) for path, notes in outcome.notes.items()},
            "answer": ctx.store.put_text(outcome.prose),
        }
    if outcome.needs or outcome.asks or asked.value.calls:
        if steps >= ctx.profile.step_limit:
            return _stopped("the model still asks for files", asked, ctx)
        wanted = [*(state.get("files") or ()), *(need.path for need in outcome.needs)]
        return {
            "files": list(dict.fromkeys(wanted)),
            "asks": [
                *({"tool": ask.tool, "argument": ask.argument} for ask in outcome.asks),
                *({"tool": call.name, "arguments": call.arguments} for call in asked.value.calls),
            ],
        }
    if asked.cut:
        return _stopped(asked.cut, asked, ctx)
    if state.get("staged"):
        # Nothing more to edit: what is staged goes on to the user.
        return {"proposed": dict(state.get("staged") or {}), "answer": ctx.store.put_text(outcome.prose)}
    return {"status": "done", "answer": ctx.store.put_text(outcome.prose)}


def _stopped(why: str, asked: Answer[Work], ctx: NodeContext) -> StateUpdate:
    ctx.emit(Notice(f"The turn is incomplete: {why}.", hint="Ask for less at once, or name the files it needs."))
    return {"status": "incomplete", "answer": ctx.store.put_text(asked.text)}
