"""The saved state of a review: small, plain, and refused where it is of another form."""

import json
from typing import cast

import pytest

from vivek.errors import ThreadDamagedError, ThreadError
from vivek.flows.piecewise import REVIEW, fold, pack, unfold
from vivek.flows.review.packing import Plan, Result
from vivek.flows.review.routing import after_plan, after_verify
from vivek.flows.review.state import ReviewState, begin_review
from vivek.schema.changes import Changes, ReviewScope
from vivek.schema.findings import Finding, Fix, Receipt, ReviewReport

SCOPE = ReviewScope("commit", "commit 1a2b3c4", message="Round \udc80 up")


def test_what_is_kept_beside_the_state_comes_back_as_it_was() -> None:
    finding = Finding("review/crash", "high", "low", "a.py", 1, 2, "x", "t", fix=Fix("a.py", 1, 2, "y\n"))
    result = Result(Receipt("1", "a.py", 2, 1, 2, ("finder:lines",)), (finding,), {"refuted": 1}, 2, 30, 4, 0.5)
    plan = Plan(Changes(SCOPE, ()), ReviewReport(SCOPE, "done"), 2_000, (), (("2", "too large"),))

    assert REVIEW.unpack(Result, pack(result)) == result
    assert REVIEW.unpack(Plan, pack(plan)) == plan
    assert pack(plan).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"receipt": 1}',
        '{"receipt": {"id": "1", "path": 2, "lines": 1, "first": 1, "last": 1}}',
        "[" * 100_000,
    ],
)
def test_what_is_damaged_is_told_and_never_taken_for_a_value(text: str) -> None:
    with pytest.raises(ThreadDamagedError):
        REVIEW.unpack(Result, text)


def test_a_state_is_saved_in_the_two_values_that_every_thread_has() -> None:
    saved = dict(fold(begin_review(plan="0" * 64, effort="quick", model="a/b"), {}))
    saved |= fold({"turns": 1, "at": 2}, saved)

    assert saved.keys() == {"thread", "turn"}
    assert unfold(saved)["turns"] == 1
    assert unfold(saved)["plan"] == "0" * 64
    assert len(json.dumps(saved)) < 300


def test_a_state_of_another_form_is_refused() -> None:
    REVIEW.check({"version": REVIEW.version})
    with pytest.raises(ThreadError, match="another version"):
        REVIEW.check({"version": REVIEW.version + 1})
    with pytest.raises(ThreadDamagedError):
        REVIEW.check({})


def test_pieces_are_read_until_none_is_left() -> None:
    begun = cast("ReviewState", unfold({"turn": begin_review(plan="", effort="quick", model="")}))

    assert after_plan({**begun, "pieces": 0}) == "report"
    assert after_plan({**begun, "pieces": 2}) == "find"
    assert [after_verify({**begun, "pieces": 2, "at": at}) for at in (1, 2)] == ["find", "report"]
