"""What the turns of a chat came to."""

from dataclasses import replace

import pytest

from tests.cli.fakes import CHANGE, THREAD, USAGE
from vivek.cli.render.totals import Totals, totals_of
from vivek.schema.report import TurnReport, TurnUsage
from vivek.schema.review import Review

DONE = TurnReport(THREAD, "done", usage=USAGE)


def totals(*turns: tuple[TurnReport, int]) -> str:
    sums = Totals()
    for report, verdicts in turns:
        sums.add(report, verdicts)
    return totals_of(sums)


def test_turns_are_added_up() -> None:
    changed = replace(
        DONE, changes=(replace(CHANGE, applied=True),), review=Review(score=0.85, needs_work=False, feedback="")
    )

    assert totals((DONE, 0), (changed, 2), (changed, 1)) == (
        "3 turns in 15.3 s · prompt 3,072 tokens (2,700 cached) · reply 168 tokens · 12.3 tok/s · 1 file changed"
        " · 3 reviews, score 0.85"
    )


def test_what_was_not_applied_is_no_changed_file() -> None:
    assert "0 files changed" in totals((replace(DONE, changes=(CHANGE,)), 0))


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (replace(USAGE, cached_tokens=None), "prompt 2,048 tokens (cached unknown) · reply 112 tokens · 12.3 tok/s"),
        (replace(USAGE, prompt_tokens=None), "reply 112 tokens · 12.3 tok/s"),
        (replace(USAGE, tokens_per_second=None), "prompt 2,048 tokens (1,800 cached) · reply 112 tokens"),
        (replace(USAGE, completion_tokens=None), "prompt 2,048 tokens (1,800 cached)"),
    ],
)
def test_a_figure_that_one_turn_does_not_know_is_unknown_for_all(usage: TurnUsage, told: str) -> None:
    line = totals((DONE, 0), (replace(DONE, usage=usage), 0))

    assert line == f"2 turns in 10.2 s · {told} · 0 files changed"


def test_a_turn_without_a_model_makes_nothing_unknown() -> None:
    assert totals((replace(DONE, usage=TurnUsage(seconds=1.0)), 0), (DONE, 0)).startswith(
        "2 turns in 6.1 s · prompt 1,024 tokens (900 cached) · reply 56 tokens · 12.3 tok/s"
    )


def test_long_times_are_told_in_minutes_and_an_unscored_review_as_such() -> None:
    long = replace(DONE, usage=replace(USAGE, seconds=252.4))
    reviewed = replace(long, review=Review(score=None, needs_work=False, feedback=""))

    assert totals((reviewed, 1)).startswith("1 turn in 4 min 12 s · ")
    assert totals((reviewed, 1)).endswith("1 review, not scored")


def test_speeds_are_joined_by_the_time_they_took() -> None:
    fast = replace(DONE, usage=replace(USAGE, completion_tokens=100, tokens_per_second=100.0))
    slow = replace(DONE, usage=replace(USAGE, completion_tokens=100, tokens_per_second=10.0))

    assert "18.2 tok/s" in totals((fast, 0), (slow, 0))  # 200 tokens in 11 seconds
