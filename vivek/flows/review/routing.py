"""Chooses the next step of a review, purely from its state."""

from typing import Literal

from vivek.flows.review.state import ReviewState


def last_step(state: ReviewState) -> Literal["plan", "find", "verify"]:
    """Return the step whose work is the newest that is saved."""
    if state.get("found"):
        return "find"
    return "verify" if state.get("done", 0) else "plan"


def after_plan(state: ReviewState) -> Literal["find", "report"]:
    """Read the first piece, if there is one."""
    return "find" if state.get("pieces", 0) else "report"


def after_verify(state: ReviewState) -> Literal["find", "report"]:
    """Read the next piece, if there is one and time for it."""
    return "find" if state.get("at", 0) < state.get("pieces", 0) else "report"
