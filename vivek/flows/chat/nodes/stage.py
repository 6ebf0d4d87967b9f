"""Puts proposed edits into the stage: blobs and a change set, never the user's files."""

from vivek.flows.chat.differing import Contents, diff_of, lines_of
from vivek.flows.chat.packing import changes_of, pack_change_set
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.schema.events import EditStaged, Notice


async def stage_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Lay what was proposed over what is staged already; all of it together is one change set with its diff."""
    proposed = state.get("proposed") or {}
    wanted = {**(state.get("staged") or {}), **proposed}
    after = {path: None if digest is None else ctx.store.get(digest) for path, digest in wanted.items()}
    before = {path: ctx.files.read(path) for path in wanted}
    identity = f"{ctx.thread_id}-{state.get('turns', 0) + 1}-{state.get('steps', 0)}"
    change_set = ctx.stage.stage(after, before, id=identity, count=lines_of, modes=_modes(before, after, ctx))
    staged = {edit.path: edit.after for edit in change_set.edits}
    update: StateUpdate = {"staged": staged, "shown": _now_shown(state, proposed), "proposed": {}}
    if not change_set.edits:
        ctx.emit(Notice("The edits leave every file as it is."))
        return update | {"change_set": None, "diff": "", "status": "done"}
    diff = diff_of(before, {path: after[path] for path in staged})
    for change in changes_of(change_set, applied=False):
        ctx.emit(EditStaged(change))
    return update | {
        "change_set": pack_change_set(change_set),
        "diff": ctx.store.put_text(diff),
        "checks": [],
        "concerns": [],
        "review": None,
        "decision": None,
    }


def _modes(before: Contents, after: Contents, ctx: NodeContext) -> dict[str, int]:
    """Return the rights of files that are moved: a new file gets those of the one that goes with the same beginning."""
    gone = {path: data for path, data in before.items() if data and after[path] is None}
    modes = {}
    for path, data in after.items():
        if before[path] is not None or not data:
            continue
        moved = [old for old, bytes_ in gone.items() if bytes_ == data] or (list(gone) if len(gone) == 1 else [])
        mode = ctx.files.mode(moved[0]) if len(moved) == 1 else None
        if mode is not None:
            modes[path] = mode
    return modes


def _now_shown(state: ChatState, proposed: dict[str, str | None]) -> dict[str, str]:
    """Return what the transcript holds now: the model's own reply says what a file it knew has become."""
    shown = dict(state.get("shown") or {})
    unsaid = state.get("unsaid") or ()
    for path, digest in proposed.items():
        known = path in shown or path not in (state.get("partly") or {})
        shown.pop(path, None)
        if digest is not None and path not in unsaid and known:
            shown[path] = digest
    return shown
