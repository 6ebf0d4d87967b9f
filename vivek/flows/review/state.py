"""The saved state of a review: plain JSON types, small; big things are named by SHA-256."""

from typing import NotRequired, TypedDict

from vivek.flows.piecewise import REVIEW, StateUpdate


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


def begin_review(*, plan: str, effort: str, model: str) -> StateUpdate:
    """Return the input that starts a review; `plan` names what is asked."""
    return {"version": REVIEW.version, "plan": plan, "effort": effort, "model": model}
