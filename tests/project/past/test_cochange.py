"""What git's history tells of files."""

import subprocess
from pathlib import Path

import pytest

from vivek.project.past.cochange import LARGEST, History, history_of, load_history


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)


def test_files_of_one_commit_belong_together_the_more_often_the_more() -> None:
    together = history_of([{"a", "b"}, {"a", "b"}, {"a", "c"}]).together

    assert together["a"]["b"] > together["a"]["c"] > 0
    assert together["a"]["b"] == together["b"]["a"] < 1


def test_a_file_that_is_in_every_commit_belongs_to_none_in_particular() -> None:
    commits = [{"version", f"part{number}"} for number in range(50)] + [{"a", "b"}] * 2

    together = history_of(commits).together

    assert together["a"]["b"] > 2 * together["part1"]["version"]


def test_a_large_commit_tells_nothing_but_when() -> None:
    history = history_of([{f"f{number:03}" for number in range(LARGEST + 1)}])

    assert (history.together, history.recent[0]) == ({}, "f000")


def test_the_latest_change_comes_first_and_each_file_once() -> None:
    assert history_of([{"b"}, {"a", "b"}, {"c"}]).recent == ("b", "a", "c")


def test_the_history_of_a_repository_is_read(workspace: Path) -> None:
    odd = " odd \nname\t'ü'.py"
    for number in range(2):
        (workspace / "till" / "prices.py").write_text(f"{number}\n")
        (workspace / odd).write_text(f"{number}\n")
        git(workspace, "add", "--all")
        git(workspace, "commit", "-qm", f"change {number}")

    history = load_history(workspace)

    assert set(history.recent) == {"till/prices.py", odd}
    assert set(history.together["till/prices.py"]) == {odd}


def test_the_first_commit_tells_nothing(workspace: Path) -> None:
    assert load_history(workspace) == History()


def test_paths_are_those_of_the_folder_asked_for(workspace: Path) -> None:
    for name in ("till/prices.py", "README.md"):
        (workspace / name).write_text("new\n")
    git(workspace, "add", "--all")
    git(workspace, "commit", "-qm", "new")

    assert load_history(workspace / "till").recent == ("prices.py",)


def test_no_more_commits_than_asked_for_are_read(workspace: Path) -> None:
    (workspace / "new.py").write_text("new\n")
    git(workspace, "add", "--all")
    git(workspace, "commit", "-qm", "new")

    assert load_history(workspace, commits=1).recent == ("new.py",)


@pytest.mark.parametrize("start", ["HEAD", "gone"])
def test_without_a_repository_or_a_commit_there_is_no_history(tmp_path: Path, start: str) -> None:
    assert load_history(tmp_path, start=start) == History()

    git(tmp_path, "init", "-q")

    assert load_history(tmp_path, start=start) == History()


def test_an_option_is_never_taken_for_a_commit(workspace: Path) -> None:
    assert load_history(workspace, start="--output=stolen") == History()
    assert not (workspace / "stolen").exists()
