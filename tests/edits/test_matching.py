"""Quoted lines are found exactly once, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.matching import place
from vivek.edits.reply import Replacement
from vivek.edits.spans import Span
from vivek.schema.edits import Refusal

TILL = """\
class Till:
    def total(self):
        count = 0
        return count

    def rest(self):
        count = 0
        return count


class Shop:
    def total(self):
        count = 0
        return count
"""


def block(search: str, replace: str, **more: object) -> Replacement:
    return Replacement("a.py", search, replace, **more)  # type: ignore[arg-type]  # a test's own fields


def put(text: str, *blocks: Replacement) -> str:
    spans = place("a.py", text, blocks)
    assert not isinstance(spans, Refusal), spans.feedback
    lines = text.splitlines(keepends=True)
    for span in sorted(spans, key=lambda span: -span.start):
        lines[span.start : span.end] = span.lines
    return "".join(lines)


def refused(text: str, *blocks: Replacement) -> str:
    refusal = place("a.py", text, blocks)
    assert isinstance(refusal, Refusal), refusal
    return refusal.reason


def test_lines_that_stand_once_are_replaced() -> None:
    assert put("a\nb\nc\n", block("b\n", "B\nB\n")) == "a\nB\nB\nc\n"
    assert put("a\nb\nc\n", block("b\n", "")) == "a\nc\n"


def test_a_span_holds_only_what_changes() -> None:
    assert place("a.py", "a\nb\nc\nd\n", [block("a\nb\nc\nd\n", "a\nB\nc\nd\n")]) == (Span(1, 2, ("B\n",)),)
    assert place("a.py", "a\nb\n", [block("a\nb\n", "a\nb\n")]) == ()


def test_a_part_of_a_line_is_no_match() -> None:
    assert refused("max = 1\n", block("x = 1\n", "x = 2\n")) == "not found"
    assert refused("x = 10\n", block("x = 1\n", "x = 2\n")) == "not found"


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("def Foo():\n    pass\n", "def foo():\n    pass\n"),
        ("x = f(a,  b)\n", "x = f(a, b)\n"),
        ("f()\ny = 2\ng()\n", "f()\ny = 99\ng()\n"),
        ("{\n  a();\n}\n", "{\n  b();\n}\n"),
        ("a\n\nb\n", "a\nb\n"),
        ("x = 'a  b'\n", "x = 'a b'\n"),
        ("cafe\u0301 = 1\n", "caf\u00e9 = 1\n"),
        ("    a\n  b\n", "a\nb\n"),
    ],
)
@pytest.mark.covers("F-C09", "F-C10")
def test_lines_that_are_only_like_others_are_never_taken_for_them(text: str, search: str) -> None:
    assert refused(text, block(search, "new\n")) == "not found"


def test_lines_that_stand_at_several_places_are_refused() -> None:
    assert refused(TILL, block("        count = 0\n", "        count = 1\n")) == "several places"


@pytest.mark.parametrize(
    ("hint", "line"),
    [
        ({"anchor": "class Shop:\n    def total(self):"}, 13),
        ({"anchor": "class Shop"}, 13),
        ({"anchor": "Shop.total"}, 13),
        ({"anchor": "Shop::total"}, 13),
        ({"anchor": "Till.rest"}, 7),
        ({"anchor": "def rest(self"}, 7),
        ({"line": 7}, 7),
        ({"anchor": "Till", "line": 3}, 3),
    ],
)
def test_a_hint_counts_when_it_leaves_exactly_one_place(hint: dict[str, object], line: int) -> None:
    changed = put(TILL, block("        count = 0\n", "        count = 1\n", **hint)).splitlines()

    assert [number for number, text in enumerate(changed, 1) if text == "        count = 1"] == [line]


@pytest.mark.parametrize(
    "hint", [{"anchor": "def total(self):"}, {"line": 4}, {"anchor": "gone"}, {"anchor": "Til"}, {"anchor": "def res"}]
)
def test_a_hint_that_leaves_several_places_or_none_does_not_count(hint: dict[str, object]) -> None:
    assert refused(TILL, block("        count = 0\n", "", **hint)) == "several places"


def test_the_end_of_the_file_tells_two_places_apart() -> None:
    assert put("a\nb\na\n\n", block("a\n", "A\n", at_end=True)) == "a\nb\nA\n\n"


def test_blocks_in_the_order_of_the_file_tell_each_others_places() -> None:
    text = "a\nx\nb\nx\nc\nx\n"
    first, second = block("b\n", "B\n", ordered=True), block("c\n", "C\n", ordered=True)
    between = block("x\n", "X\n", ordered=True)

    assert put(text, first, between, second) == "a\nx\nB\nX\nC\nx\n"
    assert put(text, second, between) == "a\nx\nb\nx\nC\nX\n"
    assert refused(text, first, between) == "several places"
    assert refused(text, first, block("x\n", "X\n"), second) == "several places"


def test_the_only_place_of_a_block_must_be_where_the_block_says() -> None:
    text = "class A:\n    def f(self):\n        return 1\n\n\nclass B:\n    def f(self):\n        return 2\n"

    assert refused(text, block("        return 1\n", "", anchor="class B:")) == "another place"
    assert refused("x = 1\nclass B:\n    y = 2\n", block("x = 1\n", "", anchor="class B:")) == "another place"
    assert put(text, block("        return 1\n", "", anchor="class A:")).count("return") == 1
    assert put(text, block("        return 1\n", "", anchor="class C:")).count("return") == 1
    assert put(text, block("        return 1\n", "", anchor="class B:", line=8)).count("return") == 1
    assert put("import os\nx = 1\n", block("x = 1\n", "x = 2\n", anchor="import os")) == "import os\nx = 2\n"


def test_a_function_that_has_ended_is_not_around_what_follows() -> None:
    text = "class A:\n    def f(self):\n        pass\n\n    y = 2\n    z = 3\n"

    assert refused(text, block("    z = 3\n", "", anchor="def f(self):")) == "another place"
    assert put(text, block("    z = 3\n", "", anchor="A")) == text.replace("    z = 3\n", "")


def test_one_blank_is_indentation_enough() -> None:
    text = "class A:\n x = 1\nclass B:\n x = 1\n"

    assert put(text, block(" x = 1\n", " x = 2\n", anchor="class B")) == "class A:\n x = 1\nclass B:\n x = 2\n"


def test_closing_lines_are_no_names_around_a_place() -> None:
    text = "f() {\n  a();\n}\ng() {\n  if (x) {\n    b();\n  }\n  a();\n}\n"

    assert put(text, block("  a();\n", "  c();\n", anchor="g()")).endswith("  }\n  c();\n}\n")


def test_all_blocks_are_held_against_the_file_as_it_was() -> None:
    assert put("a\nb\n", block("a\n", "b\n"), block("b\n", "a\n")) == "b\na\n"
    assert refused("a\n", block("a\n", "b\n"), block("b\n", "c\n")) == "not found"


def test_blocks_may_quote_the_same_lines_but_not_change_them() -> None:
    text = "a\nb\nc\nd\n"

    assert put(text, block("a\nb\nc\n", "A\nb\nc\n"), block("b\nc\nd\n", "b\nc\nD\n")) == "A\nb\nc\nD\n"
    assert refused(text, block("a\nb\n", "a\nB\n"), block("b\nc\n", "X\nc\n")) == "overlapping blocks"
    assert refused(text, block("a\n", "a\n1\n"), block("b\n", "2\nb\n")) == "overlapping blocks"


def test_the_blocks_that_change_the_same_line_are_named() -> None:
    text = "a\nb\nc\nd\n"
    refusal = place("a.py", text, [block("d\n", "D\n"), block("a\n", "A\n"), block("b\n", "B\n"), block("b\n", "X\n")])

    assert isinstance(refusal, Refusal)
    assert "3 and 4" in refusal.feedback


def test_lines_cannot_be_added_without_a_place() -> None:
    assert refused("a\n", block("", "b\n")) == "nothing quoted"
    assert refused("a\n\nb\n", block("\n", "\n\n")) == "nothing quoted"
    assert put("a\n", block("", "b\n", at_end=True)) == "a\nb\n"
    assert put("\n\n", block("", "b\n")) == "b\n"
    assert put("", block("", "b\n")) == "b\n"


def test_of_many_places_a_few_are_told() -> None:
    refusal = place("a.py", "x\n" * 60, [block("x\n", "y\n")])

    assert isinstance(refusal, Refusal)
    assert "at 20 or more places" in refusal.feedback
    assert "| (" not in refusal.feedback
    assert refusal.feedback.count("\n| line") == 7


def test_an_empty_file_has_no_lines_that_are_like_others() -> None:
    assert refused("", block("x\n", "y\n")) == "not found"
    assert refused("\n", block("x\n", "y\n")) == "not found"


def test_a_block_that_was_put_in_before_is_said_to_be_there() -> None:
    assert refused("x = 1\ny = 2\n", block("x = 0\ny = 0\n", "x = 1\ny = 2\n")) == "done already"


LINES = st.lists(st.sampled_from(["a", "b", "  a", "\tb", "", " ", "}"]), min_size=1, max_size=12)


@given(LINES, st.data())
def test_whatever_is_placed_lies_where_its_lines_are(lines: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(begin + 1, len(lines)))
    search = "".join(line + "\n" for line in lines[begin:end])
    text = "".join(line + "\n" for line in lines)

    spans = place("a.py", text, [block(search, "NEW\n")])

    if not isinstance(spans, Refusal) and search.strip():
        assert spans == (Span(begin, end, ("NEW\n",)),)
