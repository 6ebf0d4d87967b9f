"""Puts proposed edits into the stage: blobs and a change set, never the user's files."""

from vivek.edits.codec import Undecodable, decode
from vivek.edits.diff import count, unified
from vivek.flows.chat.state import ChatState, StateUpdate, changes_of, pack_change_set
from vivek.flows.context import NodeContext
from vivek.schema.events import EditStaged


async def stage_change(state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Turn what was proposed into one change set with its diff."""
    proposed = state.get("proposed") or {}
    after = {path: None if digest is None else ctx.store.get(digest) for path, digest in proposed.items()}
    before = {path: ctx.files.read(path) for path in proposed}
    identity = f"{ctx.thread_id}-{state.get('turns', 0) + 1}-{state.get('steps', 0)}"
    change_set = ctx.stage.stage(after, before, id=identity, count=_count)
    diff = "".join(unified(path, _text(before[path]), _text(after[path])) for path in sorted(proposed))
    for change in changes_of(change_set, applied=False):
        ctx.emit(EditStaged(change))
    return {
        "change_set": pack_change_set(change_set),
        "diff": ctx.store.put_text(diff),
        "checks": [],
        "review": None,
        "decision": None,
    }


def _count(before: bytes | None, after: bytes | None) -> tuple[int, int]:
    return count(_text(before), _text(after))


def _text(data: bytes | None) -> str | None:
    """Return bytes as text for showing; what is no text is shown as a remark."""
    if data is None:
        return None
    text = decode(data)
    return f"({text.reason})\n" if isinstance(text, Undecodable) else text.text
