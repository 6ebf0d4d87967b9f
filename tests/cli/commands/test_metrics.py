"""`vivek metrics` in a project."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Vivek

ASK = ("ask", "What does till/prices.py do?", "--depth", "fast")


def scripted(workspace: Path) -> tuple[str, str]:
    script = workspace.parent / "replies.jsonl"
    script.write_text('"It takes a percentage off."\n')
    return ("--model", f"scripted/{script}")


def test_a_turn_shows_in_the_metrics_of_its_project(vivek: Vivek, workspace: Path) -> None:
    assert vivek("metrics") == (0, "Nothing was measured here yet.\n", "")
    assert vivek(*ASK, *scripted(workspace))[0] == 0

    code, out, err = vivek("metrics", "--format", "json")
    report = json.loads(out)["metrics"]
    assert (code, err) == (0, "")
    assert (report["turns"]["statuses"], report["calls"]["calls"]) == ({"done": 1}, 1)

    assert vivek("metrics")[1].startswith("1 turn · 1 model call\n")
    names, day = vivek("metrics", "--by", "day", "--format", "csv")[1].splitlines()
    assert names.startswith("name,turns,calls,")
    assert day.split(",")[1:3] == ["1", "1"]


def test_a_thread_is_named_by_its_beginning(vivek: Vivek, workspace: Path) -> None:
    for thread in ("calm-otter-7", "wise-lemur-6"):
        vivek(*ASK, "--thread", thread, *scripted(workspace))

    told = json.loads(vivek("metrics", "--thread", "calm", "--format", "json")[1])["metrics"]
    assert (told["thread"], told["turns"]["turns"]) == ("calm-otter-7", 1)
    assert vivek("metrics", "--thread", "nobody")[0] == 2


def test_a_beginning_that_is_no_time_is_a_usage_error(vivek: Vivek) -> None:
    code, out, err = vivek("metrics", "--since", "yesterday")

    assert (code, out) == (2, "")
    assert err.startswith("`yesterday` is no time to begin at.\nhint: ")


def test_later_turns_only(vivek: Vivek, workspace: Path) -> None:
    vivek(*ASK, *scripted(workspace))

    assert json.loads(vivek("metrics", "--since", "1h", "--format", "json")[1])["metrics"]["turns"]["turns"] == 1
    assert (
        json.loads(vivek("metrics", "--since", "2999-01-01", "--format", "json")[1])["metrics"]["turns"]["turns"] == 0
    )


def test_metrics_load_no_graph_no_client_and_no_drawing(workspace: Path) -> None:
    code = (
        "import sys; from vivek.cli.app import run; run(['metrics']); "
        "print(sorted({'langgraph', 'httpx', 'pydantic', 'rich', 'prompt_toolkit', 'tiktoken'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=workspace, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
