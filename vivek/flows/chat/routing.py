"""Which node comes next: pure functions of the state."""

from typing import Literal

from vivek.flows.chat.state import ChatState, unpack_review

REVIEW_LIMIT = 3
PASSING_SCORE = 0.6

AfterPlanner = Literal["executor", "formatter"]
AfterExecutor = Literal["executor", "stage", "formatter"]
AfterCheck = Literal["executor", "reviewer"]
AfterReviewer = Literal["executor", "approve"]
AfterApprove = Literal["executor", "apply", "formatter"]


def after_planner(state: ChatState) -> AfterPlanner:
    """A question to the user or a failure ends the turn; else the work begins."""
    return "formatter" if state.get("status") else "executor"


def after_executor(state: ChatState) -> AfterExecutor:
    """Edits go to the stage, a final answer to the formatter, a need for a file back."""
    if state.get("status"):
        return "formatter"
    return "stage" if state.get("proposed") else "executor"


def after_check(state: ChatState) -> AfterCheck:
    """A red check goes back while there is evidence to work with; `check` leaves none when steps are spent."""
    return "executor" if state.get("evidence") else "reviewer"


def after_reviewer(state: ChatState) -> AfterReviewer:
    """Only a verdict that needs work, is scored low and is not the last one goes back; null never does."""
    review = unpack_review(state.get("review"))
    if review is None or review.score is None or not review.needs_work:
        return "approve"
    again = review.score < PASSING_SCORE and state.get("iteration", 0) < REVIEW_LIMIT
    return "executor" if again else "approve"


def after_approve(state: ChatState) -> AfterApprove:
    """Yes applies; no with a reason goes back to the model; no without one ends the turn."""
    if state.get("status"):
        return "formatter"
    decision = state.get("decision") or {}
    return "apply" if decision.get("approved") else "executor"
