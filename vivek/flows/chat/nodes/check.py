"""Proves the staged change before it is offered: does it parse, is it sound, do the project's own checks pass."""

from vivek.edits.codec import Undecodable, decode
from vivek.flows.chat.checking import run_checks
from vivek.flows.chat.packing import pack_check, pack_concern, unpack_change_set
from vivek.flows.chat.progress import CIRCLES, digest, repeats
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.checks import Check
from vivek.schema.concerns import Concern
from vivek.schema.edits import ChangeSet
from vivek.schema.events import CheckDone
from vivek.syntax.check import can_check, parse_error

_OLD = "This check fails in the same way without your change."


async def check_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Check what is staged, the cheapest first; a red check goes back to the executor while steps are left."""
    change_set = unpack_change_set(state["change_set"] or {})
    checks = [_parse_check(change_set, ctx)]
    concerns = _doubts(change_set, state, ctx)
    blocked = [concern for concern in concerns if concern.level == "block"]
    old = False
    if checks[0].status != "failed" and not blocked:
        checked = await run_checks(state, ctx)
        if checked.question is not None:
            return {"question": checked.question, "back": "check"}
        checks += checked.checks
        old = checked.old
    for check in checks:
        ctx.emit(CheckDone(check))
    evidence = _evidence(checks, blocked, old=old)
    update: StateUpdate = {
        "checks": [pack_check(check) for check in checks],
        "concerns": [pack_concern(concern) for concern in concerns],
        "question": None,
        "back": "",
        "evidence": "",
    }
    if not evidence:
        return update
    now = digest("check", evidence, {})
    before = repeats(state.get("seen") or (), now)
    update["seen"] = [*(state.get("seen") or ()), now]
    # What fails without the change as well is told once; what does not move is left to the user's own eyes.
    if state.get("steps", 0) < ctx.profile.step_limit and before < (1 if old else CIRCLES):
        update["evidence"] = evidence
    return update


def _evidence(checks: list[Check], blocked: list[Concern], *, old: bool) -> str:
    lines = [f"{check.name} failed: {check.detail}" for check in checks if check.status == "failed"]
    lines += [f"{concern.path}: {concern.text}" for concern in blocked]
    return "\n".join([*lines, _OLD] if old else lines)


def _doubts(change_set: ChangeSet, state: ChatState, ctx: NodeContext) -> tuple[Concern, ...]:
    before = {edit.path: ctx.stage.before(edit) for edit in change_set.edits}
    after = {edit.path: ctx.stage.after(edit) for edit in change_set.edits}
    reply = ctx.store.get_text(state["answer"]) if state.get("answer") else ""
    return ctx.bench.doubts(before, after, request=ctx.store.get_text(state["request"]), reply=reply)


def _parse_check(change_set: ChangeSet, ctx: NodeContext) -> Check:
    errors = []
    checked = 0
    for edit in change_set.edits:
        if edit.after is None or not can_check(edit.path):
            continue
        checked += 1
        text = decode(ctx.store.get(edit.after))
        error = text.reason if isinstance(text, Undecodable) else parse_error(edit.path, text.text)
        if error is not None:
            errors.append(f"{edit.path}: {error}")
    if errors:
        return Check("parse", "failed", "\n".join(errors))
    if not checked:
        return Check("parse", "skipped", "no parser for these files")
    return Check("parse", "passed", f"{checked} of {len(change_set.edits)} files parsed")
