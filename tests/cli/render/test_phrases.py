import pytest

from vivek.cli.render.phrases import (
    change_of,
    changes_of,
    check_of,
    figures_of,
    news_of,
    outcome_of,
    review_of,
)
from vivek.schema.checks import Check
from vivek.schema.chunk import Usage
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    BudgetSpent,
    CallDone,
    EditApplied,
    EditRefused,
    Event,
    NodeStarted,
    Notice,
    PlanReady,
    ReviewDone,
    ToolDone,
)
from vivek.schema.plan import Plan
from vivek.schema.report import ErrorReport, TurnReport, TurnStatus, TurnUsage
from vivek.schema.review import Review

NEW = FileChange("new.py", "create", 3, 0, applied=False)
GONE = FileChange("old.py", "delete", 0, 9, applied=False)


def test_figures_name_prompt_cached_new_reply_and_speed() -> None:
    usage = TurnUsage(12_345, 12_000, 210, calls=2, seconds=30.04, time_to_first_token=0.84, tokens_per_second=12.34)

    assert figures_of(usage) == (
        "prompt 12,345 tokens (12,000 cached, 345 new) · reply 210 tokens · first token 0.8 s · 12.3 tok/s · "
        "2 calls in 30.0 s"
    )


def test_unknown_figures_are_never_zero() -> None:
    shown = figures_of(TurnUsage(calls=1, seconds=2.0))

    assert shown == "prompt unknown · reply unknown · unknown tok/s · 1 call in 2.0 s"
    assert figures_of(TurnUsage(100, None, 5, calls=1)).startswith(
        "prompt 100 tokens (cached unknown) · reply 5 tokens"
    )


def test_a_turn_without_a_call_has_no_figures() -> None:
    assert figures_of(TurnUsage()) == ""


def test_changes_are_told_with_kind_and_checks() -> None:
    checks = (Check("parse", "failed", "line 3: oops"), Check("tests", "skipped", "none found"))

    assert change_of(GONE) == "old.py (deleted) +0 -9"
    assert changes_of((NEW, GONE), checks) == (
        "new.py (new) +3 -0 · old.py (deleted) +0 -9 · parse failed · tests skipped\nparse failed: line 3: oops"
    )
    assert check_of(Check("parse", "passed", "fine")) == "parse passed"
    assert check_of(Check("tests", "skipped", "none found")) == "tests skipped: none found"


def test_a_review_without_a_score_is_not_scored() -> None:
    assert review_of(Review(None, needs_work=False, feedback="")) == "review: not scored, good."
    assert review_of(Review(0.0, needs_work=True, feedback="Mend it.")) == "review: 0.00, needs work. Mend it."


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (PlanReady(Plan("change", ("Rename f", "Test it")), made=True), "plan:\n  1. Rename f\n  2. Test it"),
        (PlanReady(Plan("change", ("Rename f",)), made=False), ""),
        (EditRefused("a\x1b.py", "not shown"), "refused a\\x1b.py: not shown"),
        (ReviewDone(Review(1.0, needs_work=False), 1), "review: 1.00, good."),
        (EditApplied(NEW), "applied new.py (new) +3 -0"),
        (ToolDone("run", "ls -l", "ran ls -l: exit 0", ok=True), "ran ls -l: exit 0"),
        (ToolDone("run", "ls -l", "did not run ls -l", ok=False), "did not run ls -l"),
        (ToolDone("read", "a.py:9", "nothing there", ok=False), "nothing there (read: a.py:9)"),
        (Notice("Told.", "Do it."), "Told.\nhint: Do it."),
        (BudgetSpent("executor", 4096, (), (("big.py", 5_000),)), "left out of the prompt: big.py (5,000 tokens)"),
        (BudgetSpent("executor", 4096, (("a", 1),), ()), ""),
        (NodeStarted("planner"), ""),
        (CallDone("planner", Usage(), 1.0, None), ""),
    ],
)
def test_news_of_an_event(event: Event, told: str) -> None:
    assert news_of(event) == told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("done", ""),
        ("needs_answer", ""),
        ("declined", "Declined: nothing was changed."),
        (
            "needs_approval",
            "Nothing was changed yet.\nhint: `vivek threads resume calm-otter-7` shows what waits and asks",
        ),
        ("incomplete", "The turn is incomplete.\nhint: `vivek ask --thread calm-otter-7 TEXT` goes on"),
        ("cancelled", "[interrupted]"),
        ("failed", "The turn failed."),
    ],
)
def test_how_a_turn_ended(status: TurnStatus, told: str) -> None:
    assert outcome_of(TurnReport("calm-otter-7", status)) == told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("needs_approval", "Nothing was changed yet.\nhint: `/resume` shows what waits and asks"),
        ("incomplete", "The turn is incomplete.\nhint: a new message goes on"),
    ],
)
def test_in_a_chat_the_way_on_is_one_that_works_there(status: TurnStatus, told: str) -> None:
    assert outcome_of(TurnReport("calm-otter-7", status), chat=True) == told


def test_an_error_is_told_with_its_hint() -> None:
    report = TurnReport("calm-otter-7", "failed", error=ErrorReport("ModelAPIError", "It broke.", "Mend it."))

    assert outcome_of(report) == "It broke.\nhint: Mend it."
