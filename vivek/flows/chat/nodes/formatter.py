"""Ends a turn: what the user is told, kept in the thread's log; no model call."""

from vivek.flows.chat.state import ChatState, StateUpdate, unpack_change_set
from vivek.flows.context import NodeContext
from vivek.prompts.transcript import Entry


async def format_turn(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Settle status and answer, and add the turn to the log."""
    with ctx.store.transaction():
        return _ended(state, ctx)


def _ended(state: ChatState, ctx: NodeContext) -> StateUpdate:
    status = state.get("status") or "done"
    answer = ctx.store.get_text(state["answer"]) if state.get("answer") else ""
    # Kept as the model wrote it: then it is the same content as its row in the transcript.
    answer = answer if answer.strip() else _summary(state, status)
    request = ctx.store.get_text(state["request"])
    said = [
        Entry("user", "log", request, ctx.count(request)),
        Entry("assistant", "log", answer, ctx.count(answer)),
    ]
    log = ctx.transcript.append(state.get("log"), said)
    return {"status": status, "answer": ctx.store.put_text(answer), "log": log, "turns": state.get("turns", 0) + 1}


def _summary(state: ChatState, status: str) -> str:
    if not state.get("change_set"):
        return ""
    edits = unpack_change_set(state["change_set"] or {}).edits
    told = {"done": "Changed", "declined": "Not applied:"}.get(status, "Could not apply:")
    return f"{told} " + ", ".join(f"{edit.path} (+{edit.added} -{edit.removed})" for edit in edits) + "."
