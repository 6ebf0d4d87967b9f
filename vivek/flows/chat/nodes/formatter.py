"""Ends a turn: what the user is told, kept in the thread's log; no model call."""

from vivek.flows.chat.packing import Packed, add_usage, unpack_change_set, unpack_usage
from vivek.flows.chat.points import ended
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.prompts.transcript import Entry, row_hash
from vivek.schema.transcript import Row

FOLLOWED = 4
"""Files of a turn that the next one goes on with by itself."""


async def format_turn(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Settle status and answer, and add the turn to the log."""
    with ctx.store.transaction():
        return _ended(state, ctx)


def _ended(state: ChatState, ctx: NodeContext) -> StateUpdate:
    status = state.get("status") or "done"
    answer = ctx.store.get_text(state["answer"]) if state.get("answer") else ""
    # Kept as the model wrote it: then it is the same content as its row in the transcript.
    answer = answer if answer.strip() else _summary(state, status)
    request = ctx.store.get_text(state.get("typed") or state["request"])
    asked = Entry("user", "log", request, ctx.count(request))
    told = Entry("assistant", "log", answer, ctx.count(answer))
    spooled = state.get("spooled")
    log = ctx.transcript.append(state.get("log"), [asked] if spooled else [asked, told])
    if spooled:
        # The answer holds the two ends of a reply that is too long to be held; the log names all of it.
        row = Row(row_hash(log, "assistant", "log", spooled), log, "assistant", "log", spooled, told.tokens)
        ctx.store.put_row(row)
        log = row.hash
    # What was staged and not applied is in no file: the model has to see the file again before it edits it.
    shown = {path: digest for path, digest in (state.get("shown") or {}).items() if path not in state.get("staged", {})}
    return {
        "status": status,
        "answer": ctx.store.put_text(answer),
        "log": log,
        "turns": state.get("turns", 0) + 1,
        "points": ended(state, status),
        "sums": add_usage(state.get("sums"), unpack_usage(state.get("usage"))),
        "earlier": _earlier(state),
        "shown": shown,
        "staged": {},
    }


def _earlier(state: ChatState) -> Packed:
    """Return what the next request may follow up on: the files that changed, else those that were looked at."""
    plan = state.get("plan") or {}
    edits = unpack_change_set(state["change_set"] or {}).edits if state.get("change_set") else ()
    files = [edit.path for edit in edits if edit.kind != "delete"] or list(state.get("files") or ())
    return {"kind": plan.get("kind", "answer"), "files": files[:FOLLOWED]}


def _summary(state: ChatState, status: str) -> str:
    if not state.get("change_set"):
        return ""
    edits = unpack_change_set(state["change_set"] or {}).edits
    told = {"done": "Changed", "declined": "Not applied:"}.get(status, "Could not apply:")
    return f"{told} " + ", ".join(f"{edit.path} (+{edit.added} -{edit.removed})" for edit in edits) + "."
