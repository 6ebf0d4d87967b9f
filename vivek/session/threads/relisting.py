"""Makes the list of a project's threads anew out of its checkpoints, where the user's list was lost; no LangGraph."""

import uuid
from collections.abc import Mapping
from typing import Any

from vivek.errors import ThreadError, WorkspaceError
from vivek.schema.events import Notice
from vivek.schema.threads import ThreadKind, ThreadStatus, ThreadSummary
from vivek.session.place import Place
from vivek.session.threads.heads import Heads, open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved import Saved
from vivek.session.threads.saved_rows import FILE_NAME
from vivek.session.threads.turnlist import exchanges, line_of
from vivek.workspace.store import Store

_EPOCH = 0x01B21DD213814000
"""Tenths of a microsecond between the calendar's reform, from which a checkpoint's id counts, and 1970."""


def relist(place: Place, index: ThreadIndex) -> tuple[Notice, ...]:
    """List the threads of a project that is not in the list at all; return what to tell.

    Titles that the user gave, and which thread came from which, were known to the lost list alone.

    Args:
        place: The project.
        index: The list.

    Raises:
        WorkspaceError: If the checkpoints cannot be used.
    """
    if index.knows(place.root) or not (place.data / FILE_NAME).exists():
        return ()
    with open_heads(place.data) as heads, Store.open(place.data) as store:
        for name, aside in heads.threads():
            row, log = _row(place, name, heads, store)
            index.restore(row, log, aside=aside)
    count = index.count(place.root)
    if not count:
        return ()
    told = f"The list of threads did not know this project: {count:,} of its threads were found again."
    return (Notice(told, hint="`vivek threads list` shows them; titles that you gave them are lost."),)


def _row(place: Place, name: str, heads: Heads, store: Store) -> tuple[ThreadSummary, str | None]:
    """Return the row of a thread, and the head of its log."""
    newest = heads.ids(name)[-1]
    root, at = str(place.root), _time_of(newest)
    try:
        saved = heads.head(newest, name).saved(name)
    except ThreadError:
        return ThreadSummary(name, "chat", "", root, "", 0, at, "damaged"), None
    kind, log = _kind(saved), saved.thread.get("log")
    try:
        title = _title(saved, kind, store)
    except WorkspaceError:
        title = ""  # opening it says what is missing
    status = _status(saved, waits=heads.waits(newest, name))
    return ThreadSummary(name, kind, title, root, _model(saved.turn), saved.turns, at, status), log


def _kind(saved: Saved) -> ThreadKind:
    """Return which flow a state belongs to, by the keys that only its turns have."""
    return "review" if "effort" in saved.turn else "analyze" if "parts" in saved.turn else "chat"


def _title(saved: Saved, kind: ThreadKind, store: Store) -> str:
    said = exchanges(store, saved.thread.get("log"))
    blob = said[0].request.blob if said else saved.turn.get("typed") or saved.turn.get("request")
    return line_of(store, blob) if blob else kind


def _status(saved: Saved, *, waits: bool) -> ThreadStatus:
    if saved.next:
        return "needs_approval" if waits else "unfinished"
    return "needs_answer" if saved.turn.get("status") == "needs_answer" else "finished"


def _model(turn: Mapping[str, Any]) -> str:  # Any: JSON values of a state
    asked = (turn.get("usage") or {}).get("models") or ()
    return str(turn.get("model") or (asked[-1]["model"] if asked else ""))


def _time_of(checkpoint: str) -> float:
    """Return when a checkpoint was made, in seconds since the epoch: its id is a UUID of the sixth version."""
    try:
        number = uuid.UUID(checkpoint).int
    except ValueError:
        return 0.0
    return float(((number >> 80 << 12 | number >> 64 & 0xFFF) - _EPOCH) / 10_000_000)
