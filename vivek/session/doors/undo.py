"""Takes back the last applied turn of a thread: no model, no graph."""

from dataclasses import dataclass

from vivek.errors import ThreadError
from vivek.session.locks import thread_lock
from vivek.session.place import Place, prepare_data
from vivek.session.threads import ThreadIndex
from vivek.workspace.files import Files
from vivek.workspace.journal import Journal
from vivek.workspace.store import Store


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What an undo did.

    Attributes:
        thread: The thread whose turn was taken back.
        restored: Files that are as they were before the turn.
        kept: Files left alone, because they were changed after vivek wrote them.
    """

    thread: str
    restored: tuple[str, ...]
    kept: tuple[str, ...]


def undo(place: Place, thread: str | None) -> UndoReport:
    """Take back the last applied turn.

    Args:
        place: The project.
        thread: Id or unique prefix; the project's newest thread when None.

    Raises:
        ThreadError: If there is no such thread, nothing to take back, or the thread is in use.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread, place.root) if thread else index.latest(place.root)
    if found is None:
        msg = "This project has no thread yet, so there is nothing to undo."
        raise ThreadError(msg, hint="Start one with `vivek`.")
    prepare_data(place)
    with thread_lock(place.data, found.id), Store.open(place.data) as store:
        outcome = Journal(store, Files(place.root)).undo(found.id)
    if not outcome.restored and not outcome.kept:
        msg = f"Thread {found.id} has no applied change to undo."
        raise ThreadError(msg, hint="`vivek threads list` shows the others; choose one with `--thread ID`.")
    return UndoReport(found.id, outcome.restored, outcome.kept)
