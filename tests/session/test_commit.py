"""Committing what a thread changed, and nothing else."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.commands.test_undo import apply_turn
from vivek.errors import WorkspaceError
from vivek.schema.commits import CommitReport
from vivek.session.doors.commit import commit
from vivek.session.doors.undo import undo
from vivek.session.place import open_place

THREAD = "calm-otter-7"


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=check, capture_output=True, text=True, timeout=60)
    return done.stdout.removesuffix("\n")


def made(root: Path, **options: object) -> CommitReport:
    return commit(open_place(root), THREAD, **options)  # type: ignore[arg-type]  # the options of the door


def committed(root: Path, ref: str = "HEAD") -> list[str]:
    return git(root, "show", "--format=", "--name-status", "--no-renames", ref).split("\n")


def test_what_the_thread_changed_is_committed_and_nothing_of_the_user_s(workspace: Path) -> None:
    (workspace / "till/report.py").write_text("# mine, not staged\n")
    (workspace / "mine.py").write_text("# mine, staged\n")
    (workspace / "left.py").write_text("# mine, unknown to git\n")
    git(workspace, "add", "mine.py")
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n", "till/new.py": "x = 1\n"})
    before = git(workspace, "rev-parse", "HEAD")

    report = made(workspace, message="Change the readme\n\nAnd add a file.\x1b[2J\n")

    assert committed(workspace) == ["M\tREADME.md", "A\ttill/new.py"]
    assert set(git(workspace, "status", "--porcelain", "--", ":!.vivek").split("\n")) == {
        "A  mine.py",
        " M till/report.py",
        "?? left.py",
    }
    assert git(workspace, "rev-parse", "HEAD~1") == before
    assert git(workspace, "log", "-1", "--format=%B") == "Change the readme\n\nAnd add a file.[2J"
    assert (report.ref, report.subject, report.left_out) == ("refs/heads/main", "Change the readme", ())
    assert report.files == ("README.md", "till/new.py")
    assert git(workspace, "fsck", "--strict") == ""


def test_without_a_message_the_thread_s_request_is_one(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})

    assert made(workspace).subject == "Mend it"


def test_a_private_commit_leaves_branch_and_index_alone(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})
    head, index = git(workspace, "rev-parse", "HEAD"), (workspace / ".git/index").read_bytes()

    first = made(workspace, private=True)
    second = made(workspace, private=True)

    assert (first.ref, second.ref) == (f"refs/vivek/{THREAD}/1", f"refs/vivek/{THREAD}/2")
    assert git(workspace, "rev-parse", "HEAD") == head
    assert (workspace / ".git/index").read_bytes() == index
    assert committed(workspace, first.ref) == ["M\tREADME.md"]


def test_a_file_with_changes_of_the_user_from_before_is_left_out_and_named(workspace: Path) -> None:
    (workspace / "README.md").write_text("# Mine\n")
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n", "new.py": "x = 1\n"})

    report = made(workspace)

    assert report.files == ("new.py",)
    assert [(file.path, file.reason) for file in report.left_out] == [
        ("README.md", "it had changes of yours that are not committed")
    ]
    assert "README.md" not in git(workspace, "show", "--format=", "--name-only", "HEAD")


def test_a_file_changed_since_is_left_out_and_with_nothing_else_there_is_no_commit(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# Changed\n"})
    (workspace / "README.md").write_text("# Mine now\n")
    head = git(workspace, "rev-parse", "HEAD")

    with pytest.raises(WorkspaceError, match=r"README\.md: it was changed since"):
        made(workspace)

    assert git(workspace, "rev-parse", "HEAD") == head


def test_turn_after_turn_is_committed_and_what_was_committed_is_no_change_any_more(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# One\n", "new.py": "x = 1\n"})
    made(workspace)
    apply_turn(workspace, THREAD, {"README.md": "# Two\n"}, turn=2)
    made(workspace, message="--amend")

    assert committed(workspace) == ["M\tREADME.md"]
    assert git(workspace, "log", "-1", "--format=%s") == "--amend"
    assert git(workspace, "rev-list", "--count", "HEAD") == "3"
    with pytest.raises(WorkspaceError, match="no change to commit"):
        made(workspace)


def test_what_was_taken_back_is_not_committed(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# One\n"})
    apply_turn(workspace, THREAD, {"new.py": "x = 1\n"}, turn=2)
    undo(open_place(workspace), THREAD)

    assert made(workspace).files == ("README.md",)


def test_what_was_staged_of_a_file_stays_staged_and_its_twin_is_taken(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# One\n", "new.py": "x = 1\n"})
    git(workspace, "add", "new.py")
    made(workspace)

    assert git(workspace, "diff", "--cached", "--name-only") == ""
    apply_turn(workspace, THREAD, {"README.md": "# Two\n"}, turn=2)
    git(workspace, "add", "README.md")
    apply_turn(workspace, THREAD, {"README.md": "# Three\n"}, turn=3)
    made(workspace)

    assert git(workspace, "show", ":README.md") == "# Two", "what the user staged is still there"
    assert git(workspace, "show", "HEAD:README.md") == "# Three"


def test_a_deleted_a_linked_and_an_executable_file_are_committed_as_they_are(workspace: Path) -> None:
    (workspace / "tool").write_text("old\n")
    (workspace / "tool").chmod(0o755)
    (workspace / "link").symlink_to("till/prices.py")
    git(workspace, "add", "-A", ":!.vivek")
    git(workspace, "commit", "-qm", "Add a tool and a link")
    apply_turn(workspace, THREAD, {"tool": "new\n", "link": "x = 1\n", "till/report.py": None})

    report = made(workspace)

    assert report.files == ("till/prices.py", "till/report.py", "tool")
    assert committed(workspace) == ["M\ttill/prices.py", "D\ttill/report.py", "M\ttool"]
    assert git(workspace, "ls-tree", "HEAD", "tool").startswith("100755")
    assert git(workspace, "ls-tree", "HEAD", "link").startswith("120000")


def test_line_ends_are_committed_as_the_attributes_say(workspace: Path) -> None:
    (workspace / ".gitattributes").write_text("*.txt text\n")
    (workspace / "a.txt").write_bytes(b"one\r\ntwo\r\n")
    git(workspace, "add", "-A", ":!.vivek")
    git(workspace, "commit", "-qm", "Add a text")
    apply_turn(workspace, THREAD, {"a.txt": "one\r\n2\r\n"})

    made(workspace)

    done = subprocess.run(["git", "cat-file", "blob", "HEAD:a.txt"], cwd=workspace, check=True, capture_output=True)
    assert done.stdout == b"one\n2\n"
    assert git(workspace, "status", "--porcelain", "--", "a.txt") == ""


def test_ignored_files_and_those_of_another_repository_are_left_out(workspace: Path) -> None:
    (workspace / ".gitignore").write_text("*.log\n")
    git(workspace, "init", "-q", "inner")
    apply_turn(workspace, THREAD, {"a.log": "x\n", "inner/a.py": "x\n", "a.py": "x\n"})

    report = made(workspace)

    assert report.files == ("a.py",)
    assert {file.path: file.reason for file in report.left_out} == {
        "a.log": "git ignores it",
        "inner/a.py": "it belongs to another repository",
    }


def test_the_first_commit_of_a_repository_can_be_vivek_s(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    (tmp_path / "mine.py").write_text("x\n")
    git(tmp_path, "add", "mine.py")
    apply_turn(tmp_path, THREAD, {"a.py": "x\n"})

    made(tmp_path)

    assert git(tmp_path, "ls-tree", "--name-only", "-r", "HEAD") == "a.py"
    assert git(tmp_path, "status", "--porcelain", "--", "mine.py") == "A  mine.py"


def test_a_project_inside_a_repository_is_committed_from_its_top(workspace: Path) -> None:
    (workspace / "till/vivek.md").write_text("notes\n")
    apply_turn(workspace / "till", THREAD, {"prices.py": "x = 1\n"})

    assert made(workspace / "till").files == ("prices.py",)
    assert committed(workspace) == ["M\ttill/prices.py"]


@pytest.mark.covers("G12", "F-C12")
def test_names_that_look_like_options_or_patterns_are_only_names(workspace: Path) -> None:
    names = ["-rf", "--all", "*", "two words.py", "é.py", 'a"b', ":(top)x", "$HOME", "a\\b"]
    (workspace / ":(top)x").write_text("old\n")  # a name that would not be made, but is used where it is
    git(workspace, "add", "-A")
    git(workspace, "commit", "-qm", "Add a name")
    (workspace / "mine.py").write_text("# mine\n")
    apply_turn(workspace, THREAD, dict.fromkeys(names, "x = 1\n"))

    assert sorted(made(workspace, message="-m x").files) == sorted(names)
    assert set(git(workspace, "show", "--format=", "--name-only", "-z", "HEAD").split("\0")[:-1]) == set(names)
    assert git(workspace, "log", "-1", "--format=%s") == "-m x"


def test_where_git_has_no_modes_the_one_of_the_last_commit_stays(workspace: Path) -> None:
    (workspace / "tool").write_text("old\n")
    git(workspace, "add", "tool")
    git(workspace, "update-index", "--chmod=+x", "tool")
    git(workspace, "commit", "-qm", "Add a tool")
    git(workspace, "config", "core.fileMode", "false")
    apply_turn(workspace, THREAD, {"tool": "new\n", "plain": "x\n"})

    made(workspace)

    assert git(workspace, "ls-tree", "HEAD", "tool", "plain").replace("\n", " ").split()[::4] == ["100644", "100755"]


def test_a_change_of_the_user_s_between_two_turns_stays_out(workspace: Path) -> None:
    apply_turn(workspace, THREAD, {"README.md": "# One\n"})
    (workspace / "README.md").write_text("# One, and mine\n")
    apply_turn(workspace, THREAD, {"README.md": "# Two\n"}, turn=2)

    with pytest.raises(WorkspaceError, match="changes of yours"):
        made(workspace)


def test_what_git_has_as_something_else_than_a_file_is_left_out(workspace: Path) -> None:
    (workspace / "link").symlink_to("README.md")
    git(workspace, "add", "link")
    git(workspace, "commit", "-qm", "Add a link")
    (workspace / "link").unlink()
    apply_turn(workspace, THREAD, {"link": "x\n", "a.py": "x\n"})

    report = made(workspace)

    assert report.files == ("a.py",)
    assert [file.reason for file in report.left_out] == ["git has something else than a file there"]
