"""What the user is asked in a thread that waits, and the answer as the graph takes it."""

from collections.abc import Mapping
from typing import Any

from vivek.edits.codec import Undecodable, decode, encode, with_ends_of
from vivek.errors import ThreadError
from vivek.flows.chat.packing import changes_of, unpack_change_set, unpack_checks, unpack_concerns
from vivek.schema.approval import Decision
from vivek.schema.events import ApprovalRequested, Question
from vivek.schema.questions import CommandRequested, TrustRequested
from vivek.workspace.store import Store

Values = Mapping[str, Any]  # Any: the saved state as LangGraph gives it back


def question_of(values: Values, store: Store) -> Question:
    """Return what the user has to decide on.

    Args:
        values: The saved state of a thread that waits.
        store: Where the big texts are.
    """
    asked = values.get("question")
    if asked and asked["kind"] == "trust":
        return TrustRequested(asked["command"], asked["source"], asked["sandbox"], asked["asks"])
    if asked:
        argvs = tuple(tuple(argv) for argv in asked["argvs"])
        told = {name: asked[name] for name in CommandRequested.__slots__}
        return CommandRequested(**told | {"argvs": argvs, "warnings": tuple(asked["warnings"])})
    change_set = unpack_change_set(values["change_set"])
    placed = values.get("placed") or {}
    notes = tuple(f"{edit.path}: {note}" for edit in change_set.edits for note in placed.get(edit.path, ()))
    return ApprovalRequested(
        store.get_text(values["diff"]),
        changes_of(change_set, applied=False),
        unpack_checks(values.get("checks") or []),
        unpack_concerns(values.get("concerns") or []),
        notes,
        tuple((edit.path, edit.after) for edit in change_set.edits if edit.after is not None),
    )


def pack_decision(decision: Decision, values: Values, store: Store) -> dict[str, object]:
    """Return a decision as JSON types; texts that the user edited go to the store, in the encoding of their files.

    Args:
        decision: What the user said.
        values: The saved state of the thread that waits.
        store: Where the texts go.

    Raises:
        ThreadError: If an edited text cannot be kept in its file's encoding.
    """
    said: dict[str, object] = {
        "approved": decision.approved,
        "reason": decision.reason,
        "files": None if decision.files is None else list(decision.files),
        "always": decision.always,
    }
    if decision.edited:
        after = {edit.path: edit.after for edit in unpack_change_set(values["change_set"]).edits}
        said["edited"] = {
            path: store.put(_as_file(path, text, store.get(after[path] or ""))) for path, text in decision.edited
        }
    return said


def _as_file(path: str, text: str, like: bytes) -> bytes:
    kind = decode(like)
    if isinstance(kind, Undecodable):
        msg = f"{path} is no text."
        raise ThreadError(msg, hint="Apply it as it is, or decline it.")
    try:
        return encode(with_ends_of(text, kind), kind)
    except UnicodeEncodeError as error:
        msg = f"Your text of {path} has characters that its encoding, {kind.encoding}, lacks."
        raise ThreadError(msg, hint="Edit it again without them.") from error
