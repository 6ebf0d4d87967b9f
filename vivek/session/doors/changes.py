"""What a thread changed in the user's files, as one diff: of one turn or of all. No model, no graph, no git."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from vivek.edits.codec import Text, decode
from vivek.edits.diff import count, unified
from vivek.errors import ThreadError
from vivek.schema.edits import EditKind, FileChange
from vivek.session.place import Place
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.contents import FILE_NAME
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.journal.moves import Move
from vivek.workspace.store import Store

Span = int | Literal["last", "all"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed.

    Attributes:
        thread: By which thread.
        turn: By which of its turns, None for all of them.
        files: The files.
        diff: Their differences in git's form; a file that is no text is named only.
    """

    thread: str
    turn: int | None
    files: tuple[FileChange, ...]
    diff: str


def changes_of(place: Place, thread: str, span: Span = "last") -> Changes:
    """Return what a thread changed and was not taken back.

    Args:
        place: The project.
        thread: Id or unique prefix.
        span: A turn by its number, the last one that changed files, or all of them.

    Raises:
        ThreadError: If there is no such thread, or it changed nothing then.
        WorkspaceError: If a content is missing or damaged.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread, place.root).id
    if not (place.data / FILE_NAME).exists():
        raise _nothing(found, span, ())
    with Store.open(place.data) as store:
        journal = Journal(store, Files(place.root))
        turns = [applied.turn for applied in journal.turns(found)]
        turn = (turns[0] if turns else 0) if span == "last" else None if span == "all" else span
        moves = _net(journal, found, turn)
        if not moves:
            raise _nothing(found, span, turns)
        told = [_told(store, move) for move in moves]
    return Changes(found, turn, tuple(change for change, _ in told), "".join(diff for _, diff in told))


def _net(journal: Journal, thread: str, turn: int | None) -> list[Move]:
    """Return each file with its content before the first and after the last change."""
    found = []
    for path, moves in journal.history(thread, turn).items():
        if moves[0].old != moves[-1].new:
            found.append(Move(path, moves[0].old, moves[-1].new))
    return sorted(found, key=lambda move: move.path)


def _told(store: Store, move: Move) -> tuple[FileChange, str]:
    kind: EditKind = "create" if move.old is None else "delete" if move.new is None else "modify"
    before, after = (_text(store, sha) for sha in (move.old, move.new))
    if isinstance(before, bool) or isinstance(after, bool):
        return FileChange(move.path, kind, 0, 0, applied=True), f"{move.path} is no text.\n"
    added, removed = count(before, after)
    return FileChange(move.path, kind, added, removed, applied=True), unified(move.path, before, after)


def _text(store: Store, sha: str | None) -> str | bool | None:
    """Return the text of a content, None for no file, False for what is no text."""
    if sha is None:
        return None
    text = decode(store.get(sha))
    return text.plain if isinstance(text, Text) else False


def _nothing(thread: str, span: Span, turns: Iterable[int]) -> ThreadError:
    known = ", ".join(str(turn) for turn in sorted(turns))
    if isinstance(span, int):
        msg = f"Turn {span} of thread {thread} has changed no file that is still changed."
        return ThreadError(msg, hint=f"These have: {known}." if known else "No turn of it has.")
    return ThreadError(f"Thread {thread} has changed no file.", hint="What `/undo` took back does not count.")
