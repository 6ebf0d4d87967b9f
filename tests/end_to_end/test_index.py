"""The index as a user meets it: never before the first prompt, found again by the next turn, safe from a kill."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.terminal import running
from tests.end_to_end.conftest import VIVEK, Run, environment
from tests.engine.forced import ForcedEngine

pytestmark = [pytest.mark.engine]


@pytest.fixture
def big(workspace: Path) -> Path:
    """Return a project that takes some seconds to index."""
    body = "".join(f"def made_{{0}}_{number}(x):\n    return x + {number}\n\n\n" for number in range(400))
    for number in range(500):
        (workspace / f"made_{number}.py").write_text(body.format(number))
    return workspace


def status(folder: Path) -> dict[str, object]:
    done = subprocess.run(
        [*VIVEK, "index", "status", "--format", "json"], cwd=folder, env=environment(), capture_output=True, check=True
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)  # who looks without a pause takes the processor from what it waits for


def children_of(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def builders_of(pid: int) -> list[int]:
    """Return the processes that build an index for a chat."""
    found = []
    for child in children_of(pid):
        try:
            if b"indexing.py" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except OSError:
            continue
    return found


def test_a_question_from_the_command_line_brings_its_definition_along(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    run("index", "build")
    forced_engine.script(["In till/prices.py."])

    done = run("ask", "where is `discount` defined?", *there, "--format", "jsonl")

    events = [json.loads(line) for line in done.stdout.splitlines()]
    [gathered] = [event for event in events if event.get("event") == "ContextGathered"]
    assert gathered["source"] == "index"
    assert gathered["parts"][0] == ["till/prices.py", 4, 6, "defines discount"]
    assert gathered["tokens"] > 0
    said = forced_engine.requests[0]["messages"][-1]["content"]
    assert "def discount(price: int, percent: int) -> int:" in said


@pytest.mark.pty
def test_the_first_prompt_and_the_first_turn_do_not_wait_for_the_index(
    big: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["It takes a percentage off."])
    with running("-m", "vivek", *there, folder=big, rows=40, variables=environment()) as terminal:
        terminal.shows("/help\n>")
        assert not (big / ".vivek/index.db").exists() or not status(big)["complete"]
        terminal.child.send("what does `discount` do?\r")
        terminal.shows("It takes a percentage off.")
        assert not status(big)["complete"]
        assert "looked up till/prices.py" in " ".join("\n".join(terminal.lines()).split())
        until(lambda: bool(status(big)["complete"]))
        terminal.child.send("\x04")
        assert terminal.ends() == 0

    assert "return price - price * percent // 100" in json.dumps(forced_engine.requests[0])


@pytest.mark.pty
def test_leaving_does_not_wait_for_the_index_and_leaves_nobody_behind(
    big: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    with running("-m", "vivek", *there, folder=big, rows=40, variables=environment()) as terminal:
        terminal.shows("llamacpp/default")
        until(lambda: bool(builders_of(terminal.child.pid)))
        [builder] = builders_of(terminal.child.pid)
        terminal.child.send("\x04")
        assert terminal.ends() == 0
        assert not Path(f"/proc/{builder}").exists()
    assert not status(big)["complete"]


@pytest.mark.pty
@pytest.mark.kill
def test_a_kill_during_the_build_ends_the_builder_and_costs_nothing(
    run: Run, big: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    with running("-m", "vivek", *there, folder=big, rows=40, variables=environment()) as terminal:
        terminal.shows("llamacpp/default")
        until(lambda: bool(builders_of(terminal.child.pid)))
        [builder] = builders_of(terminal.child.pid)
        until(lambda: bool(status(big)["files"]))
        os.kill(terminal.child.pid, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{builder}").exists())

    done = run("index", "symbols", "made_499_399", cwd=big)
    assert (done.returncode, done.stdout) == (0, "made_499.py:1597: def made_499_399(x)\n")
