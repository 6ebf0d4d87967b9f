"""The examples for CI: their YAML is parsed and their scripts are run, with a model that says scripted words."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import ROOT, VIVEK, environment

EXAMPLES = ROOT / "examples"
ACTION = EXAMPLES / "github-action" / "vivek-review.yml"
HOOKS = EXAMPLES / "pre-commit" / ".pre-commit-hooks.yaml"

CHEAP = "till/cheap.py"
WRONG = "def cheapest(prices: list[int]) -> int:\n    return sorted(prices)[-1]\n"
CLAIM = {
    "quote": "    return sorted(prices)[-1]",
    "scenario": "For the prices 3 and 5 the highest, 5, comes back in place of 3, and the customer pays too much.",
    "title": "The highest price is returned.",
    "matter": "wrong-result",
    "severity": "high",
    "confidence": "high",
    "fix": "    return sorted(prices)[0]",
}
FINDS = {"text": json.dumps({"findings": [CLAIM]})}
NOTHING = {"text": json.dumps({"findings": []})}
HOLDS = {
    "text": json.dumps(
        {"trace": "sorted() puts the lowest first, [-1] takes the last.", "verdict": "holds", "counter": ""}
    )
}
REVIEWING = ("Review the change", "Tell of it", "Propose a patch")
BROKEN_OFF = {"text": "", "finish": None}


@pytest.fixture
def changed(workspace: Path) -> Path:
    """Return a repository with a commit, and a second one with a mistake."""
    (workspace / CHEAP).write_text(WRONG)
    git(workspace, "add", CHEAP)
    git(workspace, "commit", "-qm", "cheapest")
    return workspace


def git(workspace: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=workspace, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def model(tmp_path: Path, *replies: Mapping[str, str | None]) -> str:
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


def run_steps(
    names: Sequence[str], changed: Path, tmp_path: Path, model: str
) -> list["subprocess.CompletedProcess[str]"]:
    """Run steps of the action, one after another, whatever comes of them."""
    variables = {
        "BASE": git(changed, "rev-parse", "HEAD~1"),
        "VIVEK_MODEL_NAME": model,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    return [shell(steps()[each]["run"], changed, tmp_path, **variables) for each in names]


def test_the_action_notes_findings_at_their_lines_and_proposes_a_patch(changed: Path, tmp_path: Path) -> None:
    said = model(tmp_path, FINDS, HOLDS)  # once, for all of its reviews
    reviewed, *others = run_steps(REVIEWING, changed, tmp_path, said)

    assert reviewed.returncode == 3, reviewed.stderr
    assert reviewed.stdout.startswith(f"::error file={CHEAP},line=2,endLine=2,")
    assert [each.returncode for each in others] == [0, 0], [each.stderr for each in others]
    assert CLAIM["scenario"] in (tmp_path / "summary").read_text()
    [log] = json.loads((changed / "vivek.sarif").read_text())["runs"]
    assert [each["ruleId"] for each in log["results"]] == ["review/wrong-result"]
    assert CLAIM["fix"] in (changed / CHEAP).read_text()
    git(changed, "apply", "--reverse", "vivek.patch")
    assert (changed / CHEAP).read_text() == WRONG


def test_the_action_does_not_fail_for_what_could_not_be_read(changed: Path, tmp_path: Path) -> None:
    [done] = run_steps(REVIEWING[:1], changed, tmp_path, model(tmp_path, BROKEN_OFF))

    assert done.returncode == 0, done.stderr
    assert "::warning::Some of the change was not read" in done.stdout


def test_the_steps_of_the_action_are_those_that_are_tried() -> None:
    [job] = yaml.safe_load(ACTION.read_text())["jobs"].values()
    assert tuple(steps()) == ("Install vivek", "Look what works here", *REVIEWING)
    assert [steps()[each].get("if") for each in REVIEWING] == [None, "${{ !cancelled() }}", "${{ !cancelled() }}"]
    assert job["if"].endswith("== github.repository")
    assert yaml.safe_load(ACTION.read_text())["permissions"] == {"contents": "read", "security-events": "write"}


def hook(workspace: Path, tmp_path: Path, model: str) -> "subprocess.CompletedProcess[str]":
    """Stage a change and run the hook as pre-commit does."""
    (workspace / CHEAP).write_text(WRONG)
    git(workspace, "add", CHEAP)
    [entry] = yaml.safe_load(HOOKS.read_text())
    script = HOOKS.parent / entry["entry"]
    assert (entry["language"], entry["pass_filenames"]) == ("script", False)
    assert os.access(script, os.X_OK)
    return shell(shlex.join([str(script), *entry["args"]]), workspace, tmp_path, VIVEK_MODEL_NAME=model)


def test_the_hook_stops_a_commit_with_a_finding_that_holds(workspace: Path, tmp_path: Path) -> None:
    done = hook(workspace, tmp_path, model(tmp_path, FINDS, HOLDS))

    assert done.returncode == 3, done.stderr
    assert f"{CHEAP}:2: high: {CLAIM['title']}" in done.stdout


def test_the_hook_lets_a_commit_pass_that_could_not_be_read(workspace: Path, tmp_path: Path) -> None:
    done = hook(workspace, tmp_path, model(tmp_path, BROKEN_OFF))

    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("Some of the change was not read; the commit goes on.\n")


def test_the_hook_reviews_without_a_model(workspace: Path, tmp_path: Path) -> None:
    done = hook(workspace, tmp_path, "")

    assert done.returncode == 0, done.stderr
    assert "No findings" in done.stdout
