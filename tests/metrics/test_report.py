"""Percentiles, groups and sums over what was kept."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vivek.metrics.report import SLICES, build_report, spread
from vivek.metrics.tables import open_metrics, write
from vivek.metrics.tally import CallRow, Tally, Verdict
from vivek.schema.chunk import Usage
from vivek.schema.metrics import Course, Spread

DAY = 86_400.0
NOON = 20_000 * DAY + DAY / 2  # midday in the time zone of the tests
Add = Callable[..., None]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open an empty database of metrics."""
    connection = open_metrics(tmp_path).connection
    yield connection
    connection.close()


def call(node: str = "executor", model: str = "ollama/a", **usage: Any) -> CallRow:
    seconds, first = usage.pop("seconds", None), usage.pop("first", None)
    finish = "length" if usage.pop("cut", None) else "stop"
    return CallRow(1, node, model, Usage(**usage), seconds or 1.0, first, finish)


def turn(*calls: CallRow, thread: str = "one", at: float = NOON, status: str = "done", seconds: float = 1.0) -> Tally:
    return Tally(thread, "ollama/a", at, status=status, seconds=seconds, calls=list(calls))


def test_nothing_is_an_empty_report(db: sqlite3.Connection) -> None:
    report = build_report(db)

    assert (report.turns.turns, report.calls.calls, report.groups, report.course) == (0, 0, (), Course())
    assert report.calls.prompt_tokens is None
    assert report.turns.seconds == Spread()


def test_percentiles_are_figures_that_occurred() -> None:
    assert spread([float(number) for number in range(1, 101)]) == Spread(50.0, 95.0, 99.0, 100)
    assert spread([3.0, 1.0]) == Spread(1.0, 3.0, 3.0, 2)
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0, 1)


def test_the_tail_of_a_speed_is_the_slow_one() -> None:
    speeds = [float(number) for number in range(1, 101)]

    assert spread(speeds, high_is_good=True) == Spread(51.0, 6.0, 2.0, 100)


def test_what_is_unknown_is_left_out_of_sums_and_counted_apart(db: sqlite3.Connection) -> None:
    known = call(prompt_tokens=1_000, cached_tokens=900, completion_tokens=50, decode_seconds=5.0, first=0.5, cost=0.01)
    write(db, turn(known, call(prompt_tokens=100, completion_tokens=10, cut=1), call()))

    figures = build_report(db).calls

    assert (figures.calls, figures.counted, figures.prompt_tokens, figures.completion_tokens) == (3, 2, 1_100, 60)
    assert figures.cached_share == 0.9
    assert figures.first_token == Spread(0.5, 0.5, 0.5, 1)
    assert figures.tokens_per_second == Spread(10.0, 10.0, 10.0, 1)
    assert (figures.load_seconds, figures.decode_seconds, figures.cost, figures.cut) == (None, 5.0, 0.01, 1)


@pytest.mark.parametrize(
    "usage", [{"completion_tokens": 50, "first": 0.5}, {"completion_tokens": 0, "decode_seconds": 1.0}, {}]
)
def test_a_speed_that_nobody_can_tell_is_unknown(db: sqlite3.Connection, usage: dict[str, Any]) -> None:
    write(db, turn(call(**usage)))

    assert build_report(db).calls.tokens_per_second == Spread()


def test_figures_are_grouped_by_who_answered(db: sqlite3.Connection) -> None:
    small, large = call(prompt_tokens=10, completion_tokens=1), call("reviewer", "ollama/b", prompt_tokens=90)
    write(db, turn(small, large, call("reviewer", "ollama/b", prompt_tokens=90, completion_tokens=1)))

    by_model = build_report(db, by="model").groups
    assert [(group.name, group.calls.calls, group.turns and group.turns.turns) for group in by_model] == [
        ("ollama/b", 2, None),
        ("ollama/a", 1, 1),
    ]
    by_node = build_report(db, by="node").groups
    assert [(group.name, group.calls.calls, group.turns) for group in by_node] == [
        ("reviewer", 2, None),
        ("executor", 1, None),
    ]


def test_days_are_in_their_order_and_threads_apart(db: sqlite3.Connection) -> None:
    write(db, turn(call(), at=NOON + DAY, thread="two"))
    write(db, turn(call(prompt_tokens=5, completion_tokens=5), call()))

    assert [(group.name, group.calls.calls) for group in build_report(db, by="day").groups] == [
        ("2024-10-04", 2),
        ("2024-10-05", 1),
    ]
    assert [group.name for group in build_report(db, by="thread").groups] == ["one", "two"]


def test_older_turns_and_other_threads_can_be_left_out(db: sqlite3.Connection) -> None:
    for thread, at in (("one", NOON), ("one", NOON + DAY), ("two", NOON + DAY)):
        write(db, turn(call(), thread=thread, at=at))

    assert build_report(db, since=NOON + 1).turns.turns == 2
    assert build_report(db, since=NOON).turns.turns == 3
    assert build_report(db, thread="one").calls.calls == 2
    assert build_report(db, thread="one", since=NOON + 1).calls.calls == 1


def test_verdicts_edits_and_checks_are_added_up(db: sqlite3.Connection) -> None:
    first, second = turn(), turn(status="failed")
    first.verdicts = [
        Verdict(1, 0.5, needs_work=True),
        Verdict(2, 1.0, needs_work=False),
        Verdict(3, None, needs_work=False),
    ]
    second.verdicts = [Verdict(1, None, needs_work=False)]
    first.edits = {"staged": 3, "applied": 2, "refused": 1}
    second.checks = {"passed": 4, "failed": 5, "skipped": 6}
    write(db, first)
    write(db, second)
    write(db, turn(status="cancelled", seconds=500.0))

    figures = build_report(db).turns

    assert (figures.reviews, figures.score, figures.iterations) == (4, 0.75, 2.0)
    assert (figures.edits_applied, figures.edits_refused) == (2, 1)
    assert (figures.checks_passed, figures.checks_failed, figures.checks_skipped) == (4, 5, 6)
    assert figures.statuses == {"done": 1, "failed": 1, "cancelled": 1}
    assert figures.seconds == Spread(1.0, 1.0, 1.0, 2)  # a turn that was stopped says nothing of how long turns take


def test_the_course_has_the_median_of_each_slice_of_time(db: sqlite3.Connection) -> None:
    for hours, first in ((0, 1.0), (0.1, 3.0), (24, 5.0)):
        write(db, turn(call(first=first), at=NOON + hours * 3_600, seconds=10 * first))

    course = build_report(db).course

    assert course.slice_seconds == DAY / SLICES
    assert course.first_token == (2.0, *[None] * (SLICES - 2), 5.0)
    assert course.turn_seconds == (20.0, *[None] * (SLICES - 2), 50.0)
    assert course.tokens_per_second == (None,) * SLICES


def test_what_another_program_wrote_stops_no_report(db: sqlite3.Connection) -> None:
    write(db, turn(call(prompt_tokens=1, completion_tokens=1)))
    db.execute("UPDATE calls SET prompt = 'much', node = x'ff41', decode = 'long'")
    db.execute("UPDATE turns SET seconds = 'for ever', thread = x'ff'")

    report = build_report(db, by="node")

    assert report.calls.prompt_tokens == 0
    assert report.groups[0].name.endswith("A")
