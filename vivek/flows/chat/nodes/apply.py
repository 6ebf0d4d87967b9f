"""Applies an approved change set through the journal; safe to run twice."""

from dataclasses import replace

from vivek.errors import EditConflictError, WorkspaceError
from vivek.flows.chat.differing import diff_of, lines_of
from vivek.flows.chat.packing import changes_of, pack_change_set, unpack_change_set
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.schema.events import EditApplied


async def apply_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Write what was approved: all of it or nothing."""
    change_set = _approved(state, ctx)
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
        **_diff(state, change_set, ctx),
    }


def _approved(state: ChatState, ctx: NodeContext) -> ChangeSet:
    """Return the change set, cut down to the files the user picked, with the texts the user edited."""
    change_set = unpack_change_set(state["change_set"] or {})
    chosen = (state.get("decision") or {}).get("files")
    edited = _edited(state)
    kept = [
        _as_edited(edit, edited[edit.path], ctx) if edit.path in edited else edit
        for edit in change_set.edits
        if chosen is None or edit.path in chosen
    ]
    return ChangeSet(id=change_set.id, edits=tuple(edit for edit in kept if edit.after != edit.before))


def _as_edited(edit: FileEdit, after: str, ctx: NodeContext) -> FileEdit:
    added, removed = lines_of(ctx.stage.before(edit), ctx.store.get(after))
    return replace(edit, after=after, added=added, removed=removed)


def _diff(state: ChatState, change_set: ChangeSet, ctx: NodeContext) -> StateUpdate:
    """Return the diff of what was really applied where the user left out files, or edited some."""
    if (state.get("decision") or {}).get("files") is None and not _edited(state):
        return {}
    before = {edit.path: ctx.stage.before(edit) for edit in change_set.edits}
    after = {edit.path: ctx.stage.after(edit) for edit in change_set.edits}
    return {"diff": ctx.store.put_text(diff_of(before, after))}


def _edited(state: ChatState) -> dict[str, str]:
    return dict((state.get("decision") or {}).get("edited") or {})
