"""When nothing is committed, and that everything is as it was then."""

from pathlib import Path

import pytest

from tests.cli.commands.test_undo import apply_turn
from tests.session.test_commit import THREAD, git, made
from vivek.errors import ThreadError, WorkspaceError
from vivek.session.doors.commit import commit
from vivek.session.place import open_place
from vivek.workspace.git.commit import Entry, blob_of, commit_entries, entries_of
from vivek.workspace.git.state import find_repository


@pytest.mark.covers("F-B20")
def test_nothing_is_committed_while_something_is_under_way(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})
    head = git(workspace, "rev-parse", "HEAD")

    (workspace / ".git/MERGE_HEAD").write_text(head)
    with pytest.raises(WorkspaceError, match="A merge is under way") as refused:
        made(workspace)
    assert "--private" in refused.value.hint
    assert made(workspace, private=True).files == ("README.md",)
    (workspace / ".git/MERGE_HEAD").unlink()

    (workspace / ".git/index.lock").touch()
    with pytest.raises(WorkspaceError, match="locked"):
        made(workspace)
    assert (workspace / ".git/index.lock").exists(), "it is never removed"
    (workspace / ".git/index.lock").unlink()

    git(workspace, "checkout", "-q", "--detach")
    with pytest.raises(WorkspaceError, match="No branch"):
        made(workspace)
    assert git(workspace, "rev-parse", "HEAD") == head


@pytest.mark.covers("G05", "G07")
def test_a_repository_that_names_a_program_is_not_committed_to_and_hooks_are_not_run(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})
    marker = workspace.parent / "marker"
    git(workspace, "config", "filter.evil.clean", f"touch {marker}; cat")
    (workspace / ".gitattributes").write_text("* filter=evil\n")
    with pytest.raises(WorkspaceError, match=r"filter\.evil\.clean"):
        made(workspace)
    git(workspace, "config", "--unset", "filter.evil.clean")
    (workspace / ".git/hooks").mkdir(exist_ok=True)
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change"):
        (workspace / ".git/hooks" / name).write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
        (workspace / ".git/hooks" / name).chmod(0o755)

    report = made(workspace)

    assert report.notes == ("hooks of the repository were not run: pre-commit, commit-msg, post-commit",)
    assert not marker.exists()


def test_a_branch_that_moved_meanwhile_is_not_moved_and_the_index_goes_back(workspace: Path) -> None:
    stale = find_repository(workspace)
    (workspace / "other.py").write_text("x\n")
    git(workspace, "add", "other.py")
    git(workspace, "commit", "-qm", "Meanwhile")
    blob = blob_of(stale, "README.md", b"# Changed\n", keep=True)

    with pytest.raises(WorkspaceError, match="update-ref"):
        commit_entries(stale, {"README.md": Entry("100644", blob)}, "Late", ref="HEAD")

    assert git(workspace, "log", "-1", "--format=%s") == "Meanwhile"
    assert git(workspace, "status", "--porcelain") == ""


def test_what_the_last_commit_has_already_is_nothing_to_commit(workspace: Path) -> None:
    here = find_repository(workspace)

    with pytest.raises(WorkspaceError, match="nothing to commit"):
        commit_entries(here, entries_of(here, ["README.md"], staged=False), "Again", ref="HEAD")
    assert entries_of(here, [], staged=True) == {}


def test_without_a_thread_or_a_name_for_the_committer_there_is_a_clear_error(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ThreadError, match="nothing to commit"):
        commit(open_place(workspace), None)
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME")
        monkeypatch.delenv(f"GIT_{who}_EMAIL")
    git(workspace, "config", "user.useConfigOnly", "true")

    with pytest.raises(WorkspaceError) as refused:
        made(workspace)

    assert "user.name" in refused.value.hint
    assert git(workspace, "status", "--porcelain", "--", "README.md") == " M README.md"
