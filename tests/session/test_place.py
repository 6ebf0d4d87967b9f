"""Where vivek works."""

import os
import subprocess
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.session.place import open_place, prepare_data


def test_a_folder_within_a_repository_belongs_to_its_top(workspace: Path) -> None:
    place = open_place(workspace / "till")

    assert place.root == workspace
    assert place.data == workspace / ".vivek"
    assert not place.restricted


def test_a_marked_folder_within_a_repository_is_a_project_of_its_own(workspace: Path) -> None:
    (workspace / "till" / "vivek.md").write_text("notes")

    assert open_place(workspace / "till").root == workspace / "till"


def test_the_home_folder_is_no_project(home: Path) -> None:
    place = open_place(home)

    assert place.restricted
    assert not place.data.is_relative_to(home / ".vivek")
    assert place.data.is_relative_to(Path(os.environ["VIVEK_STATE_DIR"]))
    assert "is no project" in place.notices[0].text


def test_the_data_folder_is_private_and_says_what_git_leaves_out(workspace: Path) -> None:
    place = open_place(workspace)
    prepare_data(place)

    assert place.data.stat().st_mode & 0o777 == 0o700
    assert (place.data / ".gitignore").read_text().split() == ["*.db*", "locks/", "cache/", ".gitignore"]


def test_git_shows_nothing_of_the_data_folder_but_what_a_team_shares(workspace: Path) -> None:
    def untracked() -> list[str]:
        command = ["git", "status", "--porcelain", "--untracked-files=all"]
        shown = subprocess.run(command, cwd=workspace, check=True, timeout=30, capture_output=True, text=True).stdout
        return [line[3:] for line in shown.splitlines() if ".vivek" in line]

    place = open_place(workspace)
    prepare_data(place)
    for name in ("checkpoints.db", "checkpoints.db-wal", "cache/x", "locks/x"):
        (place.data / name).parent.mkdir(exist_ok=True)
        (place.data / name).touch()
    assert untracked() == []

    (place.data / "config.toml").touch()
    (place.data / "modes").mkdir()
    (place.data / "modes" / "guard.md").touch()
    assert untracked() == [".vivek/config.toml", ".vivek/modes/guard.md"]


@pytest.mark.covers("D06")
def test_a_database_that_came_with_the_repository_is_refused(workspace: Path) -> None:
    (workspace / ".vivek").mkdir()
    (workspace / ".vivek" / "checkpoints.db").write_bytes(b"from a stranger")
    subprocess.run(["git", "add", "-f", ".vivek/checkpoints.db"], cwd=workspace, check=True, timeout=30)

    with pytest.raises(WorkspaceError, match=r"git tracks \.vivek/checkpoints\.db"):
        prepare_data(open_place(workspace))


@pytest.mark.covers("F-B19")
def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no longer exists"):
        open_place(tmp_path / "gone")
