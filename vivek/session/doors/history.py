"""What was said in a thread, and its end: no model, no graph."""

from collections.abc import Iterator

from vivek.session.keeping import forget_kept_prompts
from vivek.session.locks import thread_lock
from vivek.session.place import Place
from vivek.session.pruning import forget_thread
from vivek.session.threads import ThreadIndex
from vivek.workspace.files import Files
from vivek.workspace.journal import Journal
from vivek.workspace.store import Store


def show_thread(place: Place, thread_id: str) -> list[tuple[str, str]]:
    """Return (role, text) of every request and answer of a thread, oldest first; raises what `read_thread` raises."""
    return [(role, "".join(pieces).strip()) for role, pieces in read_thread(place, thread_id)]


def read_thread(place: Place, thread_id: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the role and the pieces of every request and answer of a thread, oldest first; one may be very long.

    Args:
        place: The project.
        thread_id: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread.
        WorkspaceError: If a text is missing or damaged.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
        log = index.log(found.id, place.root)
    if log is None:
        return
    with Store.open(place.data) as store:
        for row in store.chain(log):
            yield row.role, store.pieces(row.blob)


def delete_thread(place: Place, thread_id: str) -> None:
    """Forget a thread: its checkpoints, what can be undone of it, what an engine kept, and its place in the list.

    Args:
        place: The project.
        thread_id: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, or it is in use.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
        with thread_lock(place.data, found.id):
            forget_thread(place.data / "checkpoints.db", found.id)
            with Store.open(place.data) as store:
                Journal(store, Files(place.root)).forget(found.id)
            forget_kept_prompts()
            index.delete(found.id, place.root)
