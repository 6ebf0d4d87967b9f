"""Chooses what is asked next: the parts one by one, then the whole, then nothing."""

from typing import Literal

from vivek.flows.analyze.state import AnalyzeState
from vivek.schema.narrative import PASSAGES


def after_question(state: AnalyzeState) -> Literal["part", "whole", "report"]:
    """Return the next node."""
    at, parts = state.get("at", 0), state["parts"]
    if at < parts:
        return "part"
    return "whole" if at < parts + len(PASSAGES) else "report"
