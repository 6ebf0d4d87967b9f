"""A narrative killed with SIGKILL while a model speaks goes on in the next process, and ends as if nothing had been."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.doomed_narrative import THREAD
from tests.session.narrators import Narrator, ended, tell, two_packages
from vivek.config.folders import cache_folder

pytestmark = pytest.mark.kill

__all__ = ["two_packages"]


def kill_at(workspace: Path, call: int, how: str) -> None:
    """Run a process that dies at a call."""
    command = [sys.executable, "-m", "tests.session.doomed_narrative", str(call), how]
    search = f"{Path(__file__).parents[3]}{os.pathsep}{os.environ['PYTHONPATH']}"
    died = subprocess.run(command, cwd=workspace, env={**os.environ, "PYTHONPATH": search}, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL


async def test_a_narrative_that_was_killed_twice_is_the_one_that_was_not(workspace: Path) -> None:
    kill_at(workspace, 2, "new")  # while the second part was told
    kill_at(workspace, 3, "on")  # while the second question about the whole was answered
    rest = Narrator()
    resumed = ended(await tell(workspace, rest, thread=THREAD, new=False))
    assert len(rest.requests) == 3  # of 6: one part and one answer about the whole were there

    (cache_folder() / "reviews.db").unlink()
    whole = Narrator()
    never_killed = ended(await tell(workspace, whole, thread="calm-otter-7"))

    assert len(whole.requests) == 6
    assert resumed.status == "done"
    assert replace(resumed, thread_id="") == replace(never_killed, thread_id="")
