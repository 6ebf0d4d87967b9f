"""Holds an edit of a tool call against its file, by the engine that reads replies: what `edit` and `write` share."""

from dataclasses import replace

from vivek.edits import feedback
from vivek.edits.changing import change
from vivek.edits.reply import FileBlock, Replacement
from vivek.edits.targets import Scene, target_of
from vivek.errors import WorkspaceError
from vivek.schema.edits import Refusal
from vivek.tools.base import Desk, ToolResult
from vivek.tools.showing import show_file

# The engine's advice is meant for a reply in text.
_ADVICE = (feedback.AGAIN, feedback.AGAIN_BLOCKS, feedback.AGAIN_REGION)


def propose(block: FileBlock | Replacement, desk: Desk) -> ToolResult:
    """Return the new bytes of the file an edit is meant for, or words that let the model mend the call.

    A file whose text the model has not seen is shown instead.

    Args:
        block: The edit.
        desk: What knows the files.
    """
    try:
        data = desk.read(block.path)
    except WorkspaceError as error:
        return _not_done(block.path, f"`{block.path}` was not changed: {error.message}")
    why = desk.may_read(block.path)
    if data is not None and why is not None:
        return _not_done(block.path, f"`{block.path}` is not changed: {why}.")
    current = {} if data is None else {block.path: data}
    seen = {path for path in current if desk.seen(path)}
    scene = Scene(current, frozenset(desk.list_files()) | current.keys(), frozenset(seen))
    target = target_of(block, scene)
    edit = target if isinstance(target, Refusal) else change(target, [block], scene)
    if not isinstance(edit, Refusal):
        kind = "changes" if data is not None else "makes"
        said, told = f"The edit of `{block.path}` is staged.", f"{kind} {block.path}"
        return ToolResult(said, told, edits={block.path: edit.data}, placed=edit.notes)
    if edit.reason == feedback.NOT_SHOWN:
        note = f"`{block.path}` was not changed, because you had not seen its text. Now edit it."
        return replace(show_file(block.path, desk), told=f"showed {block.path} before it is changed", note=note)
    words = edit.feedback
    for advice in _ADVICE:
        words = words.replace(advice, "Mend it and call the tool again.")
    return _not_done(block.path, words)


def _not_done(path: str, words: str) -> ToolResult:
    return ToolResult(words, f"could not change {path}", ok=False)
