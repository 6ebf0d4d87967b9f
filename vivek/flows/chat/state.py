"""The saved state of a chat thread: plain JSON types, small; big things are named by SHA-256."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

from vivek.errors import ThreadDamagedError, ThreadError
from vivek.flows.chat.packing import Packed, pack_usage
from vivek.schema.pictures import Picture
from vivek.schema.plan import Depth, ModeName
from vivek.schema.report import TurnUsage

STATE_VERSION = 1

THREAD_KEYS = frozenset(
    {
        *("head", "log", "shown", "partly", "told", "notices", "notes", "notes_due", "listed", "turns"),
        *("points", "noted", "sums", "glimpsed", "earlier", "oriented", "added"),
    }
)
"""Keys that outlive a turn; all others are the turn's."""


class ChatState(TypedDict):
    """What is kept between steps and turns.

    For the thread: `head` (transcript), `log` (requests and answers as the user saw them), `shown`
    (path to the hash last shown or written), `partly` (the same for files of which only parts were shown), `told`
    (edit formats explained in this generation), `notices` (what the next prompt must say), `notes` (hash of the
    project's notes), `notes_due` (whether the model must still be told that they changed), `listed` (hash of the file
    list last told), `added` (files that the user keeps in view), `glimpsed` (marks of the parts of files that were
    shown in this generation), `turns`,
    `points` (what the user refused and what was left open, for the next
    generation), `noted` (what the model last noted before a generation ended), `sums` (figures of all turns).

    For the turn, reset by `begin_turn`: all others. `named` are files that the user named; `found` are parts of files
    that are to be shown, `overview` is the hash of a map to be shown instead; `staged` is what the edits
    of this turn come to so far, path to hash (None: deleted); `asks` are requests that `act` has not answered yet,
    `results` what it answered and the model has not read, `kept` the texts it put aside; `question` waits for the
    user, `back` is the node that asked it (the answer is never saved: what a file says is not the user's word);
    `seen` are digests of what led nowhere, `refused` counts commands that might not run; `reads_only` forbids changes
    whatever the mode allows, `plan_only` ends the turn with its plan, a plan that is there at the start is followed,
    `adding` are the files to be kept in view from this turn on, None for those that are, `typed` is what the user
    typed where it answers a question of the turn before, whose request the turn goes on with.
    """

    version: int
    head: NotRequired[str]
    log: NotRequired[str]
    shown: NotRequired[dict[str, str]]
    partly: NotRequired[dict[str, str]]
    told: NotRequired[list[str]]
    notices: NotRequired[list[str]]
    notes: NotRequired[str]
    listed: NotRequired[str]
    glimpsed: NotRequired[list[str]]
    turns: NotRequired[int]
    points: NotRequired[list[str]]
    earlier: NotRequired[Packed]
    oriented: NotRequired[bool]
    added: NotRequired[list[str]]
    noted: NotRequired[str]
    sums: NotRequired[Packed]
    notes_due: NotRequired[bool]
    request: str
    typed: NotRequired[str]
    pictures: NotRequired[list[Packed]]
    mode: ModeName
    depth: Depth
    reads_only: NotRequired[bool]
    plan_only: NotRequired[bool]
    adding: NotRequired[list[str] | None]
    plan: NotRequired[Packed | None]
    planned: NotRequired[bool]
    said: NotRequired[list[str]]
    files: NotRequired[list[str]]
    found: NotRequired[list[Packed]]
    overview: NotRequired[str]
    named: NotRequired[list[str]]
    iteration: NotRequired[int]
    steps: NotRequired[int]
    proposed: NotRequired[dict[str, str | None]]
    unsaid: NotRequired[list[str]]
    placed: NotRequired[dict[str, list[str]]]
    staged: NotRequired[dict[str, str | None]]
    asks: NotRequired[list[Packed]]
    results: NotRequired[list[Packed]]
    kept: NotRequired[list[str]]
    question: NotRequired[Packed | None]
    back: NotRequired[str]
    seen: NotRequired[list[str]]
    refused: NotRequired[int]
    concerns: NotRequired[list[Packed]]
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
        "typed": "",
        "pictures": [{name: getattr(shown, name) for name in Picture.__slots__} for shown in pictures],
        "mode": mode,
        "depth": depth,
        "reads_only": False,
        "plan_only": False,
        "adding": None,
        "plan": None,
        "planned": False,
        "said": [],
        "files": [],
        "found": [],
        "overview": "",
        "named": [],
        "iteration": 0,
        "steps": 0,
        "proposed": {},
        "unsaid": [],
        "placed": {},
        "staged": {},
        "asks": [],
        "results": [],
        "kept": [],
        "question": None,
        "back": "",
        "seen": [],
        "refused": 0,
        "concerns": [],
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
        ThreadDamagedError: If it is no state of a chat.
        ThreadError: If it was written by another version.
    """
    version = state.get("version")
    if version == STATE_VERSION:
        return
    if not isinstance(version, int):
        msg = "The saved state of this thread is damaged: it does not say its form."
        raise ThreadDamagedError(msg, hint="Other threads are not affected; start a new one.")
    newer = isinstance(version, int) and version > STATE_VERSION
    whose = "a newer version" if newer else "an earlier version"
    msg = f"This thread was saved by {whose} of vivek, in form {version!r}; this one reads form {STATE_VERSION}."
    way = "Upgrade vivek" if newer else "Read it with `vivek threads show`"
    raise ThreadError(msg, hint=f"{way}, or start a new thread; other threads are not affected.")
