"""Applies an approved change set through the journal; safe to run twice."""

from vivek.errors import EditConflictError, WorkspaceError
from vivek.flows.chat.state import ChatState, StateUpdate, changes_of, pack_change_set, unpack_change_set
from vivek.flows.context import NodeContext
from vivek.schema.edits import ChangeSet
from vivek.schema.events import EditApplied


async def apply_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Write what was approved: all of it or nothing."""
    change_set = _approved(state)
    notices = list(state.get("notices") or ())
    try:
        ctx.journal.apply(change_set, thread=ctx.thread_id, turn=state.get("turns", 0) + 1)
    except WorkspaceError as error:
        conflict = isinstance(error, EditConflictError)
        told = "The files had changed meanwhile" if conflict else "The files could not be written"
        return {
            "status": "failed",
            "error": {"type": type(error).__name__, "message": error.message, "hint": error.hint or None},
            "notices": [*notices, f"{told}; the change was not applied."],
        }
    shown = dict(state.get("shown") or {})
    for edit in change_set.edits:
        shown.pop(edit.path, None)
        if edit.after is not None:
            # The model's own reply holds the new text.
            shown[edit.path] = edit.after
    for change in changes_of(change_set, applied=True):
        ctx.emit(EditApplied(change))
    skipped = len(unpack_change_set(state["change_set"] or {}).edits) - len(change_set.edits)
    paths = ", ".join(edit.path for edit in change_set.edits)
    notices.append(f"The change to {paths} was applied." + (f" {skipped} other files were not." if skipped else ""))
    return {
        "change_set": pack_change_set(change_set),
        "applied": True,
        "shown": shown,
        "status": "done",
        "notices": notices,
    }


def _approved(state: ChatState) -> ChangeSet:
    """Return the change set, cut down to the files the user picked."""
    change_set = unpack_change_set(state["change_set"] or {})
    chosen = (state.get("decision") or {}).get("files")
    if chosen is None:
        return change_set
    kept = tuple(edit for edit in change_set.edits if edit.path in chosen)
    return ChangeSet(id=change_set.id, edits=kept)
