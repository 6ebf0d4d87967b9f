"""What was said in a thread, and the end of threads: no model, no graph."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from vivek.errors import ThreadError, WorkspaceError
from vivek.schema.threads import ThreadSummary
from vivek.session.doors.collecting import collect
from vivek.session.keeping import forget_kept_prompts
from vivek.session.locks import thread_lock
from vivek.session.place import Place
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved_rows import FILE_NAME, forget_thread
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store
from vivek.workspace.tapes import Tapes


def show_thread(place: Place, thread_id: str) -> list[tuple[str, str]]:
    """Return (role, text) of every request and answer of a thread, oldest first; raises what `read_thread` raises."""
    return [(role, "".join(pieces).strip()) for role, pieces in read_thread(place, thread_id)]


def read_thread(place: Place, thread_id: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the role and the pieces of every request and answer of a thread, oldest first; one may be very long.

    Args:
        place: The project.
        thread_id: Id or unique prefix; what a return set aside is meant by its whole name.

    Raises:
        ThreadError: If there is no such thread.
        WorkspaceError: If a text is missing or damaged.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root, aside=True)
        log = index.log(found.id, place.root)
    if log is None:
        return
    with Store.open(place.data) as store:
        turn = 0
        for row in store.chain(log):
            turn += row.role == "user"
            yield row.role, _pieces(store, row.blob, found.id, turn)


def open_request(place: Place, thread: ThreadSummary) -> str:
    """Return what the user asked in the turn that is open, "" where none is or its text is lost.

    Args:
        place: The project.
        thread: The thread, as it is listed.
    """
    if thread.status not in ("unfinished", "needs_approval"):
        return ""
    with ThreadIndex.open() as index:
        asked = index.asked(thread.id, place.root)
    with suppress(ValueError, TypeError, LookupError, WorkspaceError, ThreadError):
        begun = json.loads(asked)["input"] if asked else _newest(place, thread.id)
        with Store.open(place.data) as store:
            return store.get_text(begun.get("typed") or begun["request"])
    return ""


def _newest(place: Place, thread_id: str) -> Mapping[str, Any]:  # Any: JSON values
    """Return what the newest checkpoint of a thread has of its turn."""
    with open_heads(place.data) as heads:
        return heads.head(heads.ids(thread_id)[-1], thread_id).saved(thread_id).turn


def _pieces(store: Store, blob: str, thread_id: str, turn: int) -> Iterator[str]:
    """Yield a text; an error names the turn that it belongs to."""
    try:
        yield from store.pieces(blob)
    except WorkspaceError as error:
        msg = f"Turn {turn} of thread {thread_id} cannot be shown: {error.message}"
        raise WorkspaceError(msg, hint=error.hint) from error


def delete_thread(place: Place, thread_id: str) -> None:
    """Forget a thread: its checkpoints, what can be undone of it, what an engine kept, and its place in the list.

    What returns to earlier turns set aside of it goes too; forks of it stay.

    Args:
        place: The project.
        thread_id: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, or it is in use.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
        with thread_lock(place.data, found.id):
            _forget(place, index, found.id)
    forget_kept_prompts()


def plan_pruning(place: Place, *, older_than: float | None, keep: int | None, now: float) -> list[ThreadSummary]:
    """Return the threads of a project that `prune_threads` would forget, the oldest first.

    Args:
        place: The project.
        older_than: Only those that nobody used for so many seconds, None for any.
        keep: Never the newest of so many, None for no such number.
        now: Seconds since the epoch.
    """
    with ThreadIndex.open() as index:
        threads = index.list(place.root)
    meant = threads[keep or 0 :]
    return [one for one in reversed(meant) if older_than is None or now - one.updated > older_than]


def prune_threads(place: Place, threads: Sequence[str]) -> tuple[list[str], list[str], int]:
    """Forget threads, and give back the room of what only they named.

    Args:
        place: The project.
        threads: Their ids.

    Returns:
        What was forgotten, what was not because it is in use, and the bytes given back.
    """
    gone: list[str] = []
    busy: list[str] = []
    for name in threads:
        try:
            delete_thread(place, name)
            gone.append(name)
        except ThreadError:
            busy.append(name)
    return gone, busy, collect(place) if gone else 0


def _forget(place: Place, index: ThreadIndex, thread_id: str) -> None:
    """Forget a thread and what was set aside of it; the list comes last: a second call ends what was cut off."""
    family = [*reversed(index.branches.family(thread_id, place.root)), thread_id]
    if (place.data / FILE_NAME).exists():
        with open_heads(place.data) as heads:
            heads.let_go(family)
    for name in family:
        forget_thread(place.data / FILE_NAME, name)
    with Store.open(place.data) as store:
        journal = Journal(store, Files(place.root))
        for name in family:
            journal.forget(name)
            Tapes(store).forget(name)
    for name in family:
        index.branches.forget(name, place.root)
        index.delete(name, place.root)
