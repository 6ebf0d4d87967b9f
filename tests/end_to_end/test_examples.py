"""The examples for CI: their YAML is parsed and their scripts are run, with a model that says scripted words."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import ROOT, VIVEK, environment

EXAMPLES = ROOT / "examples"
ACTION = EXAMPLES / "github-action" / "vivek-review.yml"
HOOKS = EXAMPLES / "pre-commit" / ".pre-commit-hooks.yaml"

PRICES = "till/prices.py"
FIXED = "def discount(price: int, percent: int) -> int:\n    return price - price * percent // 100\n"
EDIT = f"Corrected.\n\n{PRICES}\n```python\n{FIXED}```\n"

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


@pytest.fixture
def changed(workspace: Path) -> Path:
    """Return a repository with a commit, and a second one with a mistake."""
    (workspace / PRICES).write_text(FIXED.replace("// 100", "// 10"))
    git(workspace, "commit", "-qam", "discounts")
    return workspace


def git(workspace: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=workspace, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def model(tmp_path: Path, *replies: str) -> str:
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(f"{json.dumps(reply)}\n" for reply in replies))
    return f"scripted/{path}"


def shell(script: str, folder: Path, tmp_path: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as a runner does, with `vivek` on the path."""
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "vivek"
    program.write_text(f'#!/bin/sh\nexec {" ".join(VIVEK)} "$@"\n')
    program.chmod(0o755)
    search = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=environment({"PATH": search, **variables}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def steps() -> dict[str, Any]:
    [job] = yaml.safe_load(ACTION.read_text())["jobs"].values()
    return {step["name"]: step for step in job["steps"] if "run" in step}


def review(changed: Path, tmp_path: Path, name: str) -> tuple["subprocess.CompletedProcess[str]", str, str]:
    """Run the step that reviews; return it with the summary and the outputs it wrote."""
    summary, outputs = tmp_path / "summary", tmp_path / "outputs"
    base = git(changed, "rev-parse", "HEAD~1")
    done = shell(
        steps()["Review the change"]["run"],
        changed,
        tmp_path,
        BASE=base,
        VIVEK_MODEL_NAME=name,
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_OUTPUT=str(outputs),
    )
    return done, summary.read_text(), outputs.read_text() if outputs.exists() else ""


@needs_jq
def test_the_action_reviews_a_change_and_proposes_a_patch(changed: Path, tmp_path: Path) -> None:
    done, summary, outputs = review(changed, tmp_path, model(tmp_path, f"{PRICES}:2 divides by 10."))

    assert done.returncode == 0, done.stderr
    assert summary == f"{PRICES}:2 divides by 10.\n"
    thread = outputs.strip().removeprefix("thread=")
    assert thread

    name = model(tmp_path, EDIT, EDIT)
    patched = shell(steps()["Propose a patch"]["run"], changed, tmp_path, THREAD=thread, VIVEK_MODEL_NAME=name)
    assert patched.returncode == 0, patched.stderr
    patch = (changed / "vivek.patch").read_text()
    assert "-    return price - price * percent // 10\n+    return price - price * percent // 100\n" in patch, (
        patched.stderr
    )
    assert "// 10\n" in (changed / PRICES).read_text()


@needs_jq
def test_the_action_says_that_no_model_answered(changed: Path, tmp_path: Path) -> None:
    done, _, outputs = review(changed, tmp_path, model(tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith("No model answered: ")
    assert outputs == ""


def test_the_steps_of_the_action_are_those_that_are_tried() -> None:
    assert list(steps()) == ["Install vivek", "Look what works here", "Review the change", "Propose a patch"]
    assert yaml.safe_load(ACTION.read_text())["permissions"] == {"contents": "read"}


def hook(workspace: Path, tmp_path: Path, name: str) -> "subprocess.CompletedProcess[str]":
    [entry] = yaml.safe_load(HOOKS.read_text())
    script = HOOKS.parent / entry["entry"]
    assert entry["language"] == "script"
    assert os.access(script, os.X_OK)
    return shell(str(script), workspace, tmp_path, VIVEK_MODEL_NAME=name)


@pytest.mark.parametrize(
    ("answer", "code"), [("GOOD: it only moves lines.", 0), ("MISTAKE: it divides by 10.", 1), ("Hm.", 0)]
)
def test_the_hook_blocks_a_commit_with_a_mistake(workspace: Path, tmp_path: Path, answer: str, code: int) -> None:
    (workspace / PRICES).write_text(FIXED.replace("// 100", "// 10"))
    git(workspace, "add", "-u")

    done = hook(workspace, tmp_path, model(tmp_path, answer))

    assert (done.returncode, done.stdout) == (code, f"{answer}\n"), done.stderr


def test_the_hook_lets_a_commit_pass_where_there_is_no_model(workspace: Path, tmp_path: Path) -> None:
    (workspace / PRICES).write_text(FIXED)
    git(workspace, "add", "-u")

    done = hook(workspace, tmp_path, model(tmp_path))

    assert (done.returncode, done.stdout) == (0, "")
    assert "did not come to a verdict (exit code 4)" in done.stderr


def test_the_hook_asks_nobody_about_nothing(workspace: Path, tmp_path: Path) -> None:
    done = hook(workspace, tmp_path, "scripted/gone.jsonl")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
