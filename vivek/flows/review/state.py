"""The saved state of a review: plain JSON types, small; big things are named by SHA-256."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from vivek.errors import ThreadDamagedError, ThreadError

STATE_VERSION = 1

THREAD_KEYS = frozenset({"turns", "log"})
"""Keys that belong to the thread, as every list of threads reads them; all others are the review's."""


class ReviewState(TypedDict):
    """What is kept between steps.

    `plan` names what is asked, piece by piece; `head` the system text; `at` is the piece that is next, of
    `pieces`; `done` have been read, of about `total` for which there is time; `results` is the head of a chain with
    one row a piece that is done; `found` names what was found in the piece at `at` before it was traced again;
    `spent` are seconds of the model so far; `report` names the report at the end.
    """

    version: int
    plan: str
    effort: str
    model: str
    head: NotRequired[str]
    at: NotRequired[int]
    pieces: NotRequired[int]
    done: NotRequired[int]
    total: NotRequired[int]
    results: NotRequired[str]
    found: NotRequired[str]
    spent: NotRequired[float]
    report: NotRequired[str]
    status: NotRequired[str]
    turns: NotRequired[int]
    log: NotRequired[str]


class Saved(TypedDict, total=False):
    """The state as the graph saves it, in the two values that every thread has."""

    thread: dict[str, Any]  # Any: JSON values
    turn: dict[str, Any]  # Any: as above


StateUpdate = dict[str, Any]  # Any: a part of ReviewState


def begin_review(*, plan: str, effort: str, model: str) -> StateUpdate:
    """Return the input that starts a review; `plan` names what is asked."""
    return {"version": STATE_VERSION, "plan": plan, "effort": effort, "model": model}


def unfold(saved: Mapping[str, Any]) -> ReviewState:
    """Return a saved state with all its keys side by side, as nodes and routing know it."""
    return cast("ReviewState", {**saved.get("thread", {}), **saved.get("turn", {})})


def fold(update: Mapping[str, Any], saved: Mapping[str, Any]) -> Saved:
    """Return an update as the graph saves it, joined with what is saved."""
    thread = {key: value for key, value in update.items() if key in THREAD_KEYS}
    turn = {key: value for key, value in update.items() if key not in THREAD_KEYS}
    folded: Saved = {}
    if thread:
        folded["thread"] = {**saved.get("thread", {}), **thread}
    if turn:
        folded["turn"] = {**saved.get("turn", {}), **turn}
    return folded


def check_version(state: Mapping[str, Any]) -> None:
    """Refuse a state that this program cannot go on with.

    Raises:
        ThreadDamagedError: If it is no state of a review.
        ThreadError: If it was written by another version.
    """
    version = state.get("version")
    if version == STATE_VERSION:
        return
    if not isinstance(version, int):
        msg = "The saved state of this review is damaged: it does not say its form."
        raise ThreadDamagedError(msg, hint="Other threads are not affected; review anew.")
    msg = f"This review was saved by another version of vivek, in form {version}; this one reads form {STATE_VERSION}."
    raise ThreadError(msg, hint="Review anew: what was asked before and has not changed is kept.")
