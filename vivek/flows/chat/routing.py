"""Which node comes next: pure functions of the state."""

from typing import Literal

from vivek.flows.chat.packing import unpack_review
from vivek.flows.chat.state import ChatState

REVIEW_LIMIT = 3
PASSING_SCORE = 0.6

AfterPlanner = Literal["executor", "formatter"]
AfterExecutor = Literal["executor", "act", "stage", "formatter"]
AfterAct = Literal["executor", "approve", "stage", "formatter"]
AfterStage = Literal["check", "formatter"]
AfterCheck = Literal["executor", "approve", "reviewer"]
AfterReviewer = Literal["executor", "approve"]
AfterApprove = Literal["executor", "act", "check", "apply", "formatter"]


def after_planner(state: ChatState) -> AfterPlanner:
    """A question to the user or a failure ends the turn; else the work begins."""
    return "formatter" if state.get("status") else "executor"


def after_executor(state: ChatState) -> AfterExecutor:
    """Edits go to the stage, requests to `act`, a final answer to the formatter, a need for a file back."""
    if state.get("status"):
        return "formatter"
    if state.get("proposed"):
        return "stage"
    return "act" if state.get("asks") else "executor"


def after_act(state: ChatState) -> AfterAct:
    """A command that must ask goes to the user, a turn that goes in circles ends; edits are staged, results read."""
    if state.get("question"):
        return "approve"
    if state.get("status"):
        return "formatter"
    return "stage" if state.get("proposed") else "executor"


def after_stage(state: ChatState) -> AfterStage:
    """A change is checked; edits that come to nothing end the turn."""
    return "formatter" if state.get("status") else "check"


def after_check(state: ChatState) -> AfterCheck:
    """A red check goes back while there is evidence to work with; `check` leaves none when steps are spent."""
    if state.get("question"):
        return "approve"
    return "executor" if state.get("evidence") else "reviewer"


def after_reviewer(state: ChatState) -> AfterReviewer:
    """Only a verdict that needs work, is scored low and is not the last one goes back; null never does."""
    review = unpack_review(state.get("review"))
    if review is None or review.score is None or not review.needs_work:
        return "approve"
    again = review.score < PASSING_SCORE and state.get("iteration", 0) < REVIEW_LIMIT
    return "executor" if again else "approve"


def after_approve(state: ChatState) -> AfterApprove:
    """An answered question goes back to who asked; yes applies, no with a reason goes to the model, no ends."""
    if state.get("status"):
        return "formatter"
    match state.get("back"):
        case "act":
            return "act"
        case "check":
            return "check"
        case _:
            decision = state.get("decision") or {}
            return "apply" if decision.get("approved") else "executor"
