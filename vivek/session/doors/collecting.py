"""Frees the room of what no thread names any more: no model, no graph."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from vivek.errors import WorkspaceError
from vivek.session.logs import LOGGER
from vivek.session.place import Place
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved_rows import FILE_NAME, give_back_pages, saved_hashes, saved_threads
from vivek.workspace.contents import FILE_NAME as CONTENTS
from vivek.workspace.contents import Contents
from vivek.workspace.hashes import hashes_in
from vivek.workspace.sweeping import sweep
from vivek.workspace.tapes import Tapes

DUE_DAYS = 7.0
"""Days between two collections that nobody asked for."""

UNASKED_SECONDS = 1.0
"""Seconds that one of those may take."""

_STAMP = "collected"


class _IncompleteError(Exception):
    """Not everything is known that may name a content."""


def collect(place: Place, *, seconds: float = float("inf")) -> int:
    """Delete the contents and messages that no thread, change, note or log names; return the bytes given back.

    Nothing is deleted while another vivek works in the project, nor when the user's list of threads and the project's
    saved states do not tell of the same threads: what the missing one names is not known then.

    Args:
        place: The project.
        seconds: When to stop; the next call goes on.

    Raises:
        WorkspaceError: If a database cannot be used.
    """
    saved = place.data / FILE_NAME
    before = _size(place)

    def named(contents: Contents) -> Iterator[str]:
        listed = _named_by_list(place)
        yield from listed
        yield from _named_by_notes(contents, listed)
        for text in Tapes(contents).texts():
            yield from hashes_in(text)
        yield from saved_hashes(saved)

    try:
        sweep(place.data, named, seconds=seconds)
    except _IncompleteError as error:
        LOGGER.info("nothing is collected in %s: %s", place.root, error)
    give_back_pages(saved)
    return max(0, before - _size(place))


def collect_if_due(place: Place, *, clock: Callable[[], float] = time.time) -> int:
    """Collect what is quickly collected if it was not done for a week; failing is no matter, and logged."""
    stamp = place.data / "locks" / _STAMP
    now = clock()
    try:
        if not (place.data / CONTENTS).exists():
            return 0
        last = stamp.stat().st_mtime if stamp.exists() else None
        if last is not None and abs(now - last) < DUE_DAYS * 86_400:
            return 0
        stamp.parent.mkdir(mode=0o700, exist_ok=True)
        stamp.touch(mode=0o600)
        os.utime(stamp, (now, now))
        return 0 if last is None else collect(place, seconds=UNASKED_SECONDS)
    except (OSError, WorkspaceError) as error:
        LOGGER.info("nothing is collected in %s: %s", place.root, error)
        return 0


def _named_by_list(place: Place) -> set[str]:
    """Return what the user's list of threads names, of other projects too: that costs nothing.

    Raises:
        _IncompleteError: If it does not tell of the same threads as the saved states.
    """
    with ThreadIndex.open() as index:
        known = index.ids(place.root)
        begun = {thread.id for thread in index.list(place.root) if thread.kind == "chat" and thread.turns}
        named = index.named()
    saved = saved_threads(place.data / FILE_NAME)
    if lost := sorted((begun - saved) | (saved - known)):
        msg = f"{', '.join(lost[:3])} is missing from the list of threads or from what is saved"
        raise _IncompleteError(msg)
    return named


def _named_by_notes(contents: Contents, listed: Iterable[str]) -> Iterator[str]:
    """Yield what is named by the contents that the list names: a turn that broke off may name a long reply."""
    for sha in listed:
        if contents.has(sha):
            with suppress(WorkspaceError):  # of a note that is damaged nothing can be read, here or ever
                yield from hashes_in(contents.get_text(sha))


def _size(place: Place) -> int:
    files = (place.data / f"{name}{suffix}" for name in (CONTENTS, FILE_NAME) for suffix in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
