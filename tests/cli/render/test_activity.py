import pytest

from tests.cli.fakes import FakeClock
from vivek.cli.render.activity import Activity
from vivek.cli.render.phrases import figures_of
from vivek.cli.render.safe_text import width_of
from vivek.schema.chunk import Usage
from vivek.schema.events import (
    BudgetSpent,
    CallDone,
    Event,
    NodeStarted,
    PhaseChanged,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
    TurnStarted,
)
from vivek.schema.report import TurnUsage

STARTED = TurnStarted("calm-otter-7", "ollama/qwen3:4b", 16_384, "given")
SPENT = BudgetSpent("executor", 16_384, (("history", 2_000), ("request", 560)), ())


def line(*events: Event, columns: int = 200, seconds: float = 0.5) -> str:
    clock = FakeClock()
    activity = Activity(clock)
    for event in events:
        clock.now += seconds
        activity.note(event)
    return activity.line(columns)


def test_before_anything_is_known_only_the_window_and_the_model_are_told() -> None:
    assert line(STARTED) == "16k window · ollama/qwen3:4b · 0 s"


def test_loading_and_reading_say_how_far_and_how_long() -> None:
    assert line(STARTED, NodeStarted("executor"), SPENT, PhaseChanged("executor", "load")) == (
        "executor · loading the model · ~2.5k/16k · ollama/qwen3:4b · 0 s"
    )
    assert line(STARTED, NodeStarted("executor"), PrefillProgress("executor", 1_681, 4_100, 0, 12.2)) == (
        "executor · reading the prompt 41 % ~12 s left · 4.0k/16k · ollama/qwen3:4b · 0 s"
    )


def test_nothing_is_made_up_where_a_server_says_nothing() -> None:
    unknown = PrefillProgress("executor", 0, 0, 0, None)

    assert line(NodeStarted("executor"), PhaseChanged("executor", "prefill"), unknown) == (
        "executor · reading the prompt · 0 s"
    )


def test_writing_shows_speed_first_token_cache_and_the_growing_window() -> None:
    reading = PrefillProgress("executor", 2_048, 2_048, 1_024, 0.0)
    pieces = [TextDelta("executor", "word ", pieces=4)] * 16

    assert line(STARTED, NodeStarted("executor"), reading, PhaseChanged("executor", "decode"), *pieces) == (
        "executor · writing · ~8.0 tok/s · first token 1.0 s · 50 % cached · ~2.1k/16k · ollama/qwen3:4b · 8 s"
    )


def test_the_servers_own_figures_take_the_place_of_estimates() -> None:
    done = CallDone("executor", Usage(4_096, 3_072, 1_024), 3.0, 0.7, "ollama/other")

    assert line(STARTED, NodeStarted("executor"), SPENT, *[TextDelta("executor", "x")] * 9, done) == (
        "executor · first token 0.7 s · 75 % cached · 5k/16k · ollama/other · 6 s"
    )


def test_thinking_counts_for_the_window_and_is_told_once() -> None:
    clock = FakeClock()
    activity = Activity(clock)
    for _ in range(21):
        activity.note(ThinkingDelta("executor", "hm", pieces=2))
        clock.now += 0.5

    assert activity.line(80).startswith("executor · thinking · ~")
    assert activity.thought() == "thought for 10 s, ~42 tokens"
    assert activity.thought() == ""


FULL: tuple[Event, ...] = (
    STARTED,
    NodeStarted("executor"),
    PrefillProgress("executor", 2_048, 2_048, 1_024, 0.0),
    PhaseChanged("executor", "decode"),
    *[TextDelta("executor", "word ", pieces=4)] * 16,
)


def test_what_matters_least_goes_first() -> None:
    assert line(*FULL, columns=80) == "writing · ~8.0 tok/s · first token 1.0 s · 50 % cached · ~2.1k/16k · 8 s"
    assert line(*FULL, columns=40) == "writing · ~8.0 tok/s · ~2.1k/16k · 8 s"
    assert line(*FULL, columns=20) == "writing · 8 s"
    assert line(*FULL, columns=5) == "writ…"


@pytest.mark.parametrize("columns", range(1, 130))
def test_the_line_fits_every_terminal(columns: int) -> None:
    assert width_of(line(*FULL, columns=columns)) <= columns


USAGE = TurnUsage(14_200, 12_780, 560, calls=2, seconds=51.0, time_to_first_token=0.8, tokens_per_second=11.5)


@pytest.mark.parametrize("columns", range(12, 140))
def test_the_figures_of_a_turn_are_one_line(columns: int) -> None:
    told = figures_of(USAGE, columns)

    assert width_of(told) <= columns
    assert "11.5 tok/s" in told


def test_figures_that_are_unknown_are_called_so_on_a_narrow_terminal_too() -> None:
    assert figures_of(TurnUsage(calls=1, seconds=5.1), 60) == ("prompt unknown · reply unknown · unknown tok/s · 5.1 s")
    assert figures_of(USAGE, 70) == "14,200 in (90 % cached) · 560 out · first 0.8 s · 11.5 tok/s · 51.0 s"


def test_what_was_measured_of_one_call_is_not_shown_for_the_next() -> None:
    assert line(*FULL, NodeStarted("reviewer"), columns=200) == "reviewer · ~2.1k/16k · ollama/qwen3:4b · 0 s"
