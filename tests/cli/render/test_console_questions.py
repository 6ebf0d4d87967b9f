"""What the drawn terminal shows of a change that waits for an answer."""

import pytest

from tests.cli.render.test_console import Screen
from vivek.cli.render.diff import diff_text
from vivek.schema.concerns import Concern
from vivek.schema.edits import FileChange
from vivek.schema.events import ApprovalRequested, TextDelta
from vivek.schema.marks import MarkedLine


def test_words_that_changed_stand_out_wherever_escapes_move_them() -> None:
    lines = [MarkedLine("removed", "\x1ba + b\r", ((3, 4),)), MarkedLine("added", "\x1ba * b\r", ((3, 4),))]

    drawn = diff_text(lines)

    assert drawn.plain == "-\\x1ba + b\n+\\x1ba * b"
    assert [drawn.plain[span.start : span.end] for span in drawn.spans if span.style == "reverse"] == ["+", "*"]


def test_doubts_stand_out_from_notes_and_a_long_diff_tells_its_lines() -> None:
    lines = "".join(f"+line {number}\n" for number in range(30))
    diff = f"--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,30 @@\n{lines}"
    concerns = (Concern("V11", "note", "new.py", "runs a text as code", 1), Concern("V02", "ask", "new.py", "odd", 2))
    screen = Screen()
    screen.show(
        ApprovalRequested(diff, (FileChange("new.py", "create", 30, 0, applied=False),), (), concerns, ("moved",))
    )

    assert screen.lines()[-5:] == [
        "new.py (new) +30 -0",
        "The diff has 33 lines; scroll up for its beginning.",
        "look: new.py:2: odd",
        "note: new.py:1: runs a text as code",
        "note: moved",
    ]
    assert "+line 0" in screen.lines()
    assert "\x1b[33mlook" in screen.out.getvalue()


@pytest.mark.covers("X07")
def test_a_sequence_over_two_pieces_of_a_reply_is_drawn_inert() -> None:
    screen = Screen()
    screen.show(*[TextDelta("executor", piece) for piece in ("one \x1b", "]52;c;eA==\x07 two \x9b", "2J\n\n", "end")])
    screen.view.close()

    assert screen.lines() == ["one \\x1b]52;c;eA==\\x07 two \\x9b2J", "", "end"]
