import io
import re

import pyte
import pytest
from rich.console import Console

from tests.cli.fakes import DIFF, REPLY, THREAD, WAITING, FakeClock, answered, applied, edited
from vivek.cli.render.console import LiveView
from vivek.cli.render.diff import diff_text
from vivek.edits.words import marked
from vivek.schema.chunk import Usage
from vivek.schema.edits import FileChange
from vivek.schema.events import (
    CallDone,
    EditApplied,
    EditRefused,
    Event,
    NodeStarted,
    Notice,
    PhaseChanged,
    PlanReady,
    PrefillProgress,
    TextDelta,
    ThinkingDelta,
    TurnDone,
)
from vivek.schema.plan import Plan
from vivek.schema.report import ErrorReport, TurnReport


class Screen:
    """A view on a terminal that is played back: every frame is drawn, the scrollback is kept."""

    def __init__(self, columns: int = 80, rows: int = 24, *, tail: bool = True) -> None:
        self.out = io.StringIO()
        self.clock = FakeClock()
        self.columns = columns
        self.rows = rows
        console = Console(
            file=self.out,
            force_terminal=True,
            color_system="standard",
            width=columns,
            height=rows,
            legacy_windows=False,
            _environ={"TERM": "xterm-256color"},
        )
        self.view = LiveView(console, clock=self.clock, mark=marked, tail=tail)

    def show(self, *events: Event, seconds: float = 0.1) -> None:
        for event in events:
            self.clock.now += seconds
            self.view.show(event)

    def lines(self) -> list[str]:
        """Return everything on the terminal now, scrollback included."""
        screen = pyte.HistoryScreen(self.columns, self.rows, history=10_000)
        screen.set_mode(pyte.modes.LNM)  # what a terminal's line discipline does
        pyte.Stream(screen).feed(self.out.getvalue())
        top = ["".join(line[x].data for x in range(self.columns)).rstrip() for line in screen.history.top]
        lines = top + [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def test_an_answer_stays_on_the_screen_once_and_no_tail_is_left() -> None:
    screen = Screen()
    screen.show(*answered("It adds up prices.\n\nThat is all.", pieces=20))

    assert screen.lines() == [
        "It adds up prices.",
        "",
        "That is all.",
        "1,024 in (88 % cached) · 56 out · first 0.8 s · 12.3 tok/s · 5.1 s",
    ]


def test_the_tail_shows_node_phase_and_how_far_the_prompt_is_read() -> None:
    screen = Screen()
    screen.show(
        NodeStarted("executor"), PhaseChanged("executor", "prefill"), PrefillProgress("executor", 512, 1_024, 256, 3.2)
    )

    assert screen.lines() == ["executor · reading the prompt 50 % ~3 s left · 25 % cached · 0 s"]

    screen.clock.now += 2.5
    screen.view.tick()
    assert screen.lines()[0].endswith("· 3 s")
    screen.show(PrefillProgress("executor", 1_024, 1_024, 0, None), PhaseChanged("executor", "decode"))
    assert screen.lines() == ["executor · writing · 25 % cached · 0 s"]


def test_the_tail_shows_open_text_and_an_estimated_speed() -> None:
    screen = Screen()
    screen.show(NodeStarted("executor"), PhaseChanged("executor", "decode"))
    screen.show(*[TextDelta("executor", f"word{number} ") for number in range(11)])

    *text, status = screen.lines()
    assert text == ["word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10"]
    assert status == "executor · writing · ~10.0 tok/s · first token 0.3 s · 1 s"


def test_the_speed_counts_what_the_server_sent_not_how_it_was_read() -> None:
    screen = Screen()
    screen.show(NodeStarted("executor"), *[TextDelta("executor", "one two three ", pieces=3) for _ in range(11)])

    assert "~30.0 tok/s" in screen.lines()[-1]


def test_the_first_text_is_drawn_at_once() -> None:
    screen = Screen()
    screen.show(NodeStarted("executor"), PhaseChanged("executor", "decode"), seconds=0.001)
    assert screen.lines() == [] or "writing" not in screen.lines()[-1]
    screen.show(TextDelta("executor", "first"), seconds=0.001)
    assert screen.lines()[0] == "first"
    screen.show(TextDelta("executor", " second"), seconds=0.001)
    assert screen.lines()[0] == "first", "what follows waits for the next frame"


def test_thinking_moves_the_tail_and_is_folded_into_one_line() -> None:
    screen = Screen()
    screen.show(NodeStarted("executor"), *[ThinkingDelta("executor", f"hm {at}. ", pieces=2) for at in range(90)])

    *thoughts, status = screen.lines()
    assert len(thoughts) == 2
    assert thoughts[-1].endswith("hm 89.")
    assert status.startswith("executor · thinking · ~20.0 tok/s · ")
    screen.show(TextDelta("executor", "So it is.\n\n"))
    assert screen.lines()[:2] == ["thought for 9 s, ~180 tokens", "So it is."]
    screen.view.close()
    assert screen.lines() == ["thought for 9 s, ~180 tokens", "So it is."]


def test_what_planner_and_reviewer_think_leaves_nothing() -> None:
    screen = Screen()
    screen.show(NodeStarted("reviewer"), *[ThinkingDelta("reviewer", "hm ") for _ in range(9)], NodeStarted("apply"))
    screen.view.close()

    assert screen.lines() == []


def test_what_planner_and_reviewer_say_moves_only_the_status() -> None:
    screen = Screen()
    screen.show(NodeStarted("planner"), TextDelta("planner", '{"kind": "answer"}'), TextDelta("planner", ""))

    assert screen.lines() == ["planner · first token 0.2 s · 0 s"]
    screen.view.close()
    assert screen.lines() == []


@pytest.mark.covers("F-F05")
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 10), (20, 6), (12, 3), (2, 2), (1, 1)])
def test_no_size_of_the_terminal_leaves_residue(columns: int, rows: int) -> None:
    screen = Screen(columns, rows)
    text = "".join(f"- item {number} with some words\n" for number in range(60)) + "\nThe end, and a last paragraph.\n"
    screen.show(NodeStarted("executor"), *[TextDelta("executor", text[at : at + 7]) for at in range(0, len(text), 7)])
    screen.view.close()

    shown = "".join("".join(screen.lines()).split())
    for number in range(60):
        assert shown.count(f"item{number}withsomewords") == 1
    assert "executor" not in shown
    assert "paragraph." in shown


def test_the_tail_is_erased_even_when_the_terminal_has_few_lines() -> None:
    screen = Screen(30, 5)
    screen.show(TextDelta("executor", "word " * 300))
    screen.view.close()

    assert "".join(screen.lines()).replace(" ", "") == "word" * 300


def test_a_first_edit_shows_plan_prose_diff_and_question() -> None:
    screen = Screen(tail=False)
    screen.show(*edited())

    assert screen.lines()[:-1] == [
        "plan:",
        "  1. Mend area",
        "The sum should be a product.",
        "app.py [2 lines]",
        "",
        *DIFF.splitlines(),
        "app.py +1 -1 · parse passed · tests skipped",
        "Nothing was changed yet.",
        f"hint: `vivek threads resume {THREAD}` shows what waits and asks",
    ]

    screen.show(*applied())
    assert screen.lines().count("+    return width * height") == 1
    assert "applied app.py +1 -1" in screen.lines()
    assert "Mended area." in screen.lines()


def test_a_recording_console_gives_a_picture_without_the_tail() -> None:
    console = Console(record=True, file=io.StringIO(), force_terminal=True, width=90)
    view = LiveView(console, clock=FakeClock(), mark=marked, tail=False)
    for event in edited():
        view.show(event)

    picture = console.export_svg(title="vivek")
    assert "return&#160;width&#160;" in picture
    assert "writing" not in picture


def test_code_is_drawn_without_padding() -> None:
    screen = Screen()
    screen.show(TextDelta("executor", "```python\nx = 1\n```\n"))
    screen.view.close()

    assert screen.lines() == ["x = 1"]
    assert "\x1b[" in screen.out.getvalue()
    assert not any(line.endswith(" ") for line in screen.out.getvalue().split("\n"))


def test_code_of_a_language_nobody_knows_is_drawn_plainly() -> None:
    screen = Screen()
    screen.show(TextDelta("executor", "```no-such-language\nx = 1\n```\n```\ny\n```\n"))
    screen.view.close()

    assert screen.lines() == ["x = 1", "y"]


def test_tags_links_and_escapes_of_a_model_stay_text() -> None:
    screen = Screen()
    said = "A `List<int>` of List<str> and [here](http://example.org/x) [bold]no[/bold] \x1b[2Jx\u202e\n"
    screen.show(TextDelta("executor", said))
    screen.view.close()

    shown = " ".join(screen.lines())
    assert "A List<int> of List<str>" in shown
    assert "http://example.org/x" in shown
    assert "[bold]no[/bold]" in shown
    assert "\\x1b[2Jx\\u202e" in shown
    assert "\x1b]8" not in screen.out.getvalue()


def test_edits_without_a_fence_are_drawn_as_edits_or_kept_back_for_the_diff() -> None:
    said = "I mend it.\n\napp.py\n<<<<<<< SEARCH\na * b\n=======\na * c\n>>>>>>> REPLACE\n\nDone *now*.\n"
    screen = Screen(tail=False)
    screen.show(TextDelta("executor", said))
    screen.view.close()
    assert screen.lines() == ["I mend it.", "", "app.py", "-a * b", "+a * c", "", "Done now."]

    screen = Screen(tail=False)
    screen.show(PlanReady(Plan("change", ("Mend",)), made=False), TextDelta("executor", said))
    screen.view.close()
    assert screen.lines() == ["I mend it.", "app.py [edit +1 -1]", "", "Done now."]


def test_a_reply_that_was_kept_back_is_drawn_with_its_edits_when_nothing_came_of_it() -> None:
    said = "app.py\n<<<<<<< SEARCH\na * b\n=======\na * c\n>>>>>>> REPLACE\n"
    screen = Screen(tail=False)
    screen.show(PlanReady(Plan("change", ("Mend",)), made=False), TextDelta("executor", said))
    screen.show(TurnDone(TurnReport(THREAD, "done", answer=said)))

    assert screen.lines() == ["app.py [edit +1 -1]", "", "app.py", "-a * b", "+a * c"]


def test_a_hostile_notice_and_diff_are_made_visible() -> None:
    screen = Screen(tail=False)
    screen.show(Notice("a\x1b]0;b", "c\x07"), EditRefused("p\x1b", "r"))
    screen.view.close()

    assert screen.lines() == ["a\\x1b]0;b", "hint: c\\x07", "refused p\\x1b: r"]
    assert "\\x1b" in diff_text(marked("@@ -1 +1 @@\n+\x1b[2J\n")).plain


def test_errors_and_interruptions_end_the_reply() -> None:
    screen = Screen()
    error = ErrorReport("TurnCancelledError", "The turn was stopped.", "Go on.")
    screen.show(
        TextDelta("executor", "partial text"), TurnDone(TurnReport(THREAD, "cancelled", "partial text", error=error))
    )

    assert screen.lines() == ["partial text", "The turn was stopped.", "hint: Go on."]


def test_lines_of_vivek_are_told_below_what_is_shown() -> None:
    screen = Screen()
    screen.show(TextDelta("executor", "text"))
    screen.view.tell("Look twice.")

    assert screen.lines() == ["text", "Look twice."]


def test_what_the_figures_tell_is_not_told_twice() -> None:
    screen = Screen(tail=False)
    screen.show(CallDone("executor", Usage(), 1.0, None), EditApplied(FileChange("a.py", "create", 1, 0, applied=True)))
    screen.view.close()

    assert screen.lines() == ["applied a.py (new) +1 -0"]


def test_a_change_nobody_was_asked_about_is_shown_at_the_end() -> None:
    screen = Screen(tail=False)
    screen.show(PlanReady(Plan("change", ("Mend",)), made=False), TurnDone(WAITING))

    assert "+    return width * height" in screen.lines()


def test_drawing_a_long_reply_is_bounded_by_blocks_and_frames() -> None:
    text = REPLY * 300
    screen = Screen()
    pieces = [text[at : at + 2] for at in range(0, len(text), 2)][:20_000]
    screen.show(NodeStarted("executor"), *[TextDelta("executor", piece) for piece in pieces], seconds=0.001)
    screen.view.close()

    size = len("".join(pieces))
    frames = len(pieces) * 0.001 * 15
    assert len(screen.out.getvalue()) < 12 * size + frames * 1_200


def test_what_is_written_grows_with_the_reply_and_no_faster() -> None:
    def written(parts: int) -> int:
        screen = Screen()
        text = (REPLY + "- one\n- two\n\nAnd more words.\n\n") * parts
        screen.show(NodeStarted("executor"), *[TextDelta("executor", char) for char in text], seconds=0.01)
        screen.view.close()
        return len(screen.out.getvalue())

    assert written(40) < 4.4 * written(10)


def test_hunks_are_coloured_and_heads_are_bold() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- sql comment\n+new\n same\n\\ No newline at end of file\n"
    drawn = diff_text(marked(diff))
    styles = {drawn.plain[span.start : span.end].strip(): str(span.style) for span in drawn.spans}

    assert styles["--- a/x"] == styles["+++ b/x"] == "bold"
    assert styles["@@ -1,2 +1,2 @@"] == "cyan"
    assert styles["--- sql comment"] == "red"
    assert styles["+new"] == "green"
    assert styles["\\ No newline at end of file"] == "bold"


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("- one\n- two\n", [" • one", " • two"]),
        ("Text:\n\n1. one\n\n> quote\n", ["Text:", "", " 1 one", "", "▌ quote"]),
        ("## Head\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", ["Head", "", " a  b", " ────", " 1  2"]),
        ("    code\n\n---\n\n**end**\n", ["code", "", "-" * 40, "", "end"]),
        ("&nbsp;\n", []),
    ],
)
def test_markdown_has_no_empty_lines_of_its_own_and_no_blanks_at_line_ends(said: str, lines: list[str]) -> None:
    screen = Screen(40)
    screen.show(TextDelta("executor", said))
    screen.view.close()

    assert screen.lines() == lines
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.out.getvalue())
    assert not any(line.endswith(" ") for line in plain.split("\n"))


def test_an_answer_that_an_earlier_turn_showed_is_shown_again() -> None:
    screen = Screen(tail=False)
    screen.show(*answered("Done."), TurnDone(TurnReport("calm-otter-7", "done", answer="Done.")))
    screen.view.close()

    assert screen.lines().count("Done.") == 2
