"""One model call of the work itself: an answer in prose, whole files, or the need for a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from vivek.edits.codec import Undecodable, decode
from vivek.edits.engine import Outcome, read_reply
from vivek.edits.feedback import NOT_SHOWN
from vivek.flows.chat.state import ChatState, StateUpdate, pack_usage, pictures_due, unpack_plan, unpack_usage
from vivek.flows.context import Answer, Correction, NodeContext, Question
from vivek.prompts.build import ExecutorStep, ShownFile, executor_sections, listing
from vivek.providers.profiles import code_sampling
from vivek.schema.budget import Section
from vivek.schema.chunk import FinishReason
from vivek.schema.events import EditRefused, Notice
from vivek.schema.plan import Plan

CORRECTIONS = 2
"""Times an unusable edit may be mended in one step; not counted as steps."""

LISTING_SHARE = 8
"""The list of files may take one part in so many of the window."""

GROWTH = 1.25
"""A rewritten file is expected to be at most this much longer."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What lies before the model in this step.

    Attributes:
        fresh: What is to be shown now, by path.
        hashes: Hashes of the fresh texts' files, by path.
        current: Bytes of every file it has seen in its present form, by path.
        sizes: Tokens of the same files, by path.
        remarks: Why a wanted file is not among them.
    """

    fresh: dict[str, ShownFile] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    current: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


async def execute_step(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Ask the model for the next piece of work and sort out what it gave."""
    steps = state.get("steps", 0) + 1
    plan = unpack_plan(state["plan"] or {})
    desk = _lay_out(state, ctx)
    listed = _listing(state, ctx, desk)
    exists = frozenset(ctx.list_files())

    def read(reply: str, finish: FinishReason) -> Outcome | Correction:
        if plan.kind == "answer":
            return _read_answer(reply, desk, exists)
        return _read(reply, finish, desk, exists)

    asked = await ctx.ask(
        Question(
            node="executor",
            head=state["head"],
            sections=_sections(state, ctx, plan, desk, listed),
            reply_room=_reply_room(ctx, plan, desk),
            sampling=code_sampling(ctx.profile) if plan.kind == "change" else ctx.profile.sampling,
            corrections=CORRECTIONS,
            whole=plan.kind == "change",
            pictures=pictures_due(state),
        ),
        read,
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
        "shown": _now_shown(state, desk, asked.kept),
        "evidence": "",
        "notices": [],
        "notes_due": False,
        "proposed": {},
        "change_set": None,
        "checks": [],
        "diff": "",
    }
    return done | _sorted_out(asked, state, ctx, unseen)


def _lay_out(state: ChatState, ctx: NodeContext) -> _Desk:
    """Read the wanted files; a text is fresh when the transcript does not hold it in this form."""
    desk = _Desk()
    shown = state.get("shown") or {}
    for path in dict.fromkeys([*(state.get("files") or ()), *shown]):
        data = ctx.files.read(path)
        if data is None:
            if path in shown:
                desk.remarks.append(f"{path} no longer exists; its older text is stale.")
            continue
        text = decode(data)
        if isinstance(text, Undecodable):
            desk.remarks.append(f"{path} cannot be shown: {text.reason}")
            continue
        digest = hashlib.sha256(data).hexdigest()
        if shown.get(path) == digest:
            desk.current[path] = data
            desk.sizes[path] = ctx.count(text.plain)
        elif path in (state.get("files") or ()):
            desk.fresh[path] = ShownFile(path, text.plain, again=path in shown)
            desk.hashes[path] = digest
            desk.sizes[path] = ctx.count(text.plain)
            desk.current[path] = data
        else:
            desk.remarks.append(f"{path} has changed since you saw it; ask for it before you edit it.")
    return desk


def _sections(state: ChatState, ctx: NodeContext, plan: Plan, desk: _Desk, listed: str) -> Sequence[Section]:
    said = state.get("said") or ()
    step = ExecutorStep(
        plan,
        request="" if "request" in said else ctx.store.get_text(state["request"]),
        list_plan=bool(state.get("planned")) and "plan" not in said,
        files=tuple(desk.fresh.values()),
        files_listing=listed,
        evidence=state.get("evidence") or "",
        notes_changed=ctx.read_notes() if state.get("notes_due") else "",
        notice="\n".join([*(state.get("notices") or ()), *desk.remarks]),
    )
    return executor_sections(step, ctx.count)


def _listing(state: ChatState, ctx: NodeContext, desk: _Desk) -> str:
    """Return the list of files where the model has no other way to know one; "" if it was told already."""
    if desk.current:
        return ""
    listed = listing(ctx.list_files(), ctx.window // LISTING_SHARE, ctx.count)
    return "" if state.get("listed") == _digest(listed) else listed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _reply_room(ctx: NodeContext, plan: Plan, desk: _Desk) -> int:
    """Room for what may be emitted: prose, and for a change the files it may rewrite."""
    room = ctx.profile.prose_tokens
    if plan.kind == "change":
        room += int(GROWTH * sum(desk.sizes.values()))
    return room


def _read(reply: str, finish: FinishReason, desk: _Desk, exists: frozenset[str]) -> Outcome | Correction:
    outcome = read_reply(
        reply, current=desk.current, exists=exists, shown=frozenset(desk.current), complete=finish == "stop"
    )
    if finish != "stop":
        return outcome
    mendable = [refusal for refusal in outcome.refusals if refusal.reason != NOT_SHOWN]
    if mendable:
        return Correction("\n\n".join(refusal.feedback for refusal in mendable))
    return outcome


def _read_answer(reply: str, desk: _Desk, exists: frozenset[str]) -> Outcome:
    """Read a reply of a turn that changes nothing: whatever it looks like, only a need for a file is acted on."""
    needs = read_reply(reply, current=desk.current, exists=exists, shown=frozenset(desk.current)).needs
    return Outcome(files={}, needs=needs, refusals=(), prose=reply)


def _unseen(asked: Answer[Outcome], desk: _Desk, ctx: NodeContext) -> list[str]:
    """Return the files that were edited although their text did not lie before the model."""
    refused = [refusal.path for refusal in asked.value.refusals if refusal.reason == NOT_SHOWN]
    left_out = [path for path in asked.value.files if f"file:{path}" in asked.dropped]
    # A file that git ignores is in no list, but it is there.
    unlisted = [path for path in asked.value.files if path not in desk.current and ctx.files.read(path) is not None]
    return list(dict.fromkeys([*refused, *left_out, *unlisted]))


def _now_shown(state: ChatState, desk: _Desk, kept: Sequence[str]) -> dict[str, str]:
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


def _sorted_out(asked: Answer[Outcome], state: ChatState, ctx: NodeContext, unseen: Sequence[str]) -> StateUpdate:
    outcome = asked.value
    steps = state.get("steps", 0) + 1
    if unseen:
        return _stopped(f"the model writes files that it has not seen: {', '.join(unseen)}", asked, ctx)
    if outcome.files:
        proposed = {path: None if data is None else ctx.store.put(data) for path, data in outcome.files.items()}
        return {"proposed": proposed, "answer": ctx.store.put_text(outcome.prose)}
    if outcome.needs and steps < ctx.profile.step_limit:
        wanted = [*(state.get("files") or ()), *(need.path for need in outcome.needs)]
        return {"files": list(dict.fromkeys(wanted))}
    if outcome.needs:
        return _stopped("the model still asks for files", asked, ctx)
    if asked.cut:
        return _stopped(asked.cut, asked, ctx)
    return {"status": "done", "answer": ctx.store.put_text(outcome.prose)}


def _stopped(why: str, asked: Answer[Outcome], ctx: NodeContext) -> StateUpdate:
    ctx.emit(Notice(f"The turn is incomplete: {why}.", hint="Ask for less at once, or name the files it needs."))
    return {"status": "incomplete", "answer": ctx.store.put_text(asked.text)}
