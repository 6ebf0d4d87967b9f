"""The saved state of a chat thread: plain JSON types, small; big things are named by SHA-256."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

from vivek.errors import ThreadError
from vivek.schema.checks import Check
from vivek.schema.edits import ChangeSet, FileChange, FileEdit
from vivek.schema.pictures import Picture
from vivek.schema.plan import Depth, ModeName, Plan
from vivek.schema.report import ModelCalls, TurnUsage
from vivek.schema.review import Review

STATE_VERSION = 1

THREAD_KEYS = frozenset({"head", "log", "shown", "notices", "notes", "notes_due", "listed", "turns"})
"""Keys that outlive a turn; all others are the turn's."""

# Any throughout: values are JSON objects as `pack` made them; `unpack_*` gives them their types back.
Packed = dict[str, Any]


class ChatState(TypedDict):
    """What is kept between steps and turns.

    For the thread: `head` (transcript), `log` (requests and answers as the user saw them), `shown`
    (path to the hash last shown or written), `notices` (what the next prompt must say), `notes` (hash of the
    project's notes), `notes_due` (whether the model must still be told that they changed), `listed` (hash of the
    file list last told), `turns`. For the turn, reset by `begin_turn`: all others.
    """

    version: int
    head: NotRequired[str]
    log: NotRequired[str]
    shown: NotRequired[dict[str, str]]
    notices: NotRequired[list[str]]
    notes: NotRequired[str]
    listed: NotRequired[str]
    turns: NotRequired[int]
    notes_due: NotRequired[bool]
    request: str
    pictures: NotRequired[list[Packed]]
    mode: ModeName
    depth: Depth
    plan: NotRequired[Packed | None]
    planned: NotRequired[bool]
    said: NotRequired[list[str]]
    files: NotRequired[list[str]]
    iteration: NotRequired[int]
    steps: NotRequired[int]
    proposed: NotRequired[dict[str, str | None]]
    change_set: NotRequired[Packed | None]
    diff: NotRequired[str]
    checks: NotRequired[list[Packed]]
    evidence: NotRequired[str]
    review: NotRequired[Packed | None]
    decision: NotRequired[Packed | None]
    applied: NotRequired[bool]
    answer: NotRequired[str]
    spooled: NotRequired[str]
    status: NotRequired[str]
    error: NotRequired[Packed | None]
    usage: NotRequired[Packed]


class Saved(TypedDict, total=False):
    """The state as the graph saves it: two values instead of thirty.

    LangGraph writes a version of every value into every checkpoint, and a row for every value that a node changes:
    with one value a key that was two thirds of all bytes.
    """

    thread: Packed
    turn: Packed


StateUpdate = dict[str, Any]  # Any: a part of ChatState


def begin_turn(request: str, *, mode: ModeName, depth: Depth, pictures: Sequence[Picture] = ()) -> StateUpdate:
    """Return the input that starts a turn: the request by hash with its pictures, every per-turn key reset."""
    return {
        "version": STATE_VERSION,
        "request": request,
        "pictures": [{name: getattr(shown, name) for name in Picture.__slots__} for shown in pictures],
        "mode": mode,
        "depth": depth,
        "plan": None,
        "planned": False,
        "said": [],
        "files": [],
        "iteration": 0,
        "steps": 0,
        "proposed": {},
        "change_set": None,
        "diff": "",
        "checks": [],
        "evidence": "",
        "review": None,
        "decision": None,
        "applied": False,
        "answer": "",
        "spooled": "",
        "status": "",
        "error": None,
        "usage": pack_usage(TurnUsage()),
    }


def pictures_due(state: ChatState) -> tuple[Picture, ...]:
    """Return the pictures of the request, for the message that says the request; none once it was said."""
    if "request" in (state.get("said") or ()):
        return ()
    return tuple(Picture(**packed) for packed in state.get("pictures") or ())


def unfold(saved: Mapping[str, Any]) -> ChatState:
    """Return a saved state with all its keys side by side, as nodes and routing know it."""
    return cast("ChatState", {**saved.get("thread", {}), **saved.get("turn", {})})


def fold(update: Mapping[str, Any], saved: Mapping[str, Any]) -> Saved:
    """Return an update as the graph saves it, joined with what is saved; what did not change is left out."""
    folded: Saved = {}
    thread = {**saved.get("thread", {}), **{key: value for key, value in update.items() if key in THREAD_KEYS}}
    turn = {**saved.get("turn", {}), **{key: value for key, value in update.items() if key not in THREAD_KEYS}}
    if thread != saved.get("thread", {}):
        folded["thread"] = thread
    if turn != saved.get("turn", {}):
        folded["turn"] = turn
    return folded


def check_version(state: Mapping[str, Any]) -> None:
    """Refuse a state that this program cannot read.

    Raises:
        ThreadError: If the state was written by another version, or is no state of a chat.
    """
    version = state.get("version")
    if version == STATE_VERSION:
        return
    msg = f"This thread was saved in form {version!r}; this vivek reads form {STATE_VERSION}."
    raise ThreadError(msg, hint="Use the vivek that wrote it, or start a new thread.")


def pack_plan(plan: Plan) -> Packed:
    """Return a plan as JSON types."""
    return {
        "kind": plan.kind,
        "steps": list(plan.steps),
        "files": list(plan.files),
        "mode": plan.mode,
        "question": plan.question,
    }


def unpack_plan(packed: Packed) -> Plan:
    """Return the plan that `pack_plan` packed."""
    return Plan(
        kind=packed["kind"],
        steps=tuple(packed["steps"]),
        files=tuple(packed["files"]),
        mode=packed["mode"],
        question=packed["question"],
    )


def pack_change_set(change_set: ChangeSet) -> Packed:
    """Return a change set as JSON types."""
    edits = [
        {"path": e.path, "kind": e.kind, "before": e.before, "after": e.after, "added": e.added, "removed": e.removed}
        for e in change_set.edits
    ]
    return {"id": change_set.id, "edits": edits}


def unpack_change_set(packed: Packed) -> ChangeSet:
    """Return the change set that `pack_change_set` packed."""
    return ChangeSet(id=packed["id"], edits=tuple(FileEdit(**edit) for edit in packed["edits"]))


def changes_of(change_set: ChangeSet, *, applied: bool) -> tuple[FileChange, ...]:
    """Return the change set as the user is told of it."""
    return tuple(FileChange(e.path, e.kind, e.added, e.removed, applied) for e in change_set.edits)


def pack_check(check: Check) -> Packed:
    """Return a check as JSON types."""
    return {"name": check.name, "status": check.status, "detail": check.detail}


def unpack_checks(packed: list[Packed]) -> tuple[Check, ...]:
    """Return the checks that `pack_check` packed."""
    return tuple(Check(**check) for check in packed)


def pack_review(review: Review) -> Packed:
    """Return a verdict as JSON types."""
    return {"score": review.score, "needs_work": review.needs_work, "feedback": review.feedback}


def unpack_review(packed: Packed | None) -> Review | None:
    """Return the verdict that `pack_review` packed."""
    return None if packed is None else Review(**packed)


def pack_usage(usage: TurnUsage) -> Packed:
    """Return figures as JSON types."""
    plain = {name: getattr(usage, name) for name in TurnUsage.__slots__}
    return plain | {"models": [{name: getattr(done, name) for name in ModelCalls.__slots__} for done in usage.models]}


def unpack_usage(packed: Packed | None) -> TurnUsage:
    """Return the figures that `pack_usage` packed."""
    if not packed:
        return TurnUsage()
    return TurnUsage(**packed | {"models": tuple(ModelCalls(**done) for done in packed.get("models", ()))})
