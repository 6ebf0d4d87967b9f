"""A review by a real engine on a real terminal: told piece by piece, stopped by Ctrl-C, gone on with later."""

import json
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.cli.terminal import running
from tests.end_to_end.conftest import VIVEK, Run, environment
from tests.engine.forced import Body, ForcedEngine
from tests.session.reviewers import DEFECT, HOLDS, spoil

pytestmark = [pytest.mark.engine, pytest.mark.pty]

FINDS, NOTHING = json.dumps({"findings": [DEFECT]}), json.dumps({"findings": []})


def test_ctrl_c_leaves_a_report_of_what_was_read_and_the_rest_is_asked_later(
    workspace: Path, run: Run, there: tuple[str, ...], forced_engine: ForcedEngine
) -> None:
    spoil(workspace)

    def stand_still(_: Body) -> str:
        forced_engine.hold_after = 1
        return NOTHING

    forced_engine.script([FINDS, FINDS, json.dumps(HOLDS), stand_still])
    found = "till/report.py:8: high: The first price is left out. [review/wrong-result, confidence high]"
    line = ("-m", "vivek", "review", *there, "--format", "json", "--output", "report.json")
    with running(*line, folder=workspace, columns=160, variables=environment()) as terminal:
        terminal.shows("Ctrl-C keeps what was found", seconds=60)
        terminal.shows(found, seconds=60)
        terminal.shows("[1/2] till/report.py", seconds=60)
        assert forced_engine.holding.wait(60)
        terminal.child.sendintr()
        assert terminal.ends() == 130, "\n".join(terminal.lines())
    report = json.loads((workspace / "report.json").read_text())
    forced_engine.hold_after = None
    forced_engine.script([NOTHING, NOTHING])
    done = run("review", "--thread", report["thread_id"], "--format", "json")
    whole = json.loads(done.stdout)

    assert report["status"] == "incomplete"
    assert [each["rule"] for each in report["findings"]] == ["review/wrong-result"]
    assert _unread(report) == ["till/prices.py"]
    assert (done.returncode, whole["status"], _unread(whole)) == (0, "done", [])
    assert whole["findings"] == report["findings"]


def _unread(report: Mapping[str, list[Mapping[str, str]]]) -> list[str]:
    return [each["path"] for each in report["receipts"] if each["skipped"]]


def test_a_signal_from_outside_leaves_a_report_of_what_was_read(
    workspace: Path, there: tuple[str, ...], forced_engine: ForcedEngine
) -> None:
    spoil(workspace)

    def stand_still(_: Body) -> str:
        forced_engine.hold_after = 1
        return NOTHING

    forced_engine.script([FINDS, FINDS, json.dumps(HOLDS), stand_still])
    line = (*VIVEK, "review", *there, "--format", "sarif", "--output", "report.sarif")
    with subprocess.Popen(line, cwd=workspace, env=environment(), stdout=PIPE, stderr=PIPE) as review:
        assert forced_engine.holding.wait(60)
        review.send_signal(signal.SIGTERM)
        review.communicate(timeout=60)
    (ran,) = json.loads((workspace / "report.sarif").read_text())["runs"]

    assert review.returncode == 143
    assert [each["ruleId"] for each in ran["results"]] == ["review/wrong-result"]
    assert ran["invocations"][0]["executionSuccessful"] is False


def test_esc_and_ctrl_c_end_a_review_within_the_chat_and_the_chat_goes_on(
    workspace: Path, there: tuple[str, ...], forced_engine: ForcedEngine
) -> None:
    spoil(workspace)
    found = "till/report.py:8: high: The first price is left out."

    def stand_still(_: Body) -> str:
        forced_engine.hold_after = 1
        return NOTHING

    forced_engine.script([FINDS, FINDS, json.dumps(HOLDS), stand_still, stand_still])
    with running("-m", "vivek", *there, folder=workspace, columns=160, rows=60, variables=environment()) as terminal:
        terminal.shows("llamacpp/default", seconds=60)
        for number, key in enumerate(("\x1b", "\x03"), start=1):
            terminal.child.send("/review\r")
            assert forced_engine.holding.wait(60), "\n".join(terminal.lines())
            terminal.shows(found, times=number, seconds=60)
            terminal.child.send(key)
            terminal.shows("Not all of it was read: the review was stopped", times=number, seconds=60)
            forced_engine.holding.clear()
            forced_engine.hold_after = None
        terminal.child.send("/exit\r")
        assert terminal.ends() == 0, "\n".join(terminal.lines())
