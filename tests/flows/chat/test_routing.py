"""Which node comes next."""

import pytest

from vivek.flows.chat import routing
from vivek.flows.chat.packing import pack_review
from vivek.flows.chat.state import ChatState, begin_turn
from vivek.schema.review import Review


def state_with(**changes: object) -> ChatState:
    return {**begin_turn("0" * 64, mode="peer", depth="auto"), **changes}  # type: ignore[return-value]  # built from parts on purpose


@pytest.mark.parametrize(("status", "node"), [("", "executor"), ("needs_answer", "formatter"), ("failed", "formatter")])
def test_a_status_ends_the_turn_after_the_planner(status: str, node: str) -> None:
    assert routing.after_planner(state_with(status=status)) == node


def test_edits_go_to_the_stage_answers_to_the_formatter_needs_back() -> None:
    assert routing.after_executor(state_with(proposed={"a.py": "f" * 64})) == "stage"
    assert routing.after_executor(state_with(status="done")) == "formatter"
    assert routing.after_executor(state_with()) == "executor"


def test_a_red_check_goes_back_with_its_evidence() -> None:
    assert routing.after_check(state_with(evidence="parse failed")) == "executor"
    assert routing.after_check(state_with()) == "reviewer"


@pytest.mark.parametrize(
    ("review", "iteration", "node"),
    [
        (None, 0, "approve"),
        (Review(None, needs_work=True), 1, "approve"),
        (Review(0.3, needs_work=True), 1, "executor"),
        (Review(0.3, needs_work=True), 2, "executor"),
        (Review(0.3, needs_work=True), 3, "approve"),
        (Review(0.6, needs_work=True), 1, "approve"),
        (Review(0.59, needs_work=True), 1, "executor"),
        (Review(0.1, needs_work=False), 1, "approve"),
    ],
)
def test_only_a_low_score_that_needs_work_goes_back_and_at_most_twice(
    review: Review | None, iteration: int, node: str
) -> None:
    packed = None if review is None else pack_review(review)

    assert routing.after_reviewer(state_with(review=packed, iteration=iteration)) == node


def test_yes_applies_no_with_a_reason_goes_back_and_no_alone_ends() -> None:
    assert routing.after_approve(state_with(decision={"approved": True})) == "apply"
    assert routing.after_approve(state_with(decision={"approved": False})) == "executor"
    assert routing.after_approve(state_with(decision={"approved": False}, status="declined")) == "formatter"
