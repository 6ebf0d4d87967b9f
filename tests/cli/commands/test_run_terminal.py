"""`vivek run` at a terminal: the question shows all of the command, and only an answer to it counts."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running
from tests.workspace.test_process import soon_gone
from vivek.session.trust import Trust

pytestmark = pytest.mark.pty
needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@contextmanager
def vivek_run(folder: Path, *arguments: str, rows: int = 40) -> Iterator[Terminal]:
    with running("-m", "vivek", "run", *arguments, folder=folder, columns=100, rows=rows) as terminal:
        yield terminal


def test_a_command_is_shown_and_runs_when_it_is_allowed(workspace: Path) -> None:
    with vivek_run(workspace, "--sandbox", "off", "echo x > made; echo do\x1bne") as terminal:
        assert terminal.ends() == 1, "what hides itself is not even asked for"

    with vivek_run(workspace, "--sandbox", "off", "echo x > made; printf 'do\\033[8mne'") as terminal:
        terminal.shows("You are about to run a command:")
        terminal.shows("WITHOUT a sandbox")
        terminal.shows("Run it? [y/N/?]")
        terminal.child.send("y\r")
        assert terminal.ends() == 0

    assert any(line == "do\\x1b[8mne" for line in terminal.lines())
    assert (workspace / "made").exists()


@pytest.mark.parametrize("answer", ["\r", "\x04"])
def test_enter_and_the_end_of_input_mean_no(workspace: Path, answer: str) -> None:
    with vivek_run(workspace, "--sandbox", "off", "echo x > made") as terminal:
        terminal.shows("Run it? [y/N/?]")
        terminal.child.send(answer)
        assert terminal.ends() == 1

    assert not (workspace / "made").exists()


@pytest.mark.covers("X14")
def test_what_was_typed_before_the_question_is_no_answer(workspace: Path) -> None:
    with vivek_run(workspace, "--sandbox", "off", "echo x > made") as terminal:
        terminal.child.send("y\ry\ry\r")
        terminal.shows("Run it? [y/N/?]")
        terminal.child.send("\r")
        assert terminal.ends() == 1

    assert not (workspace / "made").exists()


@pytest.mark.covers("C21", "X12")
def test_a_padded_command_is_shown_to_its_end(workspace: Path) -> None:
    with vivek_run(workspace, "--sandbox", "off", "ls" + " " * 3_000 + ";touch made") as terminal:
        terminal.shows("Run it?")
        terminal.shows("3,013 characters")
        terminal.shows(";touch made")
        terminal.shows("3,000 blanks in a row")
        terminal.child.send("\r")
        assert terminal.ends() == 1


@needs_sandbox
def test_a_destructive_command_is_never_offered_for_always(workspace: Path) -> None:
    with vivek_run(workspace, "rm README.md") as terminal:
        terminal.shows("it can destroy work")
        terminal.shows("Run it? [y/N/?]")
        terminal.child.send("y\r")
        assert terminal.ends() == 0
        terminal.shows("Not kept, as it ran in a sandbox: README.md.")

    assert (workspace / "README.md").exists()


@needs_sandbox
def test_always_is_kept_for_the_folder(workspace: Path) -> None:
    with vivek_run(workspace, "--", "python3", "-c", "print(6 * 7)") as terminal:
        terminal.shows("a: always")
        terminal.shows("Run it? [Y/n/a/?]")
        terminal.child.send("what?\r")
        terminal.shows("Run it? [Y/n/a/?]", times=2)
        terminal.child.send("a\r")
        assert terminal.ends() == 0
        assert "42" in terminal.lines()

    assert Trust.open().allowed(workspace) == {"python3 -c 'print(6 * 7)'"}
    with vivek_run(workspace, "--", "python3", "-c", "print(6 * 7)") as terminal:
        assert terminal.ends() == 0
        assert terminal.lines() == ["42"]


@pytest.mark.kill
def test_ctrl_c_ends_a_command_with_all_it_started(workspace: Path) -> None:
    script = "echo up; sleep 600 & echo $! > pid; wait"
    with vivek_run(workspace, "--sandbox", "off", "--approval", "all", script) as terminal:
        terminal.shows("up")
        terminal.child.send("\x03")
        assert terminal.ends() == 130

    assert asyncio.run(soon_gone(int((workspace / "pid").read_text())))
