"""What becomes of a file, as the user is told of it."""

from vivek.edits.codec import Text, decode
from vivek.edits.diff import count
from vivek.schema.edits import EditKind, FileChange
from vivek.workspace.files import Files
from vivek.workspace.journal.moves import Move
from vivek.workspace.store import Store


def told_move(store: Store, move: Move, *, applied: bool, files: Files | None = None) -> FileChange:
    """Return a move of a file with its lines counted.

    Args:
        store: Where the contents are.
        move: From which content to which.
        applied: Whether it happened.
        files: The user's files, where the present content may not be kept yet.

    Raises:
        WorkspaceError: If a content is missing.
    """
    now = None if move.old is None else files.read(move.path) if files is not None else store.get(move.old)
    before, after = _text(now), _text(None if move.new is None else store.get(move.new))
    added, removed = (0, 0) if "\0" in (before, after) else count(before, after)
    kind: EditKind = "create" if move.old is None else "delete" if move.new is None else "modify"
    return FileChange(move.path, kind, added, removed, applied)


def _text(data: bytes | None) -> str | None:
    if data is None:
        return None
    text = decode(data)
    return text.plain if isinstance(text, Text) else "\0"  # no text has it: its lines cannot be counted
