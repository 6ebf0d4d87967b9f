import io

import pytest

from tests.cli.fakes import DIFF, REPLY, THREAD, USAGE, WAITING, FakeClock, answered, applied, edited
from vivek.cli.render.plain import PlainView
from vivek.cli.render.safe_text import FRAME
from vivek.cli.render.shown import ShownDiffs
from vivek.schema.checks import Check
from vivek.schema.concerns import Concern
from vivek.schema.events import (
    ApprovalRequested,
    CheckDone,
    Event,
    NodeStarted,
    Notice,
    PhaseChanged,
    PlanReady,
    TextDelta,
    ThinkingDelta,
    TurnDone,
)
from vivek.schema.plan import Plan
from vivek.schema.questions import TrustRequested
from vivek.schema.report import TurnReport


def drawn(events: list[Event], *, stream: bool = True, progress: bool = False) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    view = PlainView(out, err, clock=FakeClock(), stream=stream, progress=progress)
    for event in events:
        view.show(event)
        view.tick()
    view.close()
    return out.getvalue(), err.getvalue()


def test_an_answer_goes_to_the_output_and_figures_beside_it() -> None:
    out, err = drawn(answered("It adds up prices."))

    assert out == "It adds up prices.\n"
    assert err == (
        "prompt 1,024 tokens (900 cached, 124 new) · reply 56 tokens · first token 0.8 s · 12.3 tok/s · "
        "1 call in 5.1 s\n"
    )


@pytest.mark.parametrize("stream", [True, False])
def test_streamed_or_not_the_output_is_the_same(stream: bool) -> None:
    assert drawn(answered("One.\n\nTwo.\n"), stream=stream)[0] == "One.\n\nTwo.\n"


def test_no_escape_code_gets_through_even_in_pieces() -> None:
    deltas: list[Event] = [TextDelta("executor", char) for char in "a\x1b[31m\r\nb\rc\r"]
    out, _ = drawn(deltas)

    assert out == "a\\x1b[31m\nb\\x0dc\\x0d\n"


def test_what_planner_and_reviewer_say_is_not_shown() -> None:
    assert drawn([TextDelta("planner", '{"kind":'), TextDelta("reviewer", "{"), ThinkingDelta("executor", "hm")]) == (
        "",
        "",
    )


def test_a_change_shows_prose_then_one_diff_and_its_checks() -> None:
    out, err = drawn(edited())

    assert out == f"The sum should be a product.\n\n{DIFF}"
    assert err.startswith(
        "plan:\n  1. Mend area\napp.py +1 -1 · parse passed · tests skipped\nNothing was changed yet.\n"
    )
    assert f"hint: `vivek threads resume {THREAD}` shows what waits and asks\n" in err


def test_the_diff_is_not_repeated_after_the_approval() -> None:
    out, err = drawn(edited() + applied())

    assert out.count("+    return width * height") == 1
    assert out.endswith("\nMended `area`.\n")
    assert "applied app.py +1 -1\n" in err


def test_of_a_change_that_was_edited_first_only_what_is_new_of_it_counts() -> None:
    one, two = (f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-1\n+2\n" for name in "xy")
    shown = ShownDiffs()

    assert shown.take(one + two)
    assert not shown.take(one), "the user left a file out"
    assert not shown.take("")
    assert shown.take(one.replace("+2", "+3") + two), "the user edited one"


def test_a_change_nobody_was_asked_about_is_shown_too() -> None:
    out, err = drawn([PlanReady(Plan("change", ("Mend",)), made=False), TurnDone(WAITING)])

    assert out == DIFF
    assert "app.py +1 -1 · parse passed · tests skipped" in err


def test_a_failed_check_shows_its_evidence() -> None:
    failed = (Check("parse", "failed", "line 1: oops"),)
    _, err = drawn([CheckDone(failed[0]), ApprovalRequested(DIFF, WAITING.changes, failed)])

    assert err == "app.py +1 -1 · parse failed\nparse failed: line 1: oops\n"


def test_doubts_notes_and_questions_are_told_beside_the_diff() -> None:
    doubt = Concern("V02", "ask", "app.py", "`x` is not defined", 3)
    out, err = drawn(
        [
            ApprovalRequested(DIFF, WAITING.changes, (), (doubt,), ("moved by 3 lines",)),
            TrustRequested("pytest -q", "pyproject.toml", "none"),
        ]
    )

    assert out == DIFF
    assert err == (
        "app.py +1 -1\nlook: app.py:3: `x` is not defined\nnote: moved by 3 lines\n"
        f"{FRAME} Run `pytest -q` (from pyproject.toml) without a sandbox after edits?\n"
    )


@pytest.mark.covers("X07", "X15")
def test_a_sequence_over_two_pieces_of_a_reply_is_inert() -> None:
    out, _ = drawn(
        [TextDelta("executor", "one\x1b"), TextDelta("executor", "[2Jtwo\r"), TextDelta("executor", "\nend")]
    )

    assert out == "one\\x1b[2Jtwo\nend\n"


def test_code_that_changed_nothing_is_shown_as_the_answer() -> None:
    events: list[Event] = [
        PlanReady(Plan("change", ("Mend",)), made=False),
        TextDelta("executor", REPLY),
        TurnDone(TurnReport(THREAD, "done", answer=REPLY, usage=USAGE)),
    ]

    assert "    return width * height\n" in drawn(events)[0]


def test_notices_stand_on_lines_of_their_own() -> None:
    out, err = drawn([TextDelta("executor", "half a line"), Notice("Told.", "Do."), TextDelta("executor", "rest")])

    assert out == "half a line\nrest\n"
    assert err == "Told.\nhint: Do.\n"


def test_nodes_and_phases_are_told_to_a_person_only() -> None:
    events: list[Event] = [NodeStarted("executor"), PhaseChanged("executor", "load"), TextDelta("executor", "x")]

    assert drawn(events, progress=True) == ("x\n", "executor: begins\nexecutor: loading the model\n")
    assert drawn(events)[1] == ""


def test_a_new_reply_begins_on_a_new_line() -> None:
    events: list[Event] = [TextDelta("executor", "first"), NodeStarted("executor"), TextDelta("executor", "second")]

    assert drawn(events)[0] == "first\nsecond\n"


class CountingOut(io.StringIO):
    flushes = 0

    def flush(self) -> None:
        self.flushes += 1
        super().flush()


def test_writing_is_linear_and_flushing_bounded() -> None:
    out, clock = CountingOut(), FakeClock()
    view = PlainView(out, io.StringIO(), clock=clock)
    text = "word " * 20_000
    for at in range(0, len(text), 5):
        clock.now += 0.001
        view.show(TextDelta("executor", text[at : at + 5]))
    view.show(TurnDone(TurnReport(THREAD, "done", answer=text)))

    assert len(out.getvalue()) < 3 * len(text)
    assert out.flushes < 1_000


class Flushes(io.StringIO):
    """Counts how often what was written is sent on."""

    flushed = 0

    def flush(self) -> None:
        self.flushed += 1


def test_the_first_text_is_sent_on_at_once_and_what_follows_in_frames() -> None:
    clock, out = FakeClock(), Flushes()
    view = PlainView(out, io.StringIO(), clock=clock)
    view.tell("a note just before")
    view.show(TextDelta("executor", "one "))
    assert out.flushed == 1
    for _ in range(10):
        clock.now += 0.004
        view.show(TextDelta("executor", "two "))
    assert out.flushed == 1
    clock.now += 0.02
    view.tick()
    assert out.flushed == 2


def test_an_answer_that_an_earlier_turn_showed_is_shown_again() -> None:
    again = TurnDone(TurnReport(THREAD, "done", answer="Done."))
    assert drawn([*answered("Done."), again])[0].count("Done.") == 2
