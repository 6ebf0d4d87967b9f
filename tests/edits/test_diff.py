import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from vivek.edits.diff import count, unified

BEFORE = "".join(f"line {number}\n" for number in range(1, 21))


def test_a_change_is_shown_with_its_surroundings_only() -> None:
    after = BEFORE.replace("line 10\n", "line ten\n")

    assert unified("src/a.py", BEFORE, after) == (
        "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -7,7 +7,7 @@\n"
        " line 7\n line 8\n line 9\n-line 10\n+line ten\n line 11\n line 12\n line 13\n"
    )


def test_distant_changes_get_hunks_of_their_own_and_near_ones_share_one() -> None:
    far = BEFORE.replace("line 2\n", "2\n").replace("line 19\n", "19\n")
    near = BEFORE.replace("line 8\n", "8\n").replace("line 13\n", "13\n")

    assert unified("a", BEFORE, far).count("@@ -") == 2
    assert unified("a", BEFORE, near).count("@@ -") == 1


def test_new_and_deleted_files_name_the_null_device() -> None:
    assert unified("a", None, "x\n") == (
        "diff --git a/a b/a\nnew file mode 100644\n--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
    )
    assert unified("a", "x\ny\n", None) == (
        "diff --git a/a b/a\ndeleted file mode 100644\n--- a/a\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n"
    )
    assert unified("a", None, "") == "diff --git a/a b/a\nnew file mode 100644\n"


def test_a_missing_last_newline_is_said() -> None:
    assert unified("a", "x", "x\n").endswith("@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n")


def test_no_change_is_no_diff() -> None:
    assert unified("a", "x\n", "x\n") == ""
    assert unified("a", None, None) == ""


def test_names_with_control_characters_are_quoted_and_those_with_blanks_ended_by_a_tab() -> None:
    assert unified('a\t"\x1b.py', "x\n", "y\n").startswith('diff --git "a/a\\t\\"\\033.py" "b/a')
    assert "--- a/my file.py\t\n+++ b/my file.py\t\n" in unified("my file.py", "x\n", "y\n")


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [(None, "a\nb\n", (2, 0)), ("a\nb\n", None, (0, 2)), ("a\nb\n", "a\nc\nd\n", (2, 1)), ("a", "a", (0, 0))],
)
def test_added_and_removed_lines_are_counted(before: str | None, after: str | None, counts: tuple[int, int]) -> None:
    assert count(before, after) == counts


SAME = "same\n" * 3_000


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (SAME.replace("same\n", "other\n", 1), (1, 1)),
        ("first\n" + SAME[5:-5] + "last\n", (2, 2)),
        ("same\n" * 1_000 + "new\n" + "same\n" * 2_000, (1, 0)),
        ("same\n" * 1_500 + "a\n" + "same\n" * 700 + "b\n" + "same\n" * 790, (2, 10)),
        ("first\n" + "same\n" * 3_000 + "last\n", (2, 0)),
    ],
)
def test_a_small_change_of_a_repetitive_file_is_a_small_diff_and_fast(after: str, counts: tuple[int, int]) -> None:
    diff = within(1, lambda: unified("a", SAME, after))

    assert count(SAME, after) == counts
    assert diff.count("\n") < 60


def test_two_long_lines_that_are_much_alike_are_a_diff_of_two_lines_and_fast() -> None:
    line = "x, " * 1_666
    diff = within(0.5, lambda: unified("a", f"{line}\n", f"{line[:2_000]}!{line[2_000:]}\n"))

    assert diff.count("\n") == 6


TEXT = st.lists(st.sampled_from(["a", "b", "", "c\r", "\f"]), max_size=30).map("\n".join)


@settings(max_examples=25, deadline=None)
@given(TEXT, TEXT)
def test_git_applies_every_diff_to_the_very_bytes(before: str, after: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my file"
        path.write_bytes(before.encode())
        diff = unified("my file", before, after)

        if diff:
            applied = subprocess.run(
                ["git", "apply", "--whitespace=nowarn"],
                cwd=folder,
                input=diff.encode(),
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert applied.returncode == 0, applied.stderr

        assert path.read_bytes().decode() == after
