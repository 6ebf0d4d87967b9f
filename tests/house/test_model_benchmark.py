"""The benchmark of real models, proven on a real engine that says scripted answers, right ones and wrong ones."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.model_runs import BEGIN, END, MODELS, load_runs, table
from benchmarks.models import UnreachableError, failure_of, main, run_task
from benchmarks.tasks.catalogue import TASKS
from benchmarks.tasks.shop import SHOP
from benchmarks.tasks.task import Task
from tests.engine.fixtures import engine_server, forced_engine, tiny_model
from tests.engine.forced import ForcedEngine
from vivek.edits.engine import read_reply

__all__ = ["engine_server", "forced_engine", "tiny_model"]

DONE = {"status": "done", "changes": [{"applied": True}], "answer": ""}


def planned_or(replies: Mapping[str, str]) -> Callable[[dict[str, Any]], str]:
    """Return a script that plans where a plan is wanted, and else answers by the file that was shown last."""

    def reply(body: dict[str, Any]) -> str:
        latest_first = [str(message["content"]) for message in reversed(body["messages"])]
        path = next(path for said in latest_first for path in replies if path in said)
        plan = {"kind": "change", "steps": ["Do it."], "files": [path], "mode": "peer", "question": ""}
        return json.dumps(plan) if "response_format" in body else replies[path]

    return reply


def lay_out(folder: Path, task: Task, reply: str = "") -> None:
    for path, text in SHOP.items():
        (folder / path).write_text(text)
    current = {path: text.encode() for path, text in SHOP.items()}
    for path, data in read_reply(reply, current=current, exists=list(current), shown=list(current)).files.items():
        (folder / path).write_bytes(data or b"")


def test_there_are_twelve_tasks_of_four_kinds() -> None:
    assert len({task.name for task in TASKS}) == len(TASKS) == 12
    assert {task.kind for task in TASKS} == {"edit", "bug", "test", "explain"}


def test_each_task_needs_lines_that_are_there() -> None:
    project = "\n".join(SHOP.values())

    assert all(task.spans and all(span in project for span in task.spans) for task in TASKS)
    assert sum(not any(path in task.request for path in SHOP) for task in TASKS) >= 6, "half of them name no file"


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_check_passes_what_is_right_and_nothing_else(task: Task, tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    (tmp_path / "wrong").mkdir()
    lay_out(tmp_path / "right", task, task.right)
    lay_out(tmp_path / "wrong", task)
    said = task.right if task.kind == "explain" else ""

    assert failure_of(task, DONE | {"answer": said}, tmp_path / "right", os.environ) == ""
    assert failure_of(task, DONE | {"answer": "I do not know."}, tmp_path / "wrong", os.environ) == "wrong result"


def test_failures_have_names(tmp_path: Path) -> None:
    task = TASKS[0]
    lay_out(tmp_path, task)

    assert failure_of(task, DONE | {"changes": []}, tmp_path, os.environ) == "nothing was changed"
    assert failure_of(task, {"status": "failed", "error": {"type": "X"}}, tmp_path, os.environ) == "turn failed: X"
    assert failure_of(task, {}, tmp_path, os.environ) == "turn without a report"
    (tmp_path / "report.py").write_text("def broken(:\n")
    assert failure_of(task, DONE, tmp_path, os.environ) == "the changed code is broken"
    endless = replace(task, check="raise SystemExit(1)")
    assert failure_of(endless, DONE, tmp_path, os.environ) == "wrong result"


@pytest.mark.engine
def test_a_run_is_measured_kept_and_not_repeated(
    tmp_path: Path, forced_engine: ForcedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    forced_engine.opens = True
    page, results = tmp_path / "models.md", tmp_path / "models.json"
    page.write_text(f"# Models\n\n{BEGIN}\n{END}\n\nrest\n")
    wrong = TASKS[1].right.replace("sum(", "len(")
    forced_engine.script([planned_or({"report.py": TASKS[0].right, "stock.py": wrong})] * 12)
    command = ["llamacpp/default", "--base-url", forced_engine.url, "--results", str(results), "--page", str(page)]

    assert main([*command, "--tasks", "2"]) == 0
    asked = len(forced_engine.requests)
    assert main([*command, "--tasks", "2"]) == 0

    first, second = load_runs(results)
    assert (first.solved, first.failure) == (True, "")
    assert (second.solved, second.tries) == (False, 2)
    assert second.failure == "turn failed: ModelOutputInvalidError", "the same again is no second try"
    assert first.prompt_tokens is not None
    assert first.tokens_per_second is not None
    assert len(forced_engine.requests) == asked
    text = page.read_text()
    assert "| `llamacpp/default` | as it comes | hidden | 1 of 2 | 1 |" in text
    assert "| `ollama/qwen2.5-coder:7b` | as it comes | both | not measured |" in text
    assert text.startswith("# Models\n")
    assert text.endswith("rest\n")
    assert "ModelOutputInvalidError" in capsys.readouterr().out


@pytest.mark.engine
def test_a_setting_of_a_sweep_reaches_the_model(forced_engine: ForcedEngine) -> None:
    forced_engine.opens = True
    forced_engine.script([planned_or({"report.py": TASKS[0].right, "dates.py": TASKS[10].right})] * 4)

    warm = run_task("llamacpp/default", "sampling.temperature=0.7", TASKS[0], base_url=forced_engine.url, seconds=60)
    long = run_task("llamacpp/default", "model.reply_tokens=1024", TASKS[10], base_url=forced_engine.url, seconds=60)

    work = [body for body in forced_engine.requests if "response_format" not in body]
    assert warm.solved
    assert long.solved
    assert work[0]["temperature"] == 0.7
    assert work[-1]["max_tokens"] == 1024


def test_a_model_that_cannot_be_asked_is_not_measured() -> None:
    with pytest.raises(UnreachableError):
        run_task("llamacpp/default", "", TASKS[0], base_url="http://127.0.0.1:1", seconds=60)

    assert table([]).count("not measured") == len(MODELS)
