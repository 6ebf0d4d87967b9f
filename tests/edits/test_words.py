import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from vivek.edits.diff import unified
from vivek.edits.words import marked, word_marks
from vivek.schema.marks import MarkedLine

LINE = st.text(alphabet="ab_ 1.,()é", max_size=40)


def pieces(old: str, new: str) -> tuple[list[str], list[str]]:
    old_marks, new_marks = word_marks(old, new)
    return [old[begin:end] for begin, end in old_marks], [new[begin:end] for begin, end in new_marks]


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("return a - a * part // 100", "return round(a - a * part / 100)", ["/"], ["round(", ")"]),
        ("x = 1", "x = 2", ["1"], ["2"]),
        ("total_price = 1", "total_cost = 1", ["total_price"], ["total_cost"]),
        ("a = b", "a  = b", [" "], ["  "]),
        ("f(a, b)", "f(a, b, c)", [], [", c"]),
        ("x = 1", "x = 1", [], []),
        ("import os", "def total(self):", [], []),
        ("", "x", [], []),
    ],
)  # fmt: skip
def test_the_words_that_changed_are_marked(old: str, new: str, removed: list[str], added: list[str]) -> None:
    assert pieces(old, new) == (removed, added)


@given(LINE, LINE)
def test_what_is_not_marked_is_the_same_in_both(old: str, new: str) -> None:
    old_marks, new_marks = word_marks(old, new)

    def kept(line: str, marks: tuple[tuple[int, int], ...]) -> str:
        return "".join(char for at, char in enumerate(line) if not any(begin <= at < end for begin, end in marks))

    if old_marks or new_marks:
        assert kept(old, old_marks) == kept(new, new_marks)
    for line, marks in ((old, old_marks), (new, new_marks)):
        ends = [place for mark in marks for place in mark]
        assert ends == sorted(set(ends))
        assert not ends or ends[-1] <= len(line)


def test_long_lines_are_compared_fast() -> None:
    old = "x1, y2 " * 715
    marks = within(0.5, lambda: word_marks(old, old[:2_500] + "NEW" + old[2_500:]))

    assert marks == (((2499, 2501),), ((2499, 2504),))
    within(0.5, lambda: word_marks(old, "a" + old[1:2_000] + "b" + old[2_000:-1] + "c"))


def test_a_diff_is_taken_apart_into_lines_with_their_kinds_and_marks() -> None:
    assert marked(unified("a.py", "-- one\nx = 1\ny", "-- one\nx = 2\nzebra y\nnew")) == (
        MarkedLine("head", "diff --git a/a.py b/a.py"),
        MarkedLine("head", "--- a/a.py"),
        MarkedLine("head", "+++ b/a.py"),
        MarkedLine("hunk", "@@ -1,3 +1,4 @@"),
        MarkedLine("same", "-- one"),
        MarkedLine("removed", "x = 1", ((4, 5),)),
        MarkedLine("removed", "y"),
        MarkedLine("note", "\\ No newline at end of file"),
        MarkedLine("added", "x = 2", ((4, 5),)),
        MarkedLine("added", "zebra y"),
        MarkedLine("added", "new"),
        MarkedLine("note", "\\ No newline at end of file"),
    )


def test_lines_that_look_like_heads_are_told_by_the_count_of_the_hunk() -> None:
    two = unified("a", "-- x\n", "++ x\n") + unified("b", None, "1\n")

    assert [line.kind for line in marked(two)] == [
        *("head", "head", "head", "hunk", "removed", "added"),
        *("head", "head", "head", "head", "hunk", "added"),
    ]
    assert marked("") == ()


def test_a_change_of_very_many_lines_is_left_without_marks() -> None:
    old, new = "".join(f"line {n} a\n" for n in range(1_500)), "".join(f"line {n} b\n" for n in range(1_500))

    assert {line.marks for line in marked(unified("a", old, new))} == {()}


@given(st.text(alphabet="ab \n\f\x85", max_size=60), st.text(alphabet="ab \n\f\x85", max_size=60))
def test_no_line_of_a_diff_is_lost(before: str, after: str) -> None:
    diff = unified("a", before, after)
    signs = {"same": " ", "removed": "-", "added": "+", "head": "", "hunk": "", "note": ""}

    assert "".join(f"{signs[line.kind]}{line.text}\n" for line in marked(diff)) == diff
