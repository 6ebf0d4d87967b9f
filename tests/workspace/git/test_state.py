"""What changed in a working tree, and what is under way in it."""

import subprocess
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.workspace.git.state import Changed, find_repository, read_diff, read_status


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=check, capture_output=True, text=True, timeout=60
    ).stdout


def test_every_kind_of_change_is_listed(workspace: Path) -> None:
    (workspace / "README.md").write_text("changed\n")
    (workspace / "till/report.py").unlink()
    (workspace / "new\nline.py").write_text("x\n")
    (workspace / "staged.py").write_text("x\n")
    git(workspace, "add", "staged.py")

    assert set(read_status(workspace / "till")) == {
        Changed("README.md", " ", "M"),
        Changed("till/report.py", " ", "D"),
        Changed("new\nline.py", "?", "?"),
        Changed("staged.py", "A", " "),
    }


def test_a_difference_is_of_all_files_of_some_or_of_what_is_staged(workspace: Path) -> None:
    (workspace / "README.md").write_text("changed\n")
    (workspace / "till/__init__.py").write_text("changed\n")
    git(workspace, "add", "README.md")

    assert read_diff(workspace).count(b"diff --git") == 2
    assert read_diff(workspace, ["till/__init__.py"]).count(b"diff --git") == 1
    assert read_diff(workspace / "till", ["__init__.py"]).count(b"diff --git") == 1
    assert b"README.md" in read_diff(workspace, staged=True)
    assert read_diff(workspace, ["*.md"]) == b"", "a name is taken literally"


def test_before_the_first_commit_everything_staged_is_the_difference(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("x\n")
    git(tmp_path, "add", "a.py")

    assert b"+x" in read_diff(tmp_path)
    found = find_repository(tmp_path)
    assert (found.head, found.branch, found.operation) == (None, "refs/heads/main", "")


@pytest.mark.covers("F-B20")
@pytest.mark.parametrize("operation", ["merge", "rebase", "cherry-pick", "revert", "bisect"])
def test_what_is_under_way_is_known(workspace: Path, operation: str) -> None:
    git(workspace, "checkout", "-q", "-b", "other")
    for text in ("theirs\n", "theirs again\n"):
        (workspace / "README.md").write_text(text)
        git(workspace, "commit", "-qam", "Theirs")
    git(workspace, "checkout", "-q", "main")
    (workspace / "README.md").write_text("ours\n")
    git(workspace, "commit", "-qam", "Ours")
    commands = {
        "merge": ["merge", "other"],
        "rebase": ["rebase", "other"],
        "cherry-pick": ["cherry-pick", "other"],
        "revert": ["revert", "other~1"],
        "bisect": ["bisect", "start"],
    }
    git(workspace, *commands[operation], check=False)

    assert find_repository(workspace / "till").operation == operation


def test_a_lock_a_detached_head_and_a_second_working_tree_are_known(workspace: Path, tmp_path: Path) -> None:
    git(workspace, "worktree", "add", "-q", "--detach", str(tmp_path / "second\nline"))
    second = find_repository(tmp_path / "second\nline")
    (second.folder / "index.lock").touch()

    assert (second.branch, second.top) == (None, tmp_path / "second\nline")
    assert second.common == workspace / ".git"
    assert second.head == git(workspace, "rev-parse", "HEAD").strip()
    assert find_repository(tmp_path / "second\nline").locked
    assert not find_repository(workspace).locked


@pytest.mark.covers("F-F11", "F-C16")
def test_without_a_repository_or_without_git_there_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkspaceError, match="not a git repository") as refused:
        find_repository(tmp_path)
    assert "git init" in refused.value.hint

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkspaceError, match="cannot be started"):
        read_status(tmp_path)
