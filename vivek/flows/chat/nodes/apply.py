"""Applies an approved change set through the journal; safe to run twice."""

from dataclasses import replace

from vivek.errors import EditConflictError, WorkspaceError
from vivek.flows.chat.packing import changes_of, pack_change_set, unpack_change_set
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.edits import ChangeSet
from vivek.schema.events import EditApplied


async def apply_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Write what was approved: all of it or nothing."""
    change_set = _approved(state)
    notices = list(state.get("notices") or ())
    if busy := ctx.bench.busy():
        told = f"A {busy} is under way here; nothing was written."
        hint = f"End or abort the {busy} with git, then ask again."
        error = {"type": "WorkspaceError", "message": told, "hint": hint}
        return {"status": "failed", "error": error, "notices": [*notices, f"{told} The change was not applied."]}
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
    edited = _edited(state)
    for edit in change_set.edits:
        if edit.path in edited:
            shown.pop(edit.path, None)
    for change in changes_of(change_set, applied=True):
        ctx.emit(EditApplied(change))
    skipped = len(unpack_change_set(state["change_set"] or {}).edits) - len(change_set.edits)
    applied = [edit.path for edit in change_set.edits]
    paths = ", ".join(applied)
    notices.append(f"The change to {paths} was applied." + (f" {skipped} other files were not." if skipped else ""))
    if edited:
        notices.append(
            f"The user edited your text of {', '.join(edited)} first; ask for it before you change it again."
        )
    return {
        "change_set": pack_change_set(change_set),
        "applied": True,
        "staged": {path: digest for path, digest in (state.get("staged") or {}).items() if path not in applied},
        "shown": shown,
        "status": "done",
        "notices": notices,
    }


def _approved(state: ChatState) -> ChangeSet:
    """Return the change set, cut down to the files the user picked, with the texts the user edited."""
    change_set = unpack_change_set(state["change_set"] or {})
    chosen = (state.get("decision") or {}).get("files")
    edited = _edited(state)
    kept = [
        replace(edit, after=edited.get(edit.path, edit.after))
        for edit in change_set.edits
        if chosen is None or edit.path in chosen
    ]
    return ChangeSet(id=change_set.id, edits=tuple(edit for edit in kept if edit.after != edit.before))


def _edited(state: ChatState) -> dict[str, str]:
    return dict((state.get("decision") or {}).get("edited") or {})
