import os
import shutil
import subprocess
from pathlib import Path

import pytest

from vivek.project.narrowing import narrowed

FOUND = frozenset({"till/prices.py", "till/report.py", "new.txt"})


def fill(root: Path) -> None:
    (root / "new.txt").write_text("a DISCOUNT here\n")
    (root / "other.txt").write_text("nothing\n")
    for folder in ("node_modules", ".hidden"):
        (root / folder).mkdir()
        (root / folder / "a.js").write_text("discount\n")
    (root / ".gitignore").write_text("node_modules/\n.hidden/\n")


def only_on_path(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave one program on the PATH, or skip where it is missing."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    folder.mkdir()
    (folder / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("program", ["git", "rg"])
def test_files_that_may_hold_a_text_are_named(
    program: str, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    only_on_path(tmp_path / "bin", program, monkeypatch)

    assert narrowed(workspace, "Discount") == FOUND
    assert narrowed(workspace, "nowhere", always=["staged.py"]) == frozenset({"staged.py"})
    (workspace / "other.txt").write_text("git grep --untracked\n")
    assert narrowed(workspace, "--untracked") == frozenset({"other.txt"})
    assert narrowed(workspace / "till", "discount") == frozenset({"prices.py", "report.py"})


def test_without_either_program_nobody_can_tell(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert narrowed(workspace, "discount") is None


@pytest.mark.parametrize("text", ["größe", "a\nb", "\0"])
def test_what_has_no_certain_bytes_is_not_asked_for(text: str, workspace: Path) -> None:
    assert narrowed(workspace, text) is None


@pytest.mark.covers("G01", "G06")
def test_nothing_that_the_repository_names_is_run(workspace: Path, tmp_path: Path) -> None:
    fill(workspace)
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    (workspace / ".gitattributes").write_text("* filter=x diff=x\n")
    for key in (
        *("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv"),
        *("diff.x.command", "diff.external", "core.pager", "pager.grep", "core.sshCommand", "core.editor"),
    ):
        subprocess.run(["git", "config", key, str(program)], cwd=workspace, check=True)
    hooks = workspace / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    shutil.copy(program, hooks / "post-index-change")
    os.utime(workspace / "till" / "prices.py")

    assert narrowed(workspace, "discount") == FOUND
    assert not mark.exists()
