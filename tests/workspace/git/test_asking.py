"""Asking git, also about repositories that mean harm."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workspace.forking import NOBODY
from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import git_toplevel, is_tracked, list_files, list_names, run_git


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_tracked_and_new_files_are_listed_and_ignored_ones_are_not(workspace: Path) -> None:
    write(workspace / ".gitignore", "*.log\nbuild/\n")
    write(workspace / "noise.log")
    write(workspace / "build/out")
    write(workspace / "till/new.py")
    write(workspace / ".vivek/modes/mine.md")
    write(workspace / ".vivek/workspace.db")

    assert list_files(workspace) == [
        *(".gitignore", "README.md", "till/__init__.py", "till/new.py", "till/prices.py", "till/report.py")
    ]


def test_deleted_files_are_not_listed(workspace: Path) -> None:
    (workspace / "README.md").unlink()

    assert "README.md" not in (list_files(workspace) or [])


def test_files_of_a_deleted_or_replaced_folder_are_not_listed(workspace: Path) -> None:
    write(workspace / "more/one.py")
    write(workspace / "more/two.py")
    git(workspace, "add", "-A")
    shutil.rmtree(workspace / "till")
    (workspace / "more/one.py").unlink()
    (workspace / "more/one.py").symlink_to("two.py")

    assert list_files(workspace) == ["README.md", "more/one.py", "more/two.py"]

    shutil.rmtree(workspace / "more")
    write(workspace / "more")
    assert list_files(workspace) == ["README.md", "more"]


def test_a_file_in_an_unfinished_merge_is_listed_once(workspace: Path) -> None:
    git(workspace, "checkout", "-q", "-b", "other")
    write(workspace / "README.md", "theirs\n")
    git(workspace, "commit", "-qam", "Theirs")
    git(workspace, "checkout", "-q", "main")
    write(workspace / "README.md", "ours\n")
    git(workspace, "commit", "-qam", "Ours")
    assert subprocess.run(["git", "merge", "-q", "other"], cwd=workspace, capture_output=True, check=False).returncode

    assert (list_files(workspace) or []).count("README.md") == 1


NAMES = [
    "new\nline",
    "tab\there",
    'quote"s',
    "back\\slash",
    " spaces ",
    "-rf",
    "$HOME",
    "*",
    "é",
    "e\u0301",
    "🦦.py",
    ":(top)x",
]


@pytest.mark.covers("F-C12")
@pytest.mark.parametrize("tracked", [True, False])
def test_any_name_is_listed_as_it_is(workspace: Path, tracked: bool) -> None:
    for name in NAMES:
        write(workspace / name)
    if tracked:
        git(workspace, "add", "-A")
        git(workspace, "commit", "-qm", "Add names")

    assert set(NAMES) <= set(list_files(workspace) or [])
    for name in NAMES:
        assert is_tracked(workspace, name) is tracked


def test_a_name_that_is_not_valid_text_is_left_out_of_files_and_told_among_names(workspace: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.txt")
    try:
        (workspace / odd).touch()
    except OSError:
        pytest.skip("this disk takes valid names only")

    found = list_files(workspace) or []
    assert len(found) == 4
    assert set(list_names(workspace) or []) == {*found, odd}


def test_a_start_in_a_sub_folder_finds_the_same_top(workspace: Path) -> None:
    write(workspace / "till/deep/x.py")

    assert git_toplevel(workspace) == workspace
    assert git_toplevel(workspace / "till/deep") == workspace
    assert list_files(workspace / "till") == ["__init__.py", "deep/x.py", "prices.py", "report.py"]
    assert is_tracked(workspace / "till", "prices.py")
    assert not is_tracked(workspace / "till", "deep/x.py")


def test_a_top_folder_may_have_any_name(tmp_path: Path) -> None:
    top = tmp_path / "two\nlines "
    top.mkdir()
    git(top, "init", "-q")

    assert git_toplevel(top) == top


def test_without_a_repository_there_is_no_answer(tmp_path: Path) -> None:
    assert git_toplevel(tmp_path) is None
    assert list_files(tmp_path) is None
    assert not is_tracked(tmp_path, "x")
    assert list_files(tmp_path / "absent") is None
    (tmp_path / ".git").mkdir()  # something that only looks like one
    assert git_toplevel(tmp_path) is None


@pytest.mark.covers("F-F11")
def test_without_git_there_is_no_answer(workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert git_toplevel(workspace) is None
    assert list_files(workspace) is None
    assert not is_tracked(workspace, "README.md")


@pytest.mark.covers("F-C16")
def test_an_empty_repository_has_its_new_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "a.py")

    assert list_files(tmp_path) == ["a.py"]


@pytest.mark.covers("G01", "G02", "G03", "G07")
@pytest.mark.parametrize("where", ["config", "include", "worktree config"])
def test_a_repository_cannot_have_its_programs_run(workspace: Path, where: str) -> None:
    marker = workspace.parent / "marker"
    program = workspace / "program.sh"
    write(program, f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    program.chmod(0o755)
    hooks = workspace / "hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        write(hooks / name, f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    target = ["config"]
    if where == "include":
        git(workspace, "config", "include.path", "../more")
        target = ["config", "-f", ".git/../more"]
    elif where == "worktree config":
        git(workspace, "config", "extensions.worktreeConfig", "true")
        target = ["config", "--worktree"]
    for key, value in (
        ("core.fsmonitor", str(program)),
        ("core.hooksPath", str(hooks)),
        ("core.pager", str(program)),
        ("core.sshCommand", str(program)),
        ("core.askPass", str(program)),
        ("credential.helper", str(program)),
        ("diff.external", str(program)),
        ("alias.ls-files", f"!{program}"),
        ("filter.evil.clean", str(program)),
        ("filter.evil.process", str(program)),
    ):
        git(workspace, *target, key, value)
    write(workspace / ".gitattributes", "* filter=evil\n")
    os.utime(workspace / "README.md", (1, 1))  # so that git would look at its content again

    assert "README.md" in (list_files(workspace) or [])
    assert git_toplevel(workspace / "till") == workspace
    assert is_tracked(workspace, "README.md")
    assert not marker.exists()

    subprocess.run(["git", "status"], cwd=workspace, capture_output=True, check=False)
    assert marker.exists(), "the trap is a real one"


@pytest.mark.covers("G08")
def test_a_planted_bare_repository_is_not_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "planted")
    marker = tmp_path / "marker"
    git(tmp_path / "planted", "config", "core.fsmonitor", f"touch {marker}; false")
    git(tmp_path / "planted", "config", "core.bare", "false")
    git(tmp_path / "planted", "config", "core.worktree", str(tmp_path / "planted"))

    assert git_toplevel(tmp_path / "planted") is None
    assert list_files(tmp_path / "planted") is None
    assert not marker.exists()


def test_the_environment_does_not_decide_which_repository_is_meant(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    marker = tmp_path / "marker"
    for name, value in {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": f"touch {marker}; false",
        "GIT_LITERAL_PATHSPECS": "0",
    }.items():
        monkeypatch.setenv(name, value)

    assert git_toplevel(workspace) == workspace
    assert "README.md" in (list_files(workspace) or [])
    assert not marker.exists()


def test_repositories_inside_a_repository_are_not_files(workspace: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    write(inner / "x")
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "Inner")
    git(workspace, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(workspace, "init", "-q", "nested")
    write(workspace / "nested/y")

    names = list_files(workspace) or []

    assert ".gitmodules" in names
    assert not [name for name in names if name.startswith(("sub", "nested"))]


def test_a_repository_that_git_only_names_as_a_folder_is_no_file(workspace: Path) -> None:
    write(workspace / "inner" / "a.py")
    git(workspace / "inner", "init", "-q")
    git(workspace / "inner", "add", "-A")
    git(workspace / "inner", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one")

    assert "? inner/" in git(workspace, "ls-files", "--others", "-t")
    assert [name for name in list_files(workspace) or [] if name.startswith("inner")] == []


def test_nothing_in_the_repository_is_written(workspace: Path) -> None:
    os.utime(workspace / "README.md", (1, 1))
    index = (workspace / ".git/index").read_bytes()

    list_files(workspace)
    is_tracked(workspace, "README.md")

    assert (workspace / ".git/index").read_bytes() == index


@pytest.mark.covers("G13")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_another_user_is_not_trusted(workspace: Path) -> None:
    for path in (workspace, workspace / ".git"):
        os.chown(path, NOBODY, NOBODY)

    assert git_toplevel(workspace) is None
    assert list_files(workspace) is None


def test_a_git_that_hangs_is_an_error(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "bin/git", "#!/bin/sh\nexec sleep 600\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")

    with pytest.raises(WorkspaceError, match="longer than"):
        run_git(workspace, ["ls-files"], timeout=0.2)
