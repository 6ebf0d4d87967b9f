"""Hands a thread out as values: messages, edits, checks and figures, secrets stripped; no model, no graph."""

from dataclasses import replace

from vivek.errors import ThreadError
from vivek.flows.chat.packing import changes_of, unpack_change_set, unpack_checks, unpack_review, unpack_usage
from vivek.schema.exported import ExportedThread, ExportedTurn
from vivek.schema.report import ErrorReport
from vivek.session.place import Place, prepare_data
from vivek.session.threads.heads import Heads, open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.threads.saved import Saved
from vivek.session.threads.turnlist import Exchange, exchanges
from vivek.workspace.store import Store


def export_thread(place: Place, thread_id: str) -> ExportedThread:
    """Return a thread with all that is kept of its turns; what looks like a secret is masked.

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
        return ExportedThread(found, ())
    prepare_data(place)
    with Store.open(place.data) as store, open_heads(place.data) as heads:
        ends = heads.ends(found.id)
        return ExportedThread(
            found,
            tuple(_turn(store, turn, _saved(heads, ends.get(turn.number), found.id)) for turn in exchanges(store, log)),
        )


def _saved(heads: Heads, checkpoint: str | None, thread_id: str) -> Saved | None:
    """Return the state at the end of a turn, None where it is not kept or cannot be read: the words are there."""
    if checkpoint is None:
        return None
    try:
        return heads.head(checkpoint, thread_id).saved(thread_id)
    except ThreadError:
        return None


def _turn(store: Store, turn: Exchange, saved: Saved | None) -> ExportedTurn:
    said = _text(store, turn.request.blob)
    answered = _text(store, turn.answer.blob) if turn.answer is not None else ""
    plain = ExportedTurn(turn.number, said, answered)
    if saved is None:
        return plain
    values = saved.turn
    packed, error, usage = values.get("change_set"), values.get("error"), unpack_usage(values.get("usage"))
    return replace(
        plain,
        status=str(values.get("status") or ""),
        mode=str(values.get("mode") or ""),
        models=tuple(dict.fromkeys(done.model for done in usage.models)),
        changes=changes_of(unpack_change_set(packed), applied=bool(values.get("applied"))) if packed else (),
        diff=_text(store, values["diff"]) if values.get("diff") else "",
        checks=unpack_checks(values.get("checks") or []),
        review=unpack_review(values.get("review")),
        usage=usage,
        error=ErrorReport(**error) if error else None,
    )


def _text(store: Store, blob: str) -> str:
    from vivek.config.redaction import redact  # its expressions take a while to build

    return redact("".join(store.pieces(blob))).strip("\n")
