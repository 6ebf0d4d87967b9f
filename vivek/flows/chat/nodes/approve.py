"""The only interrupt: the whole diff with its check result, a command, or trust in one, decided by the user."""

from typing import Any

from vivek.flows.chat.packing import Packed, changes_of, unpack_change_set, unpack_concerns
from vivek.flows.chat.points import with_point
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.sensitive import sensitive_paths

ALWAYS = ("edits", "all")
"""Policies under which edits are applied without asking."""


async def approve_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Wait for a decision; nothing happens before it, because a resumed node runs again from its top."""
    question = state.get("question")
    if question:
        return _answered(question, ctx.ask_user({"question": question}), ctx)
    said: dict[str, Any] = (
        {"approved": True} if _unasked(state, ctx) else ctx.ask_user({"change_set": state["change_set"]})
    )
    approved = bool(said.get("approved"))
    reason = str(said.get("reason") or "")
    files = said.get("files")
    decision = {
        "approved": approved,
        "files": None if files is None else [str(path) for path in files],
        "edited": {str(path): str(digest) for path, digest in (said.get("edited") or {}).items()},
    }
    if approved:
        return {"decision": decision}
    points = with_point(state, f"the user did not want the change: {reason}") if reason else state.get("points") or []
    if reason and state.get("steps", 0) < ctx.profile.step_limit:
        told = f"The user does not want this change: {reason}"
        return {"decision": decision, "notices": [told], "points": points}
    why = f": {reason}" if reason else "."
    refused = f"The user declined the change, so it was not applied{why}"
    notices = [*(state.get("notices") or ()), refused]
    return {"decision": decision, "status": "declined", "notices": notices, "points": points}


def _unasked(state: ChatState, ctx: NodeContext) -> bool:
    """Tell whether the user lets a change like this be applied without asking.

    One that is doubtful, deletes, or touches what runs later is asked for even then.
    """
    if ctx.policy not in ALWAYS:
        return False
    changes = changes_of(unpack_change_set(state["change_set"] or {}), applied=False)
    return ctx.policy == "all" or not sensitive_paths(changes, unpack_concerns(state.get("concerns") or []))


def _answered(question: Packed, said: dict[str, Any], ctx: NodeContext) -> StateUpdate:
    """Hand on the answer to a question on trust or on a command; it is not saved with the thread."""
    approved, always = bool(said.get("approved")), bool(said.get("always"))
    reason = str(said.get("reason") or "")
    if question["kind"] == "trust":
        ctx.bench.trust(question["command"], question["source"], approved=approved, always=always)
    else:
        ctx.bench.hear(question["key"], "yes" if approved else f"no: {reason}" if reason else "no")
        if approved and always and question["remember"]:
            ctx.bench.allow(question["remember"])
    return {"question": None}
