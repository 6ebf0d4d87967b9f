"""vivek in scripts: what goes where, what ends it, and what it leaves behind."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import VIVEK, Run, environment

PRICES = "till/prices.py"
NEW = "def discount(price: int, percent: int) -> int:\n    return round(price - price * percent / 100)\n"
EDIT = f"It rounds.\n\n{PRICES}\n```python\n{NEW}```\n"
PLAN = json.dumps({"kind": "answer", "steps": ["Answer"], "files": [], "mode": "peer", "question": ""})
WORDS = "one two three four five six seven eight nine ten " * 6

Script = Callable[..., tuple[str, ...]]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Write what the model says; return the options that lead to it."""

    def write(*replies: str | dict[str, object]) -> tuple[str, ...]:
        path = tmp_path / "replies.jsonl"
        path.write_text("".join(f"{json.dumps(reply)}\n" for reply in replies))
        return ("--model", f"scripted/{path}")

    return write


def start(workspace: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*VIVEK, *arguments],
        cwd=workspace,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_words(stream: "subprocess.Popen[str]") -> None:
    """Read lines of JSON until the first words of an answer."""
    assert stream.stdout is not None
    for line in stream.stdout:
        event = json.loads(line)
        if (event.get("event"), event.get("node")) == ("TextDelta", "executor"):
            return
    pytest.fail("no words")


def git(workspace: Path, *arguments: str, stdin: str = "") -> None:
    subprocess.run(["git", *arguments], cwd=workspace, input=stdin, text=True, check=True, capture_output=True)


def test_a_proposed_change_is_a_patch_that_git_applies(run: Run, workspace: Path, script: Script) -> None:
    proposed = run("ask", f"change {PRICES}", "--format", "patch", *script(EDIT))

    assert proposed.returncode == 6
    assert proposed.stdout.startswith("diff --git ")
    git(workspace, "apply", "--check", "-", stdin=proposed.stdout)
    git(workspace, "apply", "-", stdin=proposed.stdout)
    assert (workspace / PRICES).read_text() == NEW


def test_an_applied_change_is_a_patch_too(run: Run, workspace: Path, script: Script) -> None:
    applied = run("ask", f"change {PRICES}", "--format", "patch", "--approve", "edits", *script(EDIT))

    assert applied.returncode == 0
    git(workspace, "apply", "--reverse", "-", stdin=applied.stdout)
    assert "// 100" in (workspace / PRICES).read_text()


def test_an_answer_is_no_patch(run: Run, script: Script) -> None:
    done = run("ask", f"what does {PRICES} do?", "--format", "patch", *script("It rounds."))

    assert (done.returncode, done.stdout) == (0, "")
    assert "It rounds." in done.stderr


def test_what_is_piped_in_reaches_the_model_below_the_prompt(run: Run, script: Script, workspace: Path) -> None:
    piped = run("ask", "review this", "--depth", "fast", *script("Fine."), stdin=b"+ a new line\n")
    assert (piped.returncode, piped.stdout) == (0, "Fine.\n")
    thread = json.loads(run("threads", "list", "--format", "json").stdout)["threads"][0]
    said = json.loads(run("threads", "show", thread["id"], "--format", "json").stdout)["messages"]
    assert said[0]["text"] == "review this\n\nFrom standard input:\n```text\n+ a new line\n```"

    binary = run("ask", "review this", "--format", "json", *script("Fine."), stdin=b"\0\1\2")
    assert binary.returncode == 2
    assert json.loads(binary.stdout)["error"]["message"] == "Standard input is binary, not text."


def test_calls_are_limited_and_the_thread_goes_on(run: Run, script: Script) -> None:
    model = script(PLAN, "An answer.")
    done = run("ask", "say something", "--depth", "full", "--format", "json", "--max-calls", "1", *model)

    assert done.returncode == 5, done.stderr
    report = json.loads(done.stdout)
    assert (report["status"], report["answer"]) == ("incomplete", "")
    assert (report["error"]["type"], report["error"]["message"]) == (
        "LimitReachedError",
        "The turn has used its limit of 1 model call.",
    )
    assert f"vivek threads resume {report['thread_id']}" in report["error"]["hint"]

    resumed = run("threads", "resume", report["thread_id"], "--max-calls", "1", "--format", "json")
    assert (resumed.returncode, json.loads(resumed.stdout)["status"]) == (0, "done")


def test_time_is_limited_and_what_came_is_kept(run: Run, script: Script) -> None:
    model = script({"text": WORDS, "delay": 0.5})  # a minute and more
    done = run("ask", f"what is {PRICES}?", "--timeout", "12", "--format", "json", *model)

    assert done.returncode == 5, done.stderr
    report = json.loads(done.stdout)
    assert (report["status"], report["error"]["type"]) == ("incomplete", "LimitReachedError")
    assert report["error"]["message"] == "The turn has used its limit of 12 seconds."
    assert WORDS.startswith(report["answer"])

    again = run("threads", "resume", report["thread_id"], "--timeout", "0.01", "--format", "json")
    assert again.returncode == 5, again.stderr
    assert json.loads(again.stdout)["error"]["message"] == "The turn has used its limit of 0.01 seconds."


def test_a_limit_that_is_none_is_a_usage_error(run: Run, script: Script) -> None:
    done = run("ask", "x", "--max-calls", "0", *script("Fine."))

    assert (done.returncode, done.stdout) == (2, "")
    assert "no limit for `--max-calls`" in done.stderr


def test_term_lets_the_step_end_and_the_thread_goes_on(workspace: Path, run: Run, script: Script) -> None:
    model = script(PLAN, {"text": "one two three four five six seven eight", "delay": 0.1})
    child = start(workspace, "ask", "say something", "--depth", "full", "--format", "jsonl", *model)
    wait_for_words(child)
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=30)

    assert child.returncode == 143, err
    report = json.loads(out.splitlines()[-1])
    assert report["answer"] == "one two three four five six seven eight"
    shown = run("threads", "show", report["thread_id"], "--format", "json")
    assert json.loads(shown.stdout)["thread"]["status"] in ("unfinished", "finished")


def test_term_waits_a_few_seconds_and_no_longer(workspace: Path, script: Script) -> None:
    child = start(workspace, "ask", f"what is {PRICES}?", "--format", "jsonl", *script({"text": WORDS, "delay": 1}))
    wait_for_words(child)
    child.send_signal(signal.SIGTERM)
    began = time.monotonic()
    out, err = child.communicate(timeout=60)

    assert child.returncode == 143, err
    assert time.monotonic() - began < 30
    report = json.loads(out.splitlines()[-1])
    assert report["status"] == "cancelled"
    assert WORDS.startswith(report["answer"])


def test_ctrl_c_ends_a_turn_with_130(workspace: Path, script: Script) -> None:
    child = start(workspace, "ask", f"what is {PRICES}?", "--format", "jsonl", *script({"text": WORDS, "delay": 0.2}))
    wait_for_words(child)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)

    assert child.returncode == 130, err
    assert json.loads(out.splitlines()[-1])["status"] == "cancelled"


def test_a_reader_that_goes_away_is_no_failure(workspace: Path, script: Script) -> None:
    child = start(workspace, "ask", f"what is {PRICES}?", "--format", "jsonl", *script({"text": WORDS, "delay": 0.05}))
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    child.wait(timeout=30)

    assert child.returncode == 128 + signal.SIGPIPE
    assert "Traceback" not in err
    assert "BrokenPipe" not in err
