import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.diff import unified
from vivek.prompts.diffs import cut_diff

OLD = "".join(f"line {n}\n" for n in range(200))
NEW = OLD.replace("line 3\n", "line three\n").replace("line 90\n", "ninety\n").replace("line 150\n", "")
SMALL = unified("b/c d.py", "x = 1\n", "x = 2\n")
LARGE = unified("a.py", OLD, NEW)
FRESH = unified("new.py", None, "".join(f"number_{n} = {n}\n" for n in range(300)))


def test_a_small_diff_stays_one() -> None:
    assert cut_diff(SMALL + LARGE, 10_000, len) == (("diff", SMALL + LARGE),)


def test_a_diff_is_cut_by_file_first() -> None:
    parts = cut_diff(SMALL + LARGE, len(LARGE), len)

    assert parts == (("diff:b/c d.py", SMALL), ("diff:a.py", LARGE))


def test_a_large_file_is_cut_by_places_each_below_the_files_name() -> None:
    parts = cut_diff(LARGE, 200, len)

    assert [name for name, _ in parts] == ["diff:a.py (1)", "diff:a.py (2)", "diff:a.py (3)"]
    assert all(part.startswith("diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ ") for _, part in parts)
    assert "+ninety\n" in parts[1][1]


def test_a_large_place_is_cut_between_lines() -> None:
    parts = cut_diff(FRESH, 1_000, len)

    assert all(len(part) <= 1_000 for _, part in parts)
    assert all("new file mode" in part and "@@ -0,0 +1,300 @@\n" in part for _, part in parts)
    added = [line for _, part in parts for line in part.splitlines() if line.startswith("+number")]
    assert added == [f"+number_{n} = {n}" for n in range(300)]


@given(
    before=st.lists(st.sampled_from(["a", "bb", "@@ x", "diff --git a/x b/x", "\x0c", ""]), max_size=40),
    after=st.lists(st.sampled_from(["a", "bb", "@@ x", "diff --git a/x b/x", "\x0c", ""]), max_size=40),
    largest=st.integers(1, 400),
)
def test_no_line_of_a_diff_is_lost_and_none_is_said_twice(before: list[str], after: list[str], largest: int) -> None:
    diff = unified("a.py", "\n".join(before), "\n".join(after)) + SMALL
    changed = re.compile(r"^[ +-](?!-- |\+\+ )")

    parts = cut_diff(diff, largest, len)

    whole = [line for line in diff.split("\n") if changed.match(line)]
    assert [line for _, part in parts for line in part.split("\n") if changed.match(line)] == whole
    assert len({name for name, _ in parts}) == len(parts)


@pytest.mark.parametrize("diff", ["", "no diff at all\n"])
def test_what_is_no_diff_stays_as_it_is(diff: str) -> None:
    assert "".join(part for _, part in cut_diff(diff, 3, len)) == diff
