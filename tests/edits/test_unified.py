"""Patches are read as git and diff write them, or refused with the line that does not fit."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.unified import applied, hunks_between, parse_patch
from vivek.errors import ConfigError
from vivek.schema.changes import DiffLine

PLAIN = """\
--- old/till.py\t2026-01-02 03:04:05
+++ new/till.py\t2026-01-02 03:04:06
@@ -1,3 +1,3 @@
 a = 1
-b = 2
+b = 3
 c = 4
"""
GIT = """\
From 1a2b3c Mon Sep 17 00:00:00 2001
Subject: [PATCH] till: round up

diff --git a/till.py b/till.py
index 1a2b3c4..5d6e7f8 100644
--- a/till.py
+++ b/till.py
@@ -1,2 +1,2 @@ def total():
-a = 1
+a = 2
 b = 2
--\x20
2.39.5
"""


def test_a_plain_patch_names_its_file_and_lines() -> None:
    (file,) = parse_patch(PLAIN).files

    assert (file.path, file.kind, file.added, file.removed) == ("new/till.py", "modified", 1, 1)
    assert file.hunks[0].lines[1:3] == (DiffLine("-", "b = 2", 2, 0), DiffLine("+", "b = 3", 0, 2))


def test_what_stands_before_a_patch_is_its_message_and_the_signature_behind_it_is_nothing() -> None:
    patch = parse_patch(GIT)

    assert "till: round up" in patch.message
    assert [file.path for file in patch.files] == ["till.py"]
    assert patch.blobs == {"till.py": ("1a2b3c4", "5d6e7f8")}


def git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60).stdout


def test_everything_that_git_says_of_a_file_is_known(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("gone.py", "moved.py", "run.sh", "ä b.py", "picture.png", 'quo"te.py'):
        (tmp_path / name).write_bytes(b"".join(b"line %d of %s\n" % (at, name.encode()) for at in range(20)))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\1\2")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "moved.py").rename(tmp_path / "elsewhere.py")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "ä b.py").write_text("other\n")
    (tmp_path / 'quo"te.py').write_text("other\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\2\2")
    (tmp_path / "empty.py").touch()
    git(tmp_path, "add", "-A")

    files = {file.path: file for file in parse_patch(git(tmp_path, "diff", "--cached", "-M").decode()).files}

    assert {path: file.kind for path, file in files.items()} == {
        "gone.py": "deleted",
        "elsewhere.py": "renamed",
        "run.sh": "mode",
        "ä b.py": "modified",
        'quo"te.py': "modified",
        "picture.png": "binary",
        "empty.py": "added",
    }
    assert files["elsewhere.py"].old_path == "moved.py"
    assert files["run.sh"].modes == ("100644", "100755")
    assert files["picture.png"].aside == "binary"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (PLAIN.replace("@@ -1,3 +1,3 @@", "@@ -1,4 +1,4 @@"), 3, "cut off"),
        (PLAIN.replace("@@ -1,3 +1,3 @@", "@@ -1,2 +1,2 @@").replace(" c", "-c"), 7, "beyond what its hunk counts"),
        (PLAIN.replace("@@ -1,3 +1,3 @@", "@@ here @@"), 3, "the head of a hunk"),
        (PLAIN.replace(" a = 1", "a = 1"), 4, "does not fit"),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, "a hunk of no file"),
    ],
)
def test_a_malformed_patch_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(ConfigError, match=f"line {line} is .*{what}"):
        parse_patch(text)


def test_what_is_no_patch_at_all_says_so_and_an_empty_one_has_no_files() -> None:
    with pytest.raises(ConfigError, match="This is no patch"):
        parse_patch("Dear reader,\n")

    assert parse_patch("").files == ()
    assert parse_patch("\n\n").files == ()


def test_line_ends_of_windows_and_a_missing_last_one_are_no_part_of_lines() -> None:
    text = PLAIN.replace("\n", "\r\n").replace(" c = 4\r\n", " c = 4\r\n\\ No newline at end of file\r\n")

    (file,) = parse_patch(text).files

    assert [line.text for line in file.hunks[0].lines] == ["a = 1", "b = 2", "b = 3", "c = 4"]


def test_the_combined_diff_of_a_merge_is_named_and_not_read() -> None:
    text = "diff --cc till.py\nindex 1,2..3\n--- a/till.py\n+++ b/till.py\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n"

    (file,) = parse_patch(text + GIT.partition("\n\n")[2]).files[:1]

    assert (file.path, file.aside, file.hunks) == ("till.py", "combined diff of a merge", ())


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "-x", "+y", " z", "@@ -1 +1 @@", "--- a/b", "\f"]), max_size=30)


@given(old=LINES, new=LINES)
def test_what_differs_applied_to_one_text_gives_the_other_and_back(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))

    hunks = hunks_between(before, after)

    assert applied(before, hunks) == after
    assert applied(after, hunks, back=True) == before


@given(old=LINES, new=LINES)
def test_patches_of_another_writer_are_read_the_same(old: list[str], new: list[str]) -> None:
    patch = "\n".join(difflib.unified_diff(old, new, "a/text", "b/text", lineterm=""))

    files = parse_patch(f"{patch}\n" if patch else "").files

    assert applied("".join(f"{line}\n" for line in old), files[0].hunks if files else ()) == "".join(
        f"{line}\n" for line in new
    )


def test_a_patch_that_does_not_fit_is_not_applied() -> None:
    hunks = parse_patch(PLAIN).files[0].hunks

    assert applied("a = 1\nb = 2\nc = 4\nd\n", hunks) == "a = 1\nb = 3\nc = 4\nd\n"
    assert applied("x\na = 1\nb = 2\nc = 4\n", hunks) is None
    assert applied("a = 1\n", hunks) is None


def test_hunks_that_overlap_are_not_applied() -> None:
    (hunk,) = parse_patch(PLAIN).files[0].hunks

    assert applied("a = 1\nb = 2\nc = 4\n", (hunk, hunk)) is None
    (again,) = parse_patch("--- a\n+++ b\n@@ -1 +1 @@\n-a = 1\n+a = 2\n").files[0].hunks
    assert applied("a = 1\nb = 2\nc = 4\n", (hunk, again)) is None, "its lines are there, but behind"


def test_a_patch_whose_last_line_does_not_end_is_read() -> None:
    assert parse_patch(PLAIN.removesuffix("\n")) == parse_patch(PLAIN)
    assert applied("a = 1\nb = 2\nc = 4", parse_patch(PLAIN).files[0].hunks) == "a = 1\nb = 3\nc = 4\n"


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="line 1 is a file without a name"):
        parse_patch("--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+1\n")


def test_names_that_git_said_of_a_move_are_not_guessed_again() -> None:
    moved = "diff --git a/a/x b/b/x\nrename from a/x\nrename to b/x\n--- a/a/x\n+++ b/b/x\n@@ -1 +1 @@\n-1\n+2\n"
    (file,) = parse_patch(moved).files

    assert (file.kind, file.old_path, file.path) == ("renamed", "a/x", "b/x")


def test_that_an_old_line_did_not_end_is_no_line() -> None:
    (file,) = parse_patch("--- a\n+++ b\n@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+2\n").files

    assert [line.sign for line in file.hunks[0].lines] == ["-", "+"]
