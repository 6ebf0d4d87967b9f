"""The chat on a real terminal: a child on a pseudo-terminal, its screen played back."""

import signal
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running
from vivek.session.threads.index import ThreadIndex

CHILD = Path(__file__).parent / "chat_child.py"

pytestmark = pytest.mark.pty


@contextmanager
def chat(data: Path, *, columns: int = 80, rows: int = 24, term: str = "xterm-256color") -> Iterator[Terminal]:
    arguments = (str(CHILD), str(data), term)
    with running(*arguments, folder=data, columns=columns, rows=rows, variables={"TERM": term}) as terminal:
        terminal.shows("scripted/one")
        yield terminal


def test_nothing_heavy_is_loaded_before_the_prompt_and_ctrl_d_leaves(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.shows("loaded at the prompt: []")
        assert b"\x1b[?25h" in terminal.raw, "a process that was killed may have left the cursor hidden"
        terminal.child.send("hello\r")
        terminal.shows("You said 'hello'.")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    assert "resume: vivek --continue (calm-otter-7)" in terminal.lines()


def test_lines_multi_lines_and_ctrl_c_at_the_prompt(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("wrong")
        terminal.shows("> wrong")
        terminal.child.send("\x03")
        terminal.child.send("first\\\rsecond\x1b\rthird\r")
        terminal.shows(r"You said 'first\nsecond\nthird'.")
        terminal.child.send("\x03")
        terminal.shows("Ctrl-C again, or Ctrl-D, leaves.")
        terminal.child.send("\x03")
        terminal.shows("left with 130")

    # A terminal that is asked where its cursor is may answer late, and the answer would be read as typed.
    assert b"\x1b[6n" not in terminal.raw


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 8)])
def test_a_long_answer_leaves_nothing_of_its_tail(tmp_path: Path, columns: int, rows: int) -> None:
    with chat(tmp_path, columns=columns, rows=rows) as terminal:
        terminal.child.send("long\r")
        terminal.shows("The end.")
        terminal.shows("12.3 tok/s")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    shown = "\n".join(terminal.lines())
    for number in range(60):
        assert shown.count(f"item {number} of a long list") == 1
    assert "writing" not in shown


def test_ctrl_c_stops_the_turn_and_keeps_what_was_said(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("wait\r")
        terminal.shows("writing")
        terminal.child.send("\x03")
        begin = time.monotonic()
        terminal.shows("The turn was stopped.")
        terminal.shows("hint: `/resume` goes on, `/retry` anew")
        terminal.shows("\n>", times=3)
        assert time.monotonic() - begin < 5  # a quarter of a second on a quiet machine
        time.sleep(1.1)  # a second Ctrl-C within a second would leave
        terminal.child.send("again\r")
        terminal.shows("You said 'again'.")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    shown = terminal.lines()
    assert "Half an answer" in shown
    assert not any("writing" in line for line in shown)


def usable(terminal: Terminal) -> bool:
    """Tell whether a shell would find its terminal in order: typed text echoed, lines edited, cursor shown."""
    flags = termios.tcgetattr(terminal.child.fileno())[3]
    return bool(flags & termios.ECHO and flags & termios.ICANON and flags & termios.ISIG) and terminal.cursor


def test_many_ctrl_c_end_the_process_without_a_traceback(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("wait\r")
        terminal.shows("writing")
        for _ in range(50):
            if terminal.child.isalive():
                terminal.child.send("\x03")
                time.sleep(0.02)
        assert terminal.ends() == 130
        assert "Traceback" not in "\n".join(terminal.lines())


@pytest.mark.covers("F-A10")
@pytest.mark.parametrize(
    ("text", "number"), [("", signal.SIGTERM), ("wait\r", signal.SIGTERM), ("wait\r", signal.SIGHUP)]
)
def test_term_and_hup_end_prompt_and_turn_and_restore_the_terminal(
    tmp_path: Path, text: str, number: signal.Signals
) -> None:
    with chat(tmp_path) as terminal:
        assert terminal.child.isalive()
        terminal.child.send(text)
        if text:
            terminal.shows("writing")
            assert not terminal.cursor
        terminal.child.kill(number)
        terminal.shows(f"left with {128 + number}")
        assert usable(terminal)
        assert terminal.ends() == 128 + number

    shown = terminal.lines()
    assert not any("Traceback" in line or "writing" in line for line in shown)
    assert ("Half an answer" in shown) is bool(text)


@pytest.mark.parametrize("key", ["c", "\r", "w"])
def test_a_long_thread_that_is_continued_is_summed_up_by_one_key_and_the_chat_goes_on(tmp_path: Path, key: str) -> None:
    with running(str(CHILD), str(tmp_path), "long", folder=tmp_path) as terminal:
        terminal.shows("14,200 tokens to re-read, about 50 s.")
        terminal.shows("[c]ompact first, Enter goes on")
        terminal.child.send(key)
        if key == "c":
            terminal.shows("It goes on from a summary.")
        terminal.shows("> w" if key == "w" else "\n>")
        terminal.child.send("hy?\r")
        terminal.shows("You said 'why?'." if key == "w" else "You said 'hy?'.")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    shown = "\n".join(terminal.lines())
    assert shown.count("It goes on from a summary.") == (key == "c")
    assert "resume: vivek --continue (calm-otter-7)" in shown


def test_an_edit_is_asked_about_and_applied(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("edit\r")
        terminal.shows("Apply? [Y/n/f/a/?]")
        terminal.child.send("\x03")
        terminal.shows("hint: `/resume` shows what waits and asks")
        terminal.child.send("edit\r")
        terminal.shows("Apply? [Y/n/f/a/?]", times=2)
        terminal.child.send("y\r")
        terminal.shows("Mended area.")
        terminal.shows("applied app.py +1 -1")
        terminal.child.send("\x04")
        terminal.shows("left with 0")

    assert terminal.lines().count("+    return width * height") == 2, "once in each turn"


@pytest.mark.covers("X13")
def test_a_paste_that_holds_the_mark_of_its_end_sends_nothing(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("\x1b[200~one\x1b[201~hello\r\x1b[201~")
        terminal.shows("hello")
        for _ in range(10):
            terminal.feed()
        assert "You said" not in "\n".join(terminal.lines())
        terminal.child.send("\x03\x04")
        terminal.shows("left with 0")


@pytest.mark.covers("F-F06")
def test_a_dumb_terminal_gets_no_escape_codes_from_a_turn(tmp_path: Path) -> None:
    with chat(tmp_path, term="dumb") as terminal:
        terminal.child.send("hello\r")
        terminal.shows("You said 'hello'.")


def test_typed_lines_come_back_in_the_next_chat(tmp_path: Path) -> None:
    with chat(tmp_path) as terminal:
        terminal.child.send("remember me\r")
        terminal.shows("You said 'remember me'.")
        terminal.child.send("\x04")
        terminal.shows("left with 0")
    with chat(tmp_path) as terminal:
        terminal.child.send("\x1b[A")
        terminal.shows("> remember me")


# Nothing listens on the discard port.
NOBODY = {"VIVEK_MODEL_NAME": "ollama/qwen2.5", "VIVEK_MODEL_BASE_URL": "http://127.0.0.1:9"}


@pytest.mark.parametrize("arguments", [(), ("chat", "--mode", "coder")])
def test_without_a_model_vivek_starts_says_what_to_do_and_stays_useful(
    workspace: Path, arguments: tuple[str, ...]
) -> None:
    with running("-m", "vivek", *arguments, folder=workspace, variables=NOBODY) as terminal:
        terminal.shows(">")
        terminal.shows("hint: ")
        terminal.child.send("/help\r")
        terminal.shows("/undo")
        terminal.child.send("/threads\r")
        terminal.shows("This project has no threads yet.")
        terminal.child.send("\x04")
        assert terminal.ends() == 0


def test_a_task_is_sent_at_once(workspace: Path) -> None:
    with running("-m", "vivek", "chat", "Mend it.", folder=workspace, variables=NOBODY) as terminal:
        terminal.shows("Getting the model ready.")
        terminal.shows("hint: ")
        terminal.shows("\n>")
        terminal.child.send("/exit\r")
        assert terminal.ends() == 0


def test_resuming_on_a_terminal_opens_the_chat(workspace: Path) -> None:
    with ThreadIndex.open() as index:
        index.begin("red-fox-12", workspace, kind="chat", title="Mend it", model="ollama/qwen2.5")
        index.end("red-fox-12", workspace, status="unfinished", turns=1, log=None)
    with running("-m", "vivek", "threads", "resume", "red", folder=workspace, variables=NOBODY) as terminal:
        terminal.shows("Getting the model ready.")
        terminal.shows("\n>")
        terminal.child.send("\x04")
        assert terminal.ends() == 0
