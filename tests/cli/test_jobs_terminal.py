"""Commands of the user in a real chat: whatever ends the chat, nothing that it started is left running."""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, running

pytestmark = [pytest.mark.pty, pytest.mark.kill]
sandboxed = pytest.param(
    "workspace-write", marks=pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
)

# Nothing listens on the discard port.
NOBODY = {"VIVEK_MODEL_NAME": "ollama/qwen2.5", "VIVEK_MODEL_BASE_URL": "http://127.0.0.1:9"}
_numbers = itertools.count(1)


@contextmanager
def chat(workspace: Path, sandbox: str) -> Iterator[Terminal]:
    arguments = ("-m", "vivek", "--sandbox", sandbox, "--approval", "all")
    with running(*arguments, folder=workspace, columns=100, rows=40, variables=NOBODY) as terminal:
        terminal.shows("does not answer")
        yield terminal


@pytest.fixture
def nap() -> str:
    """Return a command that nobody else runs at the same time."""
    return f"sleep 6{os.getpid()}.{next(_numbers)}"


async def count(nap: str, wanted: int) -> int:
    """Return how many processes run a command, once there are so many or some seconds have passed."""
    for _ in range(300):
        listed = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
        found = sum(line.strip() == nap for line in listed.splitlines())
        if found == wanted:
            return found
        await asyncio.sleep(0.05)
    return found


def leave(terminal: Terminal) -> None:
    terminal.child.send("/exit\r")
    assert terminal.ends() == 0


def end_of_input(terminal: Terminal) -> None:
    terminal.child.send("\x04")
    assert terminal.ends() == 0


def two_interrupts(terminal: Terminal) -> None:
    terminal.child.send("\x03")
    terminal.shows("Ctrl-C again")
    terminal.child.send("\x03")
    assert terminal.ends() == 130


def by(number: signal.Signals) -> Callable[[Terminal], None]:
    def end(terminal: Terminal) -> None:
        terminal.child.kill(number)
        assert terminal.ends() == (-number if number is signal.SIGKILL else 128 + number)

    end.__name__ = number.name
    return end


ENDS = [leave, end_of_input, two_interrupts, by(signal.SIGTERM), by(signal.SIGHUP), by(signal.SIGKILL)]


@pytest.mark.covers("F-A10")
@pytest.mark.parametrize("sandbox", ["off", sandboxed])
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_no_job_outlives_the_chat(workspace: Path, nap: str, sandbox: str, end: Callable[[Terminal], None]) -> None:
    with chat(workspace, sandbox) as terminal:
        terminal.child.send(f"/run trap '' TERM HUP; {nap} & {nap} &\r")
        terminal.shows("job 1 running")
        terminal.shows("[all unasked] >", times=2)
        assert asyncio.run(count(nap, 2)) == 2
        end(terminal)

    assert asyncio.run(count(nap, 0)) == 0
    assert "Traceback" not in "\n".join(terminal.lines())


def test_ctrl_c_ends_a_command_with_all_it_started_and_the_chat_goes_on(workspace: Path, nap: str) -> None:
    with chat(workspace, "off") as terminal:
        terminal.child.send(f"/run echo up; {nap} & {nap}; echo never\r")
        terminal.shows("up")
        assert asyncio.run(count(nap, 2)) == 2
        terminal.child.send("\x03")
        terminal.shows("stopped")
        assert asyncio.run(count(nap, 0)) == 0
        terminal.child.send("/run echo 6 times 7\r")
        terminal.shows("exit 0")
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert "6 times 7" in terminal.lines()
    assert "never" not in terminal.lines()


def test_the_next_prompt_tells_that_a_job_has_ended(workspace: Path) -> None:
    with chat(workspace, "off") as terminal:
        terminal.child.send("/run until [ -e go ]; do sleep 0.02; done; touch gone; exit 3 &\r")
        terminal.shows("job 1 running")
        (workspace / "go").touch()
        while not (workspace / "gone").exists():
            terminal.feed()
        terminal.child.send("/run sleep 0.5\r")
        terminal.shows("job 1 ended (exit 3")
        terminal.child.send("\x04")
        assert terminal.ends() == 0
