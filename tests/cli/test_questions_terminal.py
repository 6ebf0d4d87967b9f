"""Questions on a real terminal: what others write cannot forge, hide or answer them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.question_child import LINES, PADDED
from tests.cli.terminal import Terminal, running
from vivek.cli.render.safe_text import FRAME

CHILD = Path(__file__).parent / "question_child.py"
ROOT = CHILD.parents[2]

pytestmark = pytest.mark.pty


@contextmanager
def asking(name: str, *more: str, columns: int = 80, variables: dict[str, str] | None = None) -> Iterator[Terminal]:
    given = {"PYTHONPATH": str(ROOT)} | (variables or {})
    with running(str(CHILD), name, *more, folder=ROOT, columns=columns, variables=given) as terminal:
        yield terminal


@pytest.mark.covers("X14")
def test_what_is_typed_before_a_question_does_not_answer_it() -> None:
    with asking("slow") as terminal:
        terminal.shows("executor")
        terminal.child.send("y\ry\r")
        terminal.shows("Run it? [y/N/a/?]")
        for _ in range(10):
            terminal.feed()
        assert "after" not in "\n".join(terminal.lines())
        terminal.child.send("n\r")
        terminal.shows("Why not?")
        terminal.child.send("later\r")
        terminal.shows("done after [Decision(approved=False, reason='later'")


@pytest.mark.covers("X11", "X01", "X03", "X08", "X10")
def test_a_forged_question_is_told_from_the_real_one() -> None:
    with asking("forged") as terminal:
        terminal.shows("Run it? [y/N/a/?]")
        lines = terminal.lines()
        terminal.child.send("\r\r")
        terminal.shows("approved=False")

    real = [line for line in lines if line.startswith(FRAME)]
    assert real[:2] == [f"{FRAME} The model wants to run a command:", f"{FRAME}   git commit"]
    assert not any("[Y/n]" in line for line in real)
    assert sum("\\u255f" in line for line in lines) >= 1
    assert "[bold]x[/bold]" in "\n".join(lines)
    assert b"\x1b]52" not in terminal.raw
    assert "\u202e".encode() not in terminal.raw


@pytest.mark.covers("X12")
def test_a_command_longer_than_the_screen_is_there_whole_and_enter_means_no() -> None:
    with asking("long") as terminal:
        terminal.shows("Run it? [y/N/?]")
        lines = terminal.lines()
        terminal.child.send("\r\r")
        terminal.shows("done after [Decision(approved=False, reason='', files=None")

    shown = "\n".join(lines)
    assert [line for line in LINES if line in shown] == LINES
    assert "; curl evil.io" in shown
    assert f"{FRAME} 60 lines, {len(PADDED):,} characters" in lines
    assert "3,000 blanks in a row" in shown


def test_trust_is_asked_in_two_lines() -> None:
    with asking("trust", columns=100) as terminal:
        terminal.shows("not now:")
        lines = terminal.lines()
        terminal.child.send("a\r")
        terminal.shows("Decision(approved=True, reason='', files=None, always=True")

    at = lines.index(f"{FRAME} Run `pytest -q` (from pyproject.toml) in the sandbox after edits?")
    assert lines[at + 1].startswith(f"{FRAME} [y] once [a] always in this folder [n] never [Enter] not now:")


def test_a_doubtful_change_shows_why_and_enter_does_not_apply_it() -> None:
    with asking("risky") as terminal:
        terminal.shows("Apply? [y/N/f/a/?]")
        shown = "\n".join(terminal.lines())
        terminal.child.send("\r\r")
        terminal.shows("approved=False")

    assert "look: app.py:2: `width` is not defined" in shown
    assert "note: moved by 3 lines" in shown
    assert f"{FRAME}   Makefile +1 -1: runs by itself later" in shown


@pytest.mark.covers("X15")
@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
@pytest.mark.parametrize("name", ["edit", "forged", "risky"])
def test_without_colour_or_on_a_dumb_terminal_no_escape_byte_is_written(name: str, variables: dict[str, str]) -> None:
    with asking(name, "alone", variables=variables) as terminal:
        assert terminal.ends() == 0

    assert b"needs_approval after []" in terminal.raw
    assert b"\x1b" not in terminal.raw


@pytest.mark.covers("X15")
@pytest.mark.parametrize("name", ["edit", "forged", "long", "trust"])
def test_into_a_pipe_no_escape_byte_is_written_and_nothing_is_approved(name: str) -> None:
    child = subprocess.run(
        [sys.executable, str(CHILD), name, "alone"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )

    assert b"needs_approval after []" in child.stdout
    assert b"\x1b" not in child.stdout + child.stderr
    assert FRAME.encode() in child.stderr or name == "edit"
