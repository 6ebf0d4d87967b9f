"""A vivek that is killed while a command runs takes the command along, and does not run it again unasked."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Open, say
from vivek.schema.events import ToolDone
from vivek.schema.questions import CommandRequested
from vivek.schema.sandbox import SandboxStatus

pytestmark = [pytest.mark.engine, pytest.mark.kill]

SECONDS = "61.25"
COMMAND = f"echo begun; sleep {SECONDS}"


def sleepers() -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if SECONDS in (each.info["cmdline"] or ())]


@pytest.mark.covers("F-A05")
async def test_a_command_that_ran_when_vivek_was_killed_is_dead_and_not_run_again(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine, sandbox: SandboxStatus
) -> None:
    forced_engine.script([f"run: {COMMAND}", "Then without."])
    command = [sys.executable, "-m", "tests.session.killed_command", forced_engine.url, forced_engine.key]
    search = f"{Path(__file__).parents[2]}{os.pathsep}{os.environ['PYTHONPATH']}"
    died = subprocess.run(command, cwd=workspace, env={**os.environ, "PYTHONPATH": search}, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while sleepers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not sleepers()

    async with open_at(engine, thread="doomed-otter-2") as session:
        heard = await say(session, None)

    assert heard.report.answer == "Then without."
    assert not heard.of(CommandRequested)
    [tool] = heard.of(ToolDone)
    assert isinstance(tool, ToolDone)
    assert not tool.ok
    assert "interrupted when vivek ended" in forced_engine.requests[1]["messages"][-1]["content"]
