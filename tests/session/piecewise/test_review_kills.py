"""A review killed at any call of the model, in any step, or at calls of databases comes to the same report."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.session.reviewers import spoil

pytestmark = pytest.mark.kill


def test_a_review_killed_at_any_moment_comes_to_the_same_report(workspace: Path, tmp_path: Path) -> None:
    spoil(workspace)
    folder = tmp_path / "lives"
    shutil.copytree(workspace, folder / "project")
    root = Path(__file__).parents[3]
    search = f"{root}{os.pathsep}{os.environ['PYTHONPATH']}"

    ran = subprocess.run(
        [sys.executable, "-m", "tests.session.doomed_review", str(folder)],
        env={**os.environ, "PYTHONPATH": search},
        cwd=root,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )

    whole, *lives = map(json.loads, ran.stdout.splitlines())
    assert whole["calls"] == 5, "two questions about each file, one second look"
    assert whole["steps"] == 6, "plan, twice find and verify, report"
    assert len(lives) >= whole["calls"] + whole["steps"]
    assert not [life["death"] for life in lives if not life["killed"]]
    assert not [life for life in lives if not life["same"]], "findings, status and receipts"
    # The call that was killed left a line before it died; nothing that was answered is asked again.
    assert not [life for life in lives if life["again"] > 1]
