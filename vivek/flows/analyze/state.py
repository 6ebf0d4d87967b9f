"""The saved state of a narrative: plain JSON types, small; big things are named by SHA-256."""

from typing import NotRequired, TypedDict

from vivek.flows.piecewise import NARRATIVE, StateUpdate


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


def begin_narrative(*, plan: str, model: str, parts: int) -> StateUpdate:
    """Return the input that starts a narrative; `plan` names what is asked, about so many parts."""
    return {"version": NARRATIVE.version, "plan": plan, "model": model, "parts": parts}
