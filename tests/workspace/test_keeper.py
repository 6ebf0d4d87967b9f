"""What ends with vivek, and what does not."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace.test_process import is_gone, soon_gone
from vivek.workspace.process import run_captured

pytestmark = pytest.mark.kill


@pytest.fixture
def sleepers() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Start three groups that would outlive everything."""
    started = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(3)]
    yield started
    for each in started:
        each.kill()
        each.wait()


def test_a_group_that_was_let_go_is_left_alone(sleepers: list["subprocess.Popen[bytes]"]) -> None:
    first, second, third = (each.pid for each in sleepers)
    code = f"""
import os, signal
from vivek.workspace.keeper import guarded
held = guarded({second})
held.__enter__()
with guarded({first}):
    with guarded({third}):
        pass
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60).returncode == -signal.SIGKILL

    assert asyncio.run(soon_gone(second))
    assert not is_gone(first)
    assert not is_gone(third)


def test_a_keeper_that_was_killed_is_replaced_and_told_what_there_is(sleepers: list["subprocess.Popen[bytes]"]) -> None:
    first, second, third = (each.pid for each in sleepers)
    code = f"""
import os, signal, subprocess, time
from vivek.workspace.keeper import guarded
one, two = guarded({first}), guarded({second})
one.__enter__()
keeper = int(subprocess.check_output(["pgrep", "-P", str(os.getpid()), "-x", "sh"]))
os.kill(keeper, signal.SIGKILL)
os.waitpid(keeper, 0)
two.__enter__()
os.kill(os.getpid(), signal.SIGKILL)
"""
    finished = run_captured([sys.executable, "-c", code], cwd=Path.cwd(), timeout=60)
    assert finished.returncode == -signal.SIGKILL, finished.stderr

    assert [asyncio.run(soon_gone(pid)) for pid in (first, second)] == [True, True]
    assert not is_gone(third)
