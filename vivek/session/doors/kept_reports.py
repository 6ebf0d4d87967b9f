"""Finds what models reported earlier, in reviews and narratives alike: no model, no graph, no network."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from vivek.errors import ThreadError
from vivek.schema.plain import from_plain
from vivek.session.place import Place
from vivek.session.reviewing.answers import open_answers

if TYPE_CHECKING:
    from vivek.flows.piecewise import Sort

T = TypeVar("T")


def kept_report(kind: type[T], key: str, model: str | None) -> T | None:
    """Return a whole report that is kept, or None.

    Args:
        kind: What it is.
        key: What tells it from every other, whoever made it.
        model: `provider/model`, None for whoever made it last.
    """
    with open_answers() as answers:
        text = answers.report(key, model)
    try:
        return None if text is None else from_plain(kind, json.loads(text))
    except (ValueError, RecursionError):
        return None  # of another vivek


def texts_of_finished(place: Place, thread: str, sort: "Sort", *names: str) -> tuple[str, ...] | None:
    """Return texts that the state of a thread names; None where it does not name them all: it is not at its end.

    Args:
        place: The project.
        thread: Id or unique prefix.
        sort: The sort of thread that it must be.
        names: Their names in the state.

    Raises:
        ThreadError: If there is no such thread, it is of another sort, or a text is gone.
        WorkspaceError: If a database cannot be used.
    """
    # What a repeated review does without is not loaded for it.
    from vivek.session.threads.heads import open_heads
    from vivek.session.threads.index import ThreadIndex
    from vivek.workspace.store import Store

    with ThreadIndex.open() as index:
        found = index.find(thread, place.root)
    if found.kind != sort.kind:
        msg = f"Thread {found.id} is no {sort.noun}."
        raise ThreadError(msg, hint=f"`vivek threads resume {found.id}` goes on with it.")
    with open_heads(place.data) as heads:
        ids = heads.ids(found.id)
        saved = heads.head(ids[-1], found.id).saved(found.id) if ids else None
    turn: Mapping[str, object] = {} if saved is None else saved.turn
    named = [name for name in map(turn.get, names) if isinstance(name, str)]
    if len(named) < len(names):
        return None
    with Store.open(place.data) as store:
        return tuple(store.get_text(name) for name in named)
