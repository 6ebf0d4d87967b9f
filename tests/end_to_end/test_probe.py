"""`vivek models probe` as a user starts it."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import VIVEK, Run, environment
from tests.engine.forced import ForcedEngine
from tests.flows.probe.test_sequence import WELL_IN_ALL
from vivek.edits.registry import DIALECTS

pytestmark = pytest.mark.engine


def test_a_real_engine_is_measured_told_kept_and_shared(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    _, model, *address = there
    forced_engine.script(WELL_IN_ALL)

    done = run("models", "probe", model, *address, "--window", "4k")

    assert done.returncode == 0, done.stderr
    for dialect in DIALECTS:
        assert f"edits: {dialect:18} 3 of 3 right" in done.stdout
    assert "begin found, end found" in done.stdout
    assert "tok/s" in done.stdout

    shared = run("models", "probe", model, *address, "--export", "known.json")
    assert shared.returncode == 0, shared.stderr
    known = json.loads((workspace / "known.json").read_text())["known"]
    assert known["edits"] == {dialect: [3, 3] for dialect in DIALECTS}
    assert known["probed"].startswith("20")
    text = (workspace / "known.json").read_text()
    assert "127.0.0.1" not in text
    assert forced_engine.key not in text
    taken = run("models", "probe", model, *address, "--import", "known.json")
    assert taken.returncode == 0, taken.stderr


def test_json_is_one_object(run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]) -> None:
    _, model, *address = there
    forced_engine.script(["no"] * 15)

    done = run("models", "probe", model, *address, "--window", "4k", "--format", "json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"version", "steps", "known"}
    assert found["known"]["schema"] is False
    assert {step["name"] for step in found["steps"]} >= {"speed", "thinking", "edits: whole"}


def test_what_was_measured_before_a_stop_is_kept(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    _, model, *address = there
    forced_engine.script(["1 2 3", "1 2 3", "16", "hello there, my good friend " * 20])
    forced_engine.slow = 200.0
    command = [*VIVEK, "models", "probe", model, *address, "--window", "4k"]
    with subprocess.Popen(
        command, cwd=workspace, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if "thinking" in line:
                child.send_signal(signal.SIGINT)
                break
        _, told = child.communicate(timeout=60)

    assert child.returncode == 130, told
    assert "Traceback" not in told
    again = run("models", "probe", model, *address, "--export", "known.json")
    assert again.returncode == 0, again.stderr
    known = json.loads((workspace / "known.json").read_text())["known"]
    assert (known["thinking"], known["edits"]) == ("none", {})


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--export", "a.json"), 2, "was not probed yet"),
        (("--import", "missing.json"), 2, "cannot be read"),
        (("--import", "junk.json"), 2, "no JSON"),
        (("--import", "other.json"), 2, "measured of"),
        (("--import", "a.json", "--export", "b.json"), 2, "exclude each other"),
    ],
)
def test_what_cannot_be_shared_is_told(
    run: Run, workspace: Path, there: tuple[str, ...], arguments: tuple[str, ...], code: int, words: str
) -> None:
    _, model, *address = there
    (workspace / "junk.json").write_bytes(os.urandom(100))
    other = {"version": 1, "known": {"model": "ollama/other:7b", "probed": "2026-01-01"}}
    (workspace / "other.json").write_text(json.dumps(other))

    done = run("models", "probe", model, *address, *arguments)

    assert done.returncode == code, done.stdout
    assert words in done.stderr
    assert "hint: " in done.stderr


def test_a_model_that_cannot_be_reached_is_told(run: Run) -> None:
    done = run("models", "probe", "llamacpp/default", "--base-url", "http://127.0.0.1:1")

    assert done.returncode == 4
    assert "http://127.0.0.1:1" in done.stderr
