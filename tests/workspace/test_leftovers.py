"""What a killed vivek left of its staged trees is removed by the next one; what is in use stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace.forking import NOBODY
from vivek.errors import WorkspaceError
from vivek.workspace.leftovers import make_stage_folder, remove_leftovers, remove_tree

HOLD = """
import os, sys, time
from pathlib import Path
from vivek.workspace.leftovers import make_stage_folder
stage = make_stage_folder(Path(sys.argv[1]))
(stage.path / "run-1" / "work" / "work").mkdir(parents=True, mode=0)
print(stage.path, flush=True)
time.sleep(60)
"""


@pytest.mark.kill
@pytest.mark.covers("F-A02")
def test_the_next_start_removes_what_a_kill_left(tmp_path: Path) -> None:
    vivek = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert vivek.stdout is not None
    with vivek.stdout:
        left = Path(os.fsdecode(vivek.stdout.readline().strip()))
        mine = make_stage_folder(tmp_path)
        assert left.is_dir(), "it is still in use"

        vivek.send_signal(signal.SIGKILL)
        vivek.wait()

    again = make_stage_folder(tmp_path)
    assert not left.exists()
    assert mine.path.is_dir()
    mine.close()
    again.close()
    assert list((tmp_path / "stages").iterdir()) == []


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    stage = make_stage_folder(tmp_path)
    assert stage.path.stat().st_mode & 0o777 == 0o700

    stage.close()
    stage.close()

    assert not stage.path.exists()
    assert remove_leftovers(tmp_path) == 0


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WorkspaceError, match="No folder for trying changes out"):
        make_stage_folder(tmp_path / "file" / "cache")


@pytest.mark.covers("P14")
def test_a_folder_that_others_may_change_is_refused(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(WorkspaceError, match="somebody else"):
        make_stage_folder(shared)

    shared.chmod(0o700)
    (tmp_path / "link").symlink_to(shared)
    with pytest.raises(WorkspaceError, match="somebody else"):
        make_stage_folder(tmp_path / "link")

    if os.geteuid() == 0:
        os.chown(shared, NOBODY, NOBODY)
        with pytest.raises(WorkspaceError, match="somebody else"):
            make_stage_folder(shared)


def test_folders_without_rights_and_links_are_removed_and_links_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    tree = tmp_path / "tree"
    (tree / "closed" / "inner").mkdir(parents=True)
    (tree / "closed" / "inner" / "file").touch()
    (tree / "link").symlink_to(outside)
    (tree / "closed").chmod(0)

    remove_tree(tree)
    remove_tree(tree)

    assert not tree.exists()
    assert (outside / "kept").exists()
