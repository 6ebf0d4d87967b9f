"""A terminal that closes, a machine that sleeps, a home where nothing can be kept, a terminal that can do nothing."""

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

WORDS = "one two three four five six seven eight nine ten " * 40

Script = Callable[..., tuple[str, ...]]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Write what the model says; return the options that lead to it."""

    def write(*replies: str | dict[str, object]) -> tuple[str, ...]:
        path = tmp_path / "replies.jsonl"
        path.write_text("".join(f"{json.dumps(reply)}\n" for reply in replies))
        return ("--model", f"scripted/{path}")

    return write


def status_of(run: Run, thread: str) -> str:
    threads = json.loads(run("threads", "list", "--format", "json").stdout)["threads"]
    return next(str(each["status"]) for each in threads if each["id"] == thread)


@pytest.mark.pty
def test_a_terminal_closed_in_the_middle_of_a_turn_loses_nothing_that_was_said(
    run: Run, workspace: Path, script: Script
) -> None:
    model = script({"text": WORDS, "delay": 0.2}, "Good.")
    start = ("-m", "vivek", "--thread", "closed-otter-1", "--depth", "fast", *model)
    with running(*start, folder=workspace, variables=environment({"VIVEK_MODEL_WARM": "false"})) as terminal:
        terminal.shows("/model")
        terminal.child.send("what can you count?\r")
        terminal.shows("three four")
        terminal.child.ptyproc.fileobj.close()  # the terminal is gone: the kernel sends HUP
        assert terminal.child.wait() == 128 + signal.SIGHUP

    assert status_of(run, "closed-otter-1") == "unfinished"
    done = run("ask", "--continue", "what else?", "--depth", "fast", *script("Good."))
    assert (done.returncode, done.stdout) == (0, "Good.\n"), done.stderr
    assert "“what can you count?”" in done.stderr
    said = json.loads(run("threads", "show", "closed", "--format", "json").stdout)["messages"]
    assert [each["role"] for each in said] == ["user", "assistant", "user", "assistant"]
    assert said[1]["text"].startswith("one two three four")
    assert said[1]["text"].endswith("[interrupted]")


@pytest.mark.engine
def test_a_turn_goes_on_after_the_machine_slept(
    workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["one two three four five six seven eight"])
    forced_engine.hold_after = 2
    with subprocess.Popen(
        [*VIVEK, "ask", "what can you count?", "--depth", "fast", *there],
        cwd=workspace,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            assert forced_engine.holding.wait(60)
            child.send_signal(signal.SIGSTOP)
            forced_engine.release()  # the rest comes while nobody reads
            time.sleep(1)
            child.send_signal(signal.SIGCONT)
            out, err = child.communicate(timeout=60)
        finally:
            child.kill()

    assert (child.returncode, out) == (0, "one two three four five six seven eight\n"), err


def test_a_home_where_nothing_can_be_kept_names_the_way_out(
    run: Run, workspace: Path, tmp_path: Path, script: Script
) -> None:
    (tmp_path / "no home").touch()  # nothing can be made in it, whoever asks
    nowhere = {name: "" for name in os.environ if name.startswith(("XDG_", "VIVEK_"))}
    nowhere |= {"HOME": str(tmp_path / "no home"), "TERM": "dumb"}
    ask = ("ask", "what is this?", "--depth", "fast", *script("A till."))

    refused = run(*ask, env=nowhere)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr
    assert "cannot be made" in refused.stderr
    assert "VIVEK_STATE_DIR" in refused.stderr.splitlines()[-1]

    elsewhere = nowhere | {"VIVEK_STATE_DIR": str(tmp_path / "state")}
    done = run(*ask, env=elsewhere)
    assert (done.returncode, done.stdout) == (0, "A till.\n"), done.stderr
    again = run("ask", "--continue", "and this?", "--depth", "fast", *script("Yes."), env=elsewhere)
    assert (again.returncode, again.stdout) == (0, "Yes.\n"), again.stderr
    listed = json.loads(run("threads", "list", "--format", "json", env=elsewhere).stdout)["threads"]
    assert [each["turns"] for each in listed] == [2]
    assert run("doctor", env=elsewhere).stdout.count("FAIL  state") == 0


@pytest.mark.pty
def test_without_a_home_the_chat_says_so_and_stays_useful(workspace: Path, tmp_path: Path, script: Script) -> None:
    (tmp_path / "no home").touch()
    nowhere = {name: "" for name in os.environ if name.startswith(("XDG_", "VIVEK_"))}
    variables = environment(nowhere | {"HOME": str(tmp_path / "no home")})
    with running("-m", "vivek", *script("A till."), folder=workspace, rows=40, variables=variables) as terminal:
        terminal.shows("VIVEK_STATE_DIR")
        terminal.child.send("/help\r")
        terminal.shows("/undo")
        terminal.child.send("\x04")
        assert terminal.ends() == 0
    assert "Traceback" not in "\n".join(terminal.lines())
