"""`vivek` as a user meets it, on a real engine that says scripted words."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import VIVEK, Run, environment
from tests.engine.forced import ForcedEngine

pytestmark = pytest.mark.engine

PRICES = "till/prices.py"
NEW = "def discount(price: int, percent: int) -> int:\n    return round(price - price * percent / 100)\n"
EDIT = f"It rounds.\n\n{PRICES}\n```python\n{NEW}```\n"
KEYS = [
    "version", "thread_id", "status", "answer", "changes", "diff", "checks", "review", "usage", "model", "error",
    "answered_by", "shortened", "question", "reply",
]  # fmt: skip
USAGE = [
    "prompt_tokens", "cached_tokens", "completion_tokens", "calls", "seconds", "time_to_first_token",
    "tokens_per_second", "models",
]  # fmt: skip


def test_a_first_edit_from_the_question_to_the_undo(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["It takes a percentage off.", EDIT])

    asked = run("ask", f"what does {PRICES} do?", *there)
    assert (asked.returncode, asked.stdout) == (0, "It takes a percentage off.\n")
    assert "tok/s" in asked.stderr

    changed = run("ask", f"change {PRICES}", "--continue", "--approve", "edits", *there)
    assert changed.returncode == 0, changed.stderr
    assert "+    return round(price - price * percent / 100)" in changed.stdout
    assert (workspace / PRICES).read_text() == NEW

    listed = json.loads(run("threads", "list", "--format", "json").stdout)
    [thread] = listed["threads"] if isinstance(listed, dict) else listed
    assert (thread["turns"], thread["status"]) == (2, "finished")

    undone = run("undo")
    assert undone.returncode == 0
    assert "// 100" in (workspace / PRICES).read_text()
    assert "It takes a percentage off." in run("threads", "show", thread["id"][:4]).stdout


def test_json_is_one_object_with_exactly_these_keys_and_nothing_else(
    run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script([EDIT])

    done = run("ask", f"change {PRICES}", "--format", "json", *there)

    assert done.returncode == 6
    report = json.loads(done.stdout)
    assert list(report) == KEYS
    assert list(report["usage"]) == USAGE
    [done_by] = report["usage"]["models"]
    assert (done_by["node"], done_by["model"], done_by["calls"]) == ("executor", "llamacpp/default", 1)
    assert report["answered_by"] is None
    assert report["version"] == 1
    assert report["status"] == "needs_approval"
    assert report["changes"] == [{"path": PRICES, "kind": "modify", "added": 1, "removed": 5, "applied": False}]
    assert [(check["name"], check["status"]) for check in report["checks"]] == [
        ("parse", "passed"),
        ("tests", "skipped"),
    ]
    assert report["review"] is None
    assert report["error"] is None


def test_jsonl_is_one_event_a_line_and_ends_with_the_report(
    run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["Yes."])

    done = run("ask", "is it tested?", "--format", "jsonl", *there)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("event") for line in lines[:2]] == ["TurnStarted", "NodeStarted"]
    assert "".join(line["text"] for line in lines if line.get("event") == "TextDelta") == "Yes."
    assert list(lines[-1]) == KEYS


def test_a_waiting_change_is_applied_by_the_threads_command(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script([EDIT])
    report = json.loads(run("ask", f"change {PRICES}", "--format", "json", *there).stdout)

    resumed = run("threads", "resume", report["thread_id"][:6], "--approve", "edits")

    assert resumed.returncode == 0, resumed.stderr
    assert (workspace / PRICES).read_text() == NEW


def test_a_prompt_can_come_from_standard_input(run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]) -> None:
    forced_engine.script(["Hello."])

    done = run("ask", "-", *there, stdin="what is größer?\n".encode())

    assert (done.returncode, done.stdout) == (0, "Hello.\n")
    assert "what is größer?" in forced_engine.requests[0]["messages"][-1]["content"]


@pytest.mark.covers("F-F02")
@pytest.mark.parametrize("stdin", [b"\xff\xfe\xfa what", b"", b"  \n\t\n"])
def test_standard_input_that_is_no_prompt_is_a_usage_error(run: Run, there: tuple[str, ...], stdin: bytes) -> None:
    done = run("ask", "-", *there, stdin=stdin)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_empty_prompt_is_a_usage_error(run: Run, there: tuple[str, ...]) -> None:
    assert run("ask", "", *there).returncode == 2
    assert run("ask", "  ", *there).returncode == 2


def test_a_prompt_larger_than_the_window_names_both_numbers(
    run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    done = run("ask", "-", *there, stdin=b"what is " + b"this thing " * 40_000)

    assert done.returncode == 1
    assert "32,768" in done.stderr
    assert "hint:" in done.stderr
    assert forced_engine.requests == []


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("ollama/qwen2.5-coder:7b", "http://127.0.0.1:9"),
        ("llamacpp/default", "http://127.0.0.1:9"),
        ("openai_compat/x", "http://127.0.0.1:9/v1"),
    ],
)
def test_no_server_is_told_with_its_address(run: Run, model: str, url: str) -> None:
    done = run("ask", "what is this?", "--model", model, "--base-url", url)

    assert done.returncode == 4
    assert "127.0.0.1:9" in done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://127.0.0.1:99999", "http://", "https:"])
def test_a_wrong_url_is_a_usage_error(run: Run, url: str) -> None:
    done = run("ask", "what is this?", "--model", "llamacpp/default", "--base-url", url)

    assert done.returncode == 2
    assert "is no address" in done.stderr
    assert "hint:" in done.stderr


def test_a_file_that_is_no_model_is_told(run: Run, workspace: Path) -> None:
    done = run("ask", "what is this?", "--model", f"local/{workspace / PRICES}")

    assert done.returncode == 4
    assert "prices.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_without_a_provider_is_a_usage_error_with_a_guess(run: Run) -> None:
    done = run("ask", "what is this?", "--model", "qwen2.5-coder:7b")

    assert done.returncode == 2
    assert "ollama/qwen2.5-coder:7b" in done.stderr


def test_a_reader_that_goes_away_is_no_error_worth_a_traceback(
    workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["word\n" * 3_000])
    forced_engine.slow = 0.2
    with subprocess.Popen(
        [*VIVEK, "ask", "what is a word?", *there],
        cwd=workspace,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"word\n"
        child.stdout.close()
        said = child.stderr.read().decode()
        assert child.wait(timeout=60) in (0, 128 + signal.SIGPIPE)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_a_damaged_database_is_kept_aside_and_told(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["One.", "Two."])
    run("ask", "what is this?", *there)
    database = workspace / ".vivek" / "checkpoints.db"
    database.write_bytes(b"no database" * 500)

    done = run("ask", "what is that?", *there)

    assert (done.returncode, done.stdout) == (0, "Two.\n")
    assert "kept aside" in done.stderr
    assert (workspace / ".vivek" / "checkpoints.db.corrupt-1").read_bytes().startswith(b"no database")


@pytest.mark.covers("F-D02")
def test_two_processes_on_one_thread_are_told_apart(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["one two three four five six"])
    forced_engine.hold_after = 2
    first = subprocess.Popen(
        [*VIVEK, "ask", "what can you count?", "--thread", "calm-otter-7", *there],
        cwd=workspace,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert forced_engine.holding.wait(60)
        second = run("ask", "what else?", "--thread", "calm-otter-7", *there)
        assert second.returncode == 2
        assert f"process {first.pid}" in second.stderr
    finally:
        forced_engine.release()
        assert first.wait(timeout=60) == 0


def test_the_home_folder_is_no_project(
    run: Run, home: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    (home / "private.txt").write_text("mine")
    forced_engine.script(["Hello."])

    done = run("ask", "what is here?", *there, cwd=home)

    assert (done.returncode, done.stdout) == (0, "Hello.\n")
    assert "is no project" in done.stderr
    assert not (home / ".vivek").exists()
    assert "private.txt" not in json.dumps(forced_engine.requests)


def test_a_sub_folder_shares_the_threads_of_its_project(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["One.", "Two."])
    run("ask", "what is this?", "--thread", "calm-otter-7", *there)

    done = run("ask", "what is that?", "--continue", *there, cwd=workspace / "till")

    assert done.stdout == "Two.\n"
    assert "One." in json.dumps(forced_engine.requests[-1])
    assert not (workspace / "till" / ".vivek").exists()


def test_a_folder_that_cannot_be_written_is_told(workspace: Path, there: tuple[str, ...]) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("needs setpriv to give up root")
    workspace.chmod(0o555)
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for folder in (workspace.parent, *workspace.parents):
        if folder != folder.parent and not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    state = workspace.parent / "state"
    state.mkdir()
    state.chmod(0o777)
    more = {"VIVEK_STATE_DIR": str(state), "HOME": str(state), "XDG_CONFIG_HOME": str(state)}
    if subprocess.run([*drop, VIVEK[0], "-c", ""], env=environment(more), capture_output=True, check=False).returncode:
        pytest.skip("this interpreter lies where only root can read it")
    done = subprocess.run(
        [*drop, *VIVEK, "ask", "what is this?", *there],
        cwd=workspace,
        env=environment(more),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert b"cannot be made" in done.stderr
    assert b"hint:" in done.stderr


@pytest.mark.covers("F-F01")
def test_nothing_that_was_piped_holds_an_escape_code(
    run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["**bold** and `code`", EDIT])
    for arguments in (("ask", "what is this?"), ("ask", f"change {PRICES}", "--approve", "edits")):
        done = run(*arguments, *there)
        assert "\x1b" not in done.stdout + done.stderr


def test_a_prompt_left_out_goes_on_with_the_open_turn(
    run: Run, workspace: Path, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script([EDIT])
    assert run("ask", f"change {PRICES}", *there).returncode == 6

    assert run("ask", "--continue", *there).returncode == 6
    done = run("ask", "--continue", "--approve", "edits", *there)
    assert done.returncode == 0, done.stderr
    assert (workspace / PRICES).read_text() == NEW

    nothing = run("ask", "--continue", *there)
    assert nothing.returncode == 2
    assert "no open turn" in nothing.stderr


def test_no_token_table_is_loaded_before_a_prompt_nears_the_window(
    run: Run, forced_engine: ForcedEngine, there: tuple[str, ...]
) -> None:
    forced_engine.script(["Yes.", "Yes."])
    remote = ("--model", "openai_compat/default", "--base-url", f"{forced_engine.url}/v1")
    for where in (there, remote):
        done = run("ask", "is it tested?", *where, env={"PYTHONPROFILEIMPORTTIME": "1"})
        assert done.stdout == "Yes.\n", done.stderr[-500:]
        assert "langgraph.graph" in done.stderr
        assert "tiktoken" not in done.stderr
