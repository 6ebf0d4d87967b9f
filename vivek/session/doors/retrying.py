"""What was asked last in a thread, however that turn ended: so that it can be asked again. No model, no graph."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from vivek.errors import WorkspaceError
from vivek.session.place import Place
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved_rows import FILE_NAME
from vivek.workspace.store import Store


@dataclass(frozen=True, slots=True)
class LastRequest:
    """The newest request of a thread.

    Attributes:
        text: What the user said.
        turn: The number of its turn, from 1.
        reads_only: Whether nothing was to be changed.
        plan_only: Whether only a plan was wanted.
    """

    text: str
    turn: int
    reads_only: bool = False
    plan_only: bool = False


def last_request(place: Place, thread_id: str) -> LastRequest | None:
    """Return what was asked last: of a turn that ended, failed, was stopped or waits; None before the first.

    Args:
        place: The project.
        thread_id: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, or its state cannot be read.
        WorkspaceError: If a database cannot be used, or the text is gone.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread_id, place.root)
        asked = index.asked(found.id, place.root)
    if asked is not None:
        kept = json.loads(asked)
        return _request(place, kept["input"], int(kept["turn"]))
    if not (place.data / FILE_NAME).exists():
        return None
    with open_heads(place.data) as heads:
        ids = heads.ids(found.id)
        if not ids:
            return None
        saved = heads.head(ids[-1], found.id).saved(found.id)
    return _request(place, saved.turn, saved.turns + (1 if saved.next else 0))


def _request(place: Place, turn: Mapping[str, object], number: int) -> LastRequest:
    said = turn.get("typed") or turn.get("request")
    if not isinstance(said, str):
        msg = "What was asked last is not kept."
        raise WorkspaceError(msg, hint="Ask it again in your own words.")
    with Store.open(place.data) as store:
        text = store.get_text(said)
    return LastRequest(text, number, bool(turn.get("reads_only")), bool(turn.get("plan_only")))
