"""The saved state of a narrative: plain JSON types, small; big things are named by SHA-256."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from vivek.errors import ThreadDamagedError, ThreadError

STATE_VERSION = 1

THREAD_KEYS = frozenset({"turns", "log"})
"""Keys that belong to the thread, as every list of threads reads them; all others are the narrative's."""


class AnalyzeState(TypedDict):
    """What is kept between steps.

    `plan` names what is asked; `head` is the system text; `at` counts the questions that are answered, those about
    the `parts` first, then those about the whole; `results` is the head of a chain with one row a question; `report`
    names the narrative at the end.
    """

    version: int
    plan: str
    model: str
    parts: int
    head: NotRequired[str]
    at: NotRequired[int]
    results: NotRequired[str]
    report: NotRequired[str]
    status: NotRequired[str]
    turns: NotRequired[int]
    log: NotRequired[str]


class Saved(TypedDict, total=False):
    """The state as the graph saves it, in the two values that every thread has."""

    thread: dict[str, Any]  # Any: JSON values
    turn: dict[str, Any]  # Any: as above


StateUpdate = dict[str, Any]  # Any: a part of AnalyzeState


def begin_narrative(*, plan: str, model: str, parts: int) -> StateUpdate:
    """Return the input that starts a narrative; `plan` names what is asked, about so many parts."""
    return {"version": STATE_VERSION, "plan": plan, "model": model, "parts": parts}


def unfold(saved: Mapping[str, Any]) -> AnalyzeState:
    """Return a saved state with all its keys side by side, as nodes and routing know it."""
    return cast("AnalyzeState", {**saved.get("thread", {}), **saved.get("turn", {})})


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
        ThreadDamagedError: If it is no state of a narrative.
        ThreadError: If it was written by another version.
    """
    version = state.get("version")
    if version == STATE_VERSION:
        return
    if not isinstance(version, int):
        msg = "The saved state of this narrative is damaged: it does not say its form."
        raise ThreadDamagedError(msg, hint="Other threads are not affected; analyze anew.")
    msg = f"This narrative was saved by another version of vivek, in form {version}; this one reads {STATE_VERSION}."
    raise ThreadError(msg, hint="Analyze anew: what was asked before and has not changed is kept.")
