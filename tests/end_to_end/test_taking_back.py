"""Taking changes back needs no git and leaves what git holds alone."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.end_to_end.test_apply import BODY, PATCH, PRICES, QUOTED, files, region

REPLY = f"{region(BODY)}\n{QUOTED}\n{PATCH}".encode()


def git(workspace: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=workspace, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def of_git(workspace: Path) -> Mapping[str, bytes]:
    """Return every file in git's folder, its index and branches among them."""
    found = workspace / ".git"
    return {str(path.relative_to(found)): path.read_bytes() for path in found.rglob("*") if path.is_file()}


def test_apply_undo_and_redo_change_nothing_that_git_holds(run: Run, workspace: Path) -> None:
    with (workspace / "till/report.py").open("a") as report:
        report.write("# mine\n")
    (workspace / "own.txt").write_text("mine\n")
    git(workspace, "add", "till/report.py", "own.txt")
    held, staged, before = of_git(workspace), git(workspace, "diff", "--cached"), files(workspace)

    for arguments in (("apply", "-"), ("undo", "--dry-run"), ("undo",), ("redo",), ("undo",)):
        done = run(*arguments, stdin=REPLY)
        assert done.returncode == 0, done.stderr
        assert of_git(workspace) == held, arguments

    assert files(workspace) == before
    assert git(workspace, "diff", "--cached") == staged
    assert "# mine" in staged


@pytest.mark.parametrize("there", ["a repository", "no repository"])
def test_changes_are_applied_and_taken_back_where_git_is_not_installed(
    run: Run, workspace: Path, tmp_path: Path, there: str
) -> None:
    if there == "no repository":
        shutil.rmtree(workspace / ".git")
    before = files(workspace)
    bare = {"PATH": str(tmp_path)}

    applied = run("apply", "-", stdin=REPLY, env=bare)
    after = files(workspace)
    undone = run("undo", env=bare)

    assert (applied.returncode, undone.returncode) == (0, 0), applied.stderr + undone.stderr
    assert b"round(" in after[PRICES]
    assert files(workspace) == before
    assert run("redo", env=bare).returncode == 0
    assert files(workspace) == after
