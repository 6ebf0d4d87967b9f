"""What is typed while a turn runs, pasted or folded, on a real terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_terminal import chat

ESC, UP, ALT_ENTER = "\x1b", "\x1b[A", "\x1b\r"

pytestmark = pytest.mark.pty


@contextmanager
def held(data: Path, text: str = "hold") -> Iterator[Terminal]:
    """Run a chat in the middle of a turn, which goes on once `let_go` is called."""
    with chat(data) as terminal:
        terminal.child.send(f"{text}\r")
        terminal.shows("writing")
        yield terminal


def let_go(data: Path) -> None:
    (data / "go").touch()


def leave(terminal: Terminal) -> str:
    terminal.child.send("\x04")
    terminal.shows("left with 0")
    return "\n".join(terminal.lines())


def test_a_message_typed_during_a_turn_is_sent_when_it_ends(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send("and then")
        terminal.shows("> and then")
        terminal.child.send("\r")
        terminal.shows("queued: and then")
        terminal.child.send("first\\\r")
        terminal.child.send("second\r")
        terminal.shows("queued: first")
        let_go(tmp_path)
        terminal.shows(r"You said 'first\nsecond'.")
        shown = leave(terminal)

    assert shown.index("Held.") < shown.index("\n> and then") < shown.index("You said 'and then'.")
    assert "queued" not in shown, "it leaves nothing on the screen"


def test_a_message_that_waits_can_be_taken_back_and_changed(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send("wrong\r")
        terminal.shows("queued: wrong")
        terminal.child.send(UP)
        terminal.shows("> wrong")
        terminal.child.send("\x7f" * 5 + "right\r")
        terminal.shows("queued: right")
        let_go(tmp_path)
        terminal.shows("You said 'right'.")
        assert "You said 'wrong'" not in leave(terminal)


def test_escape_takes_back_what_waits_and_then_stops_the_turn(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send("not yet\r")
        terminal.shows("queued: not yet")
        terminal.child.send(ESC)
        terminal.shows("> not yet")
        assert "The turn was stopped." not in "\n".join(terminal.lines())
        terminal.child.send(ESC)
        terminal.shows("The turn was stopped.")
        terminal.shows("\n> not yet")
        terminal.child.send("!\r")
        terminal.shows("You said 'not yet!'.")
        leave(terminal)


def test_keys_that_begin_with_an_escape_stop_nothing(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        for key in ("\x1b[D", "\x1b[C", "\x1b[B", "\x1bb", "\x1b[1;5C", "\x1b[3~", "\x1bOP"):
            terminal.child.send(key)
        terminal.child.send(f"one{ALT_ENTER}two\r")
        terminal.shows("queued: one")
        let_go(tmp_path)
        terminal.shows(r"You said 'one\ntwo'.")
        assert "stopped" not in leave(terminal)


def test_a_stopped_turn_gives_what_waits_back_to_the_line(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send("first\r")
        terminal.shows("queued: first")
        terminal.child.send("begun")
        terminal.shows("> begun")
        terminal.child.send("\x03")
        terminal.shows("The turn was stopped.")
        terminal.shows("\n> first\n  begun")
        assert "You said" not in "\n".join(terminal.lines()), "nothing is sent that was meant for after the turn"


def test_what_is_typed_answers_no_question(tmp_path: Path) -> None:
    with held(tmp_path, "hold edit") as terminal:
        terminal.child.send("y")
        terminal.shows("> y")
        let_go(tmp_path)
        terminal.shows("A question waits.")
        terminal.child.send("es, and tests\r")
        terminal.shows("Apply? [Y/n/f/a/?]")
        assert "applied" not in "\n".join(terminal.lines())
        terminal.child.send("also mend the docs\r")
        terminal.shows("Queued until the turn has ended.")
        terminal.child.send("y\r")
        terminal.shows("applied app.py +1 -1")
        terminal.shows("You said 'yes, and tests'.")
        terminal.shows("You said 'also mend the docs'.")
        leave(terminal)


def test_ctrl_d_during_a_turn_leaves_after_it(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send("\x04")
        terminal.shows("queued: /exit")
        let_go(tmp_path)
        terminal.shows("Held.")
        terminal.shows("left with 0")


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


LONG = "".join(f"line {number}\r" for number in range(1, 313))


def test_a_long_paste_is_folded_sent_whole_and_can_be_opened(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send(f"see {paste(LONG)} and mend")
        terminal.shows("> see [pasted 312 lines] and mend")
        terminal.child.send("\r")
        terminal.shows(r"line 311\nline 312\n and mend'.")
        terminal.child.send(UP)
        terminal.shows("> see [pasted 312 lines] and mend", times=2)
        terminal.child.send("\x15" + paste(LONG) + "\x0f")
        terminal.shows("line 312", times=2)
        terminal.child.send("\x03\x04")
        terminal.shows("left with 0")


def test_a_paste_during_a_turn_sends_nothing_by_itself(tmp_path: Path) -> None:
    with held(tmp_path) as terminal:
        terminal.child.send(paste(LONG))
        terminal.shows("> [pasted 312 lines]")
        terminal.child.send(paste("a\rb\r"))
        terminal.child.send("x\r")
        terminal.shows("queued: [pasted 312 lines]a")
        let_go(tmp_path)
        terminal.shows(r"line 312\na\nb\nx'.")
        leave(terminal)


def test_a_paste_without_marks_sends_nothing(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("one\rtwo\r")
        terminal.shows("> one\n  two")
        assert "You said" not in "\n".join(terminal.lines())
        terminal.child.send("\r")
        terminal.shows(r"You said 'one\ntwo\n'.")
        leave(terminal)


def test_shift_tab_says_what_is_asked_about(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.shows("\n>")
        terminal.child.send("\x1b[Z")
        terminal.shows("[edits unasked] >")
        terminal.child.send("\x1b[Z")
        terminal.shows("[nothing applied] >")
        terminal.child.send("\x1b[Z" + "hello\r")
        terminal.shows("> hello")
        terminal.shows("You said 'hello'.")
        leave(terminal)


def test_ctrl_r_finds_what_was_typed_before(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("find the needle\r")
        terminal.shows("You said 'find the needle'.")
        terminal.child.send("\x12" + "need")
        terminal.shows("> find the needle", times=2)
        terminal.child.send("\r\r")
        terminal.shows("You said 'find the needle'.", times=2)
        leave(terminal)


def test_a_message_of_control_characters_and_broken_bytes_is_sent_and_shown_harmless(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send(b"\x1b[200~\x00\x07\x1b[2Jdo\xff\x9b31m\x7f\x1b[201~\r")
        terminal.shows("You said '")
        terminal.shows("do\N{REPLACEMENT CHARACTER}")
        terminal.child.send("next\r")
        terminal.shows("You said 'next'.")
        leave(terminal)


def test_a_long_paste_without_marks_is_folded_and_sends_nothing_by_itself(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("\r".join(f"line {number} of a long paste" for number in range(2_000)))
        terminal.shows("[pasted ")  # in one piece, unless the machine is slow
        terminal.child.send(" and a question")
        terminal.shows("and a question")
        terminal.child.send("\r")
        terminal.shows("You said 'line 0 of a long paste\\nline 1 of")
        terminal.shows("line 1999 of a long paste and a question'.")
        leave(terminal)
