import sqlite3
import subprocess
from pathlib import Path

import pytest

from vivek.config.folders import state_folder
from vivek.schema.doctor import Finding
from vivek.session.doctor.folders import look_at_folders, look_at_project
from vivek.session.place import open_place
from vivek.session.threads.index import ThreadIndex


def marks(workspace: Path | None = None) -> dict[str, Finding]:
    place = open_place(workspace) if workspace else None
    return {finding.name: finding for finding in look_at_folders(place)}


def test_folders_that_are_not_there_yet_are_no_fault_and_are_not_made(workspace: Path) -> None:
    found = marks(workspace)

    assert {finding.mark for finding in found.values()} == {"good"}
    assert "made when needed" in found["state"].text
    assert not state_folder().exists()
    assert not (workspace / ".vivek").exists()


def test_threads_are_counted(workspace: Path) -> None:
    with ThreadIndex.open() as index:
        index.begin("calm-otter-7", workspace, kind="chat", title="t", model="m", base_url=None)

    assert marks(workspace)["threads"].text == "1 on this machine"


def test_a_list_of_threads_that_cannot_be_read_is_broken_and_left_as_it_is(workspace: Path) -> None:
    state_folder().mkdir(parents=True)
    (state_folder() / "threads.db").write_bytes(b"no database at all, but long enough" * 100)

    found = marks(workspace)["threads"]

    assert found.mark == "broken"
    assert [path.name for path in state_folder().iterdir()] == ["threads.db"]


def test_a_folder_that_others_may_look_into_comes_with_its_command(workspace: Path) -> None:
    state_folder().mkdir(parents=True, mode=0o755)
    state_folder().chmod(0o755)

    found = marks(workspace)["state"]

    assert found.mark == "poor"
    assert found.hint == f"`chmod 700 {state_folder()}`"


def test_a_folder_that_cannot_be_written_is_broken(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("VIVEK_STATE_DIR", str(tmp_path / "a file/state"))

    found = marks(workspace)["state"]

    assert found.mark == "broken"
    assert "a file" in found.text
    assert found.hint.endswith("or name another folder with VIVEK_STATE_DIR")


def test_a_database_that_git_tracks_is_broken(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    sqlite3.connect(workspace / ".vivek/workspace.db").close()
    (workspace / ".vivek/workspace.db").touch()
    subprocess.run(["git", "add", "-f", ".vivek/workspace.db"], cwd=workspace, check=True)

    found = marks(workspace)["workspace.db"]

    assert found.mark == "broken"
    assert "git rm --cached .vivek/workspace.db" in found.hint


def test_databases_that_were_kept_aside_are_named(workspace: Path) -> None:
    (workspace / ".vivek").mkdir(mode=0o700)
    (workspace / ".vivek/workspace.db.corrupt-1").touch()

    assert "workspace.db.corrupt-1" in marks(workspace)["databases"].text


def test_the_project_is_told_with_git(workspace: Path, home: Path) -> None:
    inside = {finding.name: finding for finding in look_at_project(open_place(workspace))}
    outside = {finding.name: finding for finding in look_at_project(open_place(home))}
    gone = {finding.name: finding for finding in look_at_project(None)}

    assert (inside["root"].mark, inside["root"].text) == ("good", str(workspace))
    assert inside["git"].text.startswith("git version")
    assert outside["root"].mark == "note"
    assert gone["folder"].mark == "broken"
