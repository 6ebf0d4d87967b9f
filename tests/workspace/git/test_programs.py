"""What a repository's own configuration could have git run."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.forking import NOBODY
from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import list_files
from vivek.workspace.git.programs import refuse_programs
from vivek.workspace.git.state import find_repository, read_diff, read_status

ASKED: list[Callable[[Path], object]] = [refuse_programs, read_status, read_diff]

# Key, value, and whether git of this version runs it for a plain `status` or `diff`.
KEYS = [
    *(("filter.evil.clean", "{program}"), ("filter.evil.process", "{program}"), ("filter.evil.smudge", "{program}")),
    *(("diff.external", "{program}"), ("diff.evil.textconv", "{program}"), ("diff.evil.command", "{program}")),
    *(("merge.evil.driver", "{program}"), ("core.fsmonitor", "{program}"), ("core.hooksPath", "hooks")),
    *(("core.sshCommand", "{program}"), ("core.gitProxy", "{program}"), ("core.pager", "{program}")),
    *(("core.editor", "{program}"), ("core.askPass", "{program}"), ("gpg.program", "{program}")),
    *(("gpg.ssh.program", "{program}"), ("credential.helper", "{program}"), ("pager.diff", "{program}")),
    *(
        ("credential.https://example.org.helper", "{program}"),
        ("alias.st", "!{program}"),
        ("hook.a.command", "{program}"),
    ),
    *(("sequence.editor", "{program}"), ("interactive.diffFilter", "{program}"), ("trailer.a.cmd", "{program}")),
    *(("uploadpack.packObjectsHook", "{program}"), ("remote.origin.uploadpack", "{program}"), ("remote.x.vcs", "ext")),
    *(
        ("submodule.sub.update", "!{program}"),
        ("difftool.x.cmd", "{program}"),
        ("lfs.customtransfer.x.path", "{program}"),
    ),
]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60
    ).stdout


@pytest.fixture
def marker(workspace: Path) -> Path:
    """Return a file that a planted program would make; the repository has the program and attributes that call it."""
    found = workspace.parent / "marker"
    program = workspace / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {found}\ncat\n")
    program.chmod(0o755)
    (workspace / "hooks").mkdir()
    for name in ("post-index-change", "reference-transaction", "pre-commit", "fsmonitor-watchman"):
        (workspace / "hooks" / name).write_text(f"#!/bin/sh\ntouch {found}\n")
        (workspace / "hooks" / name).chmod(0o755)
    (workspace / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (workspace / "README.md").write_text("changed\n")
    return found


@pytest.mark.covers("G01", "G02", "G03", "G04", "G05", "G06", "G07")
@pytest.mark.parametrize("ask", ASKED, ids=lambda ask: ask.__name__)
@pytest.mark.parametrize("where", ["config", "include", "worktree", "condition"])
def test_a_program_named_anywhere_is_refused_with_its_key_and_file(
    workspace: Path, marker: Path, where: str, ask: Callable[[Path], object]
) -> None:
    target = {"config": [], "worktree": ["--worktree"]}.get(where, ["-f", ".git/more"])
    if where == "worktree":
        git(workspace, "config", "extensions.worktreeConfig", "true")
    elif where != "config":
        key = "include.path" if where == "include" else f"includeIf.gitdir:{workspace}/.path"
        git(workspace, "config", key, str(workspace / ".git/more"))
    git(workspace, "config", *target, "filter.evil.clean", str(workspace / "program.sh"))

    with pytest.raises(WorkspaceError, match="names a program") as refused:
        ask(workspace)

    assert "'filter.evil.clean'" in refused.value.message
    assert {"config": "config'", "worktree": "config.worktree'"}.get(where, "more'") in refused.value.message
    assert "README.md" in (list_files(workspace) or []), "what runs no program goes on"
    assert not marker.exists()
    git(workspace, "status")
    assert marker.exists(), "the trap is a real one"


@pytest.mark.covers("G01", "G05", "G06", "G07")
@pytest.mark.parametrize(("key", "value"), KEYS, ids=[key for key, _ in KEYS])
def test_every_key_that_names_a_program_is_refused(workspace: Path, marker: Path, key: str, value: str) -> None:
    git(workspace, "config", key, value.format(program=workspace / "program.sh"))

    for ask in ASKED:
        with pytest.raises(WorkspaceError) as refused:
            ask(workspace)
        assert repr(key.lower()) in refused.value.message.lower()
    assert not marker.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("core.fsmonitor", "true"), ("core.fsmonitor", "false"), ("alias.st", "status"), ("user.name", "$(touch p)")),
        *(
            ("core.autocrlf", "input"),
            ("core.pager", ""),
            ("branch.main.remote", "x"),
        ),
        *(("submodule.sub.update", "merge"), ("remote.origin.url", "ext::sh -c 'touch marker'")),
    ],
)
def test_other_keys_are_no_obstacle_and_run_nothing(workspace: Path, marker: Path, key: str, value: str) -> None:
    git(workspace, "config", key, value)

    assert "README.md" in {changed.path for changed in read_status(workspace)}
    assert b"+changed" in read_diff(workspace)
    assert not marker.exists()


@pytest.mark.covers("G07")
def test_hooks_in_their_usual_place_are_not_run(workspace: Path, marker: Path) -> None:
    (workspace / ".git/hooks").mkdir(exist_ok=True)
    for hook in (workspace / "hooks").iterdir():
        hook.rename(workspace / ".git/hooks" / hook.name)
    os.utime(workspace / "till/prices.py", (1, 1))

    read_status(workspace)
    read_diff(workspace)

    assert not marker.exists()


@pytest.mark.covers("T24", "G12")
def test_names_and_identities_never_pass_through_a_shell(workspace: Path) -> None:
    git(workspace, "config", "user.email", "$(touch shell)")
    git(workspace, "symbolic-ref", "HEAD", "refs/heads/--output=$(touch${IFS}shell)")
    (workspace / "--output=shell").write_text("x")
    (workspace / "$(touch shell)").write_text("x")

    assert {"--output=shell", "$(touch shell)"} <= {changed.path for changed in read_status(workspace)}
    assert b"$(touch" not in read_diff(workspace, ["--output=shell", "README.md"])
    assert find_repository(workspace).branch == "refs/heads/--output=$(touch${IFS}shell)"
    assert not (workspace / "shell").exists()


@pytest.mark.covers("G11")
@pytest.mark.parametrize("url", ["ext::sh -c touch% {marker}", "{origin}"], ids=["program", "folder"])
def test_nothing_is_fetched_for_what_is_missing(workspace: Path, url: str) -> None:
    marker, origin = workspace.parent / "fetched", workspace.parent / "origin"
    git(workspace.parent, "clone", "-q", "--bare", str(workspace), str(origin))
    git(workspace, "config", "extensions.partialClone", "origin")
    git(workspace, "config", "remote.origin.url", url.format(marker=marker, origin=origin))
    git(workspace, "config", "remote.origin.promisor", "true")
    blob = git(workspace, "rev-parse", "HEAD:README.md").strip()
    (workspace / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (workspace / "README.md").write_text("changed\n")

    with pytest.raises(WorkspaceError):
        read_diff(workspace)

    assert not marker.exists()
    if url == "{origin}":
        assert "+changed" in git(workspace, "diff"), "it could have been fetched"


@pytest.mark.covers("G08")
def test_a_planted_bare_repository_answers_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    git(tmp_path, "init", "-q", "--bare", "planted")
    git(tmp_path / "planted", "config", "core.bare", "false")
    git(tmp_path / "planted", "config", "core.worktree", str(tmp_path / "planted"))
    git(tmp_path / "planted", "config", "core.fsmonitor", f"touch {marker}; false")

    for ask in (read_status, read_diff, find_repository):
        with pytest.raises(WorkspaceError):
            ask(tmp_path / "planted")
    assert not marker.exists()


@pytest.mark.covers("G13")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_somebody_else_is_an_error_that_says_so(workspace: Path) -> None:
    for path in (workspace, workspace / ".git"):
        os.chown(path, NOBODY, NOBODY)

    for ask in (read_status, read_diff, find_repository):
        with pytest.raises(WorkspaceError, match="dubious ownership") as refused:
            ask(workspace)
        assert "Another user" in refused.value.hint
