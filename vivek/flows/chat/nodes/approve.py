"""The only interrupt: the whole diff with its check result, decided by the user."""

from typing import Any

from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext

ALWAYS = ("edits", "all")
"""Policies under which edits are applied without asking."""


async def approve_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Wait for a decision; nothing happens before it, because a resumed node runs again from its top."""
    said: dict[str, Any] = (
        {"approved": True} if ctx.policy in ALWAYS else ctx.ask_user({"change_set": state["change_set"]})
    )
    approved = bool(said.get("approved"))
    reason = str(said.get("reason") or "")
    files = said.get("files")
    decision = {"approved": approved, "files": None if files is None else [str(path) for path in files]}
    if approved:
        return {"decision": decision}
    if reason and state.get("steps", 0) < ctx.profile.step_limit:
        return {"decision": decision, "notices": [f"The user does not want this change: {reason}"]}
    why = f": {reason}" if reason else "."
    refused = f"The user declined the change, so it was not applied{why}"
    return {"decision": decision, "status": "declined", "notices": [*(state.get("notices") or ()), refused]}
