"""Runs the cheapest check on the staged change: does each file parse."""

from vivek.edits.codec import Undecodable, decode
from vivek.flows.chat.state import ChatState, StateUpdate, pack_check, unpack_change_set
from vivek.flows.context import NodeContext
from vivek.schema.checks import Check
from vivek.schema.edits import ChangeSet
from vivek.schema.events import CheckDone
from vivek.syntax.check import can_check, parse_error

TESTS_SKIPPED = "this version runs no commands"


async def check_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Check what is staged; a red check goes back to the executor while steps are left."""
    change_set = unpack_change_set(state["change_set"] or {})
    checks = [_parse_check(change_set, ctx), Check("tests", "skipped", TESTS_SKIPPED)]
    for check in checks:
        ctx.emit(CheckDone(check))
    red = [check for check in checks if check.status == "failed"]
    evidence = ""
    if red and state.get("steps", 0) < ctx.profile.step_limit:
        evidence = "\n".join(f"{check.name} failed: {check.detail}" for check in red)
    return {"checks": [pack_check(check) for check in checks], "evidence": evidence}


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
