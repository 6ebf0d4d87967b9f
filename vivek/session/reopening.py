"""Looks at a thread that is opened again: where it stands in truth, what was cut off, what changed since."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from vivek.errors import ThreadDamagedError, WorkspaceError
from vivek.flows.chat.packing import unpack_change_set
from vivek.flows.chat.state import StateUpdate
from vivek.schema.reopening import InFlight, Reopening, Reread
from vivek.schema.threads import ThreadStatus, ThreadSummary
from vivek.session.absent import AbsentProvider
from vivek.session.clarifying import asked_back
from vivek.session.runner import Snapshot
from vivek.session.turns import Turns

Values = Mapping[str, Any]  # Any: the saved state as LangGraph gives it back

_REQUEST_LENGTH = 120
_TELL_WHAT_IS_LOADED = ("ollama", "lmstudio")
"""Servers that hold nothing of a thread while its model is not loaded; others may, and vivek's own engine keeps it."""

_DOING = {
    "planner": "the turn was being planned",
    "executor": "the model was at work",
    "stage": "the edits were being staged",
    "check": "the change was being checked",
    "reviewer": "the change was being reviewed",
    "approve": "the change was about to be shown",
    "apply": "the change was being applied",
    "formatter": "the turn was about to end",
}


def unbegun(turns: Turns, before: Snapshot) -> StateUpdate | None:
    """Return the input of a turn that was asked for and ended before its first checkpoint; None when there is none.

    Args:
        turns: The thread's turns.
        before: Where the thread stands.
    """
    if before.standing not in ("new", "finished"):
        return None
    asked = turns.index.asked(turns.thread_id, turns.place.root)
    if asked is None:
        return None
    try:
        kept = json.loads(asked)
        begun = int(kept["turn"]) <= int(before.values.get("turns", 0))
        turns.parts.store.get_text(kept["input"]["request"])
    except (ValueError, TypeError, LookupError, WorkspaceError):
        return None  # the request itself is lost
    return None if begun else dict(kept["input"])


def pack_asked(turn: StateUpdate, before: Snapshot) -> str:
    """Return what a turn begins with as `unbegun` reads it."""
    return json.dumps({"turn": int(before.values.get("turns", 0)) + 1, "input": turn})


def reopen(turns: Turns, before: Snapshot, *, clock: Callable[[], float] = time.time) -> Reopening:
    """Look at a thread that is opened; its row in the list of threads is put right.

    Args:
        turns: The thread's turns.
        before: Where it stands.
        clock: Seconds since the epoch.

    Raises:
        ThreadDamagedError: If what was said in it cannot be read.
    """
    index, place = turns.index, turns.place
    row = index.get(turns.thread_id, place.root)
    waits = unbegun(turns, before)
    status = "unfinished" if waits is not None else _status_of(before)
    tokens = _tokens(turns, before.values.get("head"))
    if row is not None and status != "new":
        _settle(turns, row, before, status)
    in_flight = None
    if status == "unfinished":
        age = None if row is None else max(0.0, clock() - row.updated)
        in_flight = _in_flight(turns, before, waits, age)
    provider = turns.parts.served.provider
    absent = provider.reason.message if isinstance(provider, AbsentProvider) else ""
    return Reopening(
        status,
        in_flight,
        _changed(turns, before.values),
        None if absent else _reread(turns, tokens, at_rest=status in ("finished", "needs_answer")),
        absent,
        asked_back(before.values) if status == "needs_answer" else None,
    )


def _status_of(before: Snapshot) -> ThreadStatus:
    if before.standing == "finished" and before.values.get("status") == "needs_answer":
        return "needs_answer"
    return before.standing


def _settle(turns: Turns, row: ThreadSummary, before: Snapshot, status: ThreadStatus) -> None:
    """Put the row right that a process left which came to a sudden end."""
    at_rest = status in ("finished", "needs_answer")
    count = int(before.values.get("turns", 0))
    if row.status == status and (not at_rest or row.turns == count):
        return
    if at_rest:
        log = before.values.get("log")
        turns.index.settle(turns.thread_id, turns.place.root, status=status, turns=count, log=log)
    else:
        turns.index.settle(turns.thread_id, turns.place.root, status=status)


def _tokens(turns: Turns, head: str | None) -> int:
    """Return the tokens of what was said, counted cheaply; looking at them finds out whether all of it is there.

    Raises:
        ThreadDamagedError: If it is not.
    """
    try:
        return sum(row.tokens for row in turns.parts.store.chain(head))
    except WorkspaceError as error:
        raise ThreadDamagedError(error.message, hint=error.hint) from error


def _in_flight(turns: Turns, before: Snapshot, waits: StateUpdate | None, age: float | None) -> InFlight:
    values = before.values if waits is None else waits
    request = " ".join(turns.parts.store.get_text(values.get("typed") or values["request"]).split())
    if len(request) > _REQUEST_LENGTH:
        request = request[: _REQUEST_LENGTH - 1] + "…"
    if waits is not None:
        return InFlight(request, "", "nothing was begun yet", (), age)
    node = (*before.saved, *before.next, "formatter")[0]
    return InFlight(request, node, _doing(node, values), turns.context().calls.begun(turns.thread_id), age)


def _doing(node: str, values: Values) -> str:
    asks = values.get("asks") or []
    if node == "act" and asks:
        return f"{asks[0]['tool']}: {asks[0].get('argument', asks[0].get('arguments', ''))}"
    if node == "apply" and values.get("change_set"):
        paths = ", ".join(edit.path for edit in unpack_change_set(values["change_set"]).edits)
        return f"the change to {paths} was being applied"
    return _DOING.get(node, f"{node} was at work")


def _changed(turns: Turns, values: Values) -> tuple[str, ...]:
    """Return the files that are not as the model was last shown them, and those that a waiting change is based on."""
    known: dict[str, str | None] = {**(values.get("partly") or {}), **(values.get("shown") or {})}
    for path in values.get("staged") or {}:
        known.pop(path, None)  # the model was shown what is staged, which is in no file
    if values.get("change_set") and not values.get("applied") and not values.get("status"):
        known.update({edit.path: edit.before for edit in unpack_change_set(values["change_set"]).edits})
    return tuple(sorted(path for path, digest in known.items() if _digest(turns, path) != digest))


def _digest(turns: Turns, path: str) -> str | None:
    """Return the hash of a file as it is on the disk, None when there is none; "" for what cannot be read."""
    try:
        data = turns.context().files.read(path)
    except WorkspaceError:
        return ""
    return None if data is None else hashlib.sha256(data).hexdigest()


def _reread(turns: Turns, tokens: int, *, at_rest: bool) -> Reread | None:
    if not tokens:
        return None
    caller = turns.parts.panel.usual.caller
    due = caller.gauge.new_tokens((), tokens, "bound")
    rate = caller.pace.known.prefill_rate
    served = turns.parts.served
    cold = served.spec.provider in _TELL_WHAT_IS_LOADED and not served.info.loaded
    return Reread(due, due / rate if rate else None, at_rest, at_most=due > 0 and not cold)
