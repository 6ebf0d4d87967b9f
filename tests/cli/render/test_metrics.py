"""Metrics as text and CSV."""

import csv
import io
from dataclasses import replace

import pytest

from vivek.cli.render.metrics import metrics_csv, metrics_text, sparkline
from vivek.cli.render.safe_text import width_of
from vivek.schema.metrics import CallFigures, Course, MetricsGroup, MetricsReport, Spread, TurnFigures

CALLS = CallFigures(
    calls=4,
    counted=3,
    prompt_tokens=12_345,
    cached_share=0.914,
    completion_tokens=678,
    first_token=Spread(0.8, 2.1, 12.0, 4),
    tokens_per_second=Spread(12.34, 3.0, 2.0, 4),
    load_seconds=4.0,
    prefill_seconds=130.0,
    decode_seconds=7_300.0,
    cost=0.0123,
    cut=1,
)
TURNS = TurnFigures(
    turns=3,
    statuses={"done": 2, "needs_approval": 1},
    seconds=Spread(5.0, 9.0, 9.0, 3),
    edits_applied=2,
    edits_refused=1,
    checks_passed=4,
    checks_failed=0,
    checks_skipped=1,
    reviews=2,
    score=0.75,
    iterations=1.0,
)
COURSE = Course(3_600.0, (1.0, None, 0.8), (12.0, None, 6.0), (5.0, None, 9.0))
REPORT = MetricsReport(
    since=None,
    thread=None,
    by="model",
    turns=TURNS,
    calls=CALLS,
    groups=(MetricsGroup("ollama/a", CALLS, TURNS), MetricsGroup("ollama/b", CallFigures(calls=1), None)),
    course=COURSE,
)
TEXT = """\
3 turns · 4 model calls

                  P50      P95      P99
first token    0.80 s    2.1 s   12.0 s  █ ▇
tok/s            12.3      3.0      2.0  █ ▅
turn            5.0 s    9.0 s    9.0 s  ▅ █
            each bar is the median of 1.0 h, oldest first

turns    2 done · 1 needs approval
tokens   12,345 read (91% from the cache) · 678 written; told for 3 of 4 calls
time     load 4.0 s · prefill 2.2 min · decode 2.0 h
edits    2 applied · 1 refused
checks   4 passed · 0 failed · 1 skipped
reviews  2 · mean score 0.75 · 1.0 a turn
cut      1 replies for want of room
cost     0.0123, as the providers say

MODEL     TURNS  CALLS    READ  CACHED  WRITTEN  FIRST TOKEN  TOK/S   TURN
ollama/a      3      4  12,345     91%      678       0.80 s   12.3  5.0 s
ollama/b      -      1       -       -        -            -      -      -"""


def test_a_report_is_figures_then_sums_then_a_line_for_each_group() -> None:
    assert metrics_text(REPORT) == TEXT


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_figures_fit_the_terminal_and_the_model_and_its_speed_stay(width: int) -> None:
    long = MetricsGroup("local//home/somebody/models/a-model-with-a-rather-long-name-q8_0.gguf", CALLS, TURNS)
    lines = metrics_text(replace(REPORT, groups=(long,)), width).splitlines()
    figures = [line for line in lines if line.startswith((" ", "first", "tok/s", "turn "))]
    table = lines[-2:]

    assert all(width_of(line) <= width for line in figures + table), lines
    assert "12.0 s" in figures[1]
    assert table[0].split()[0] == "MODEL"
    assert "FIRST TOKEN" in table[0]
    assert "TOK/S" in table[0]
    assert table[1].startswith("local//home/som")
    assert ("TURN" in table[0]) == (width >= 60)
    assert ("WRITTEN" in table[0]) == (width >= 100)
    assert ("█" in lines[3]) == (width >= 60)


def test_nothing_measured_is_said_in_words() -> None:
    empty = replace(REPORT, turns=TurnFigures(), calls=CallFigures(), groups=(), course=Course())

    assert metrics_text(empty) == "Nothing was measured here yet."
    assert metrics_text(replace(empty, since=0.0)) == "Nothing was measured here since then."


def test_a_limit_of_the_report_is_said() -> None:
    told = metrics_text(replace(REPORT, since=86_400.0, thread="calm-otter-7"))

    assert told.startswith("3 turns · 4 model calls · thread calm-otter-7 · since 1970-01-02 00:00\n")


def test_what_was_not_done_is_left_out() -> None:
    bare = replace(REPORT, turns=TurnFigures(turns=1, statuses={"done": 1}), calls=CallFigures(calls=1))
    told = metrics_text(bare)

    assert "no server told them" in told
    for word in ("edits", "checks", "reviews", "cost", "cut", "time "):
        assert word not in told


def test_names_cannot_draw_on_the_terminal() -> None:
    evil = replace(REPORT, groups=(MetricsGroup("ollama/\x1b[31ma\n", CALLS, TURNS),))

    assert "\x1b" not in metrics_text(evil)
    assert "\x1b" not in metrics_csv(evil)


def test_csv_has_a_line_of_names_and_empty_fields_for_what_is_unknown() -> None:
    rows = list(csv.DictReader(io.StringIO(metrics_csv(REPORT))))

    assert [row["name"] for row in rows] == ["ollama/a", "ollama/b"]
    assert (rows[0]["prompt_tokens"], rows[0]["score"], rows[0]["first_token_p99"]) == ("12345", "0.75", "12.0")
    assert {name for name, value in rows[1].items() if value} == {"name", "calls", "counted_calls"}
    assert None not in rows[0]
    assert None not in rows[1].values()


def test_a_name_in_csv_is_no_formula() -> None:
    evil = replace(REPORT, groups=(MetricsGroup("=1+1", CALLS, None),))

    assert metrics_csv(evil).splitlines()[1].startswith("'=1+1,")


def test_a_sparkline_begins_at_zero_and_leaves_gaps() -> None:
    assert sparkline([0.0, 5.0, 10.0, None]) == "▁▅█ "
    assert sparkline([0.0, 0.0]) == "▁▁"
    assert sparkline([None]) == " "
    assert sparkline([]) == ""
