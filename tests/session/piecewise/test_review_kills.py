"""A review killed at any call of the model, in any step, or at calls of databases comes to the same report."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.session.reviewers import spoil

pytestmark = pytest.mark.kill


def died(workspace: Path, folder: Path, *more: str) -> list[dict[str, Any]]:  # Any: JSON values
    """Return what came of a review that lived on, and of those that died; they take what is in the workspace."""
    spoil(workspace)
    shutil.copytree(workspace, folder / "project")
    root = Path(__file__).parents[3]
    search = f"{root}{os.pathsep}{os.environ['PYTHONPATH']}"

    ran = subprocess.run(
        [sys.executable, "-m", "tests.session.doomed_review", str(folder), *more],
        env={**os.environ, "PYTHONPATH": search},
        cwd=root,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )

    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_review_killed_at_any_moment_comes_to_the_same_report(workspace: Path, tmp_path: Path) -> None:
    whole, *lives = died(workspace, tmp_path / "lives")

    assert whole["calls"] == 5, "two questions about each file, one second look"
    assert whole["steps"] == 6, "plan, twice find and verify, report"
    assert len(lives) >= whole["calls"] + whole["steps"]
    assert not [life["death"] for life in lives if not life["killed"]]
    assert not [life for life in lives if not life["same"]], "findings, status and receipts"
    # The call that was killed left a line before it died; nothing that was answered is asked again.
    assert not [life for life in lives if life["again"] > 1]


def test_a_review_killed_while_it_asks_side_by_side_comes_to_the_report_of_one_that_does_not(
    workspace: Path, tmp_path: Path
) -> None:
    whole, *lives = died(workspace, tmp_path / "lives", "4")

    assert whole["calls"] > 10
    assert len(lives) == 3
    assert not [life["death"] for life in lives if not life["killed"]]
    assert not [life for life in lives if not life["same"]], "findings, status and receipts"
    assert max(life["most"] for life in lives) > 1
    # Only those that ran beside the killed one are asked again.
    assert max(life["again"] for life in lives) in {2, 3}
