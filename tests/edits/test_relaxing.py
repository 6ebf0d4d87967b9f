"""What may differ between quoted lines and a file, and what the file gets then."""

import pytest

from tests.edits.test_matching import block
from vivek.edits.matching import place
from vivek.edits.reply import Replacement
from vivek.edits.spans import Span
from vivek.schema.edits import Refusal


def spans_of(text: str, *blocks: Replacement, path: str = "a.py") -> tuple[Span, ...]:
    spans = place(path, text, blocks)
    assert not isinstance(spans, Refusal), spans.feedback
    return spans


def reason(text: str, *blocks: Replacement, path: str = "a.py") -> str:
    refusal = place(path, text, blocks)
    assert isinstance(refusal, Refusal), refusal
    return refusal.reason


def test_blanks_at_line_ends_do_not_matter_and_stay_in_lines_that_stay() -> None:
    assert spans_of("a  \nb\t\nc\n", block("a\nb\nc \n", "a\nB\nc \n")) == (
        Span(1, 2, ("B\n",), "blanks at line ends ignored"),
    )


def test_blank_lines_around_a_block_do_not_matter() -> None:
    (span,) = spans_of("x = 1\ny = 2\n", block("\n\ny = 2\n\n", "\n\ny = 3\n\n"))

    assert span == Span(1, 2, ("y = 3\n",), "blank lines at its ends ignored")


def test_blank_lines_that_only_the_quoted_lines_have_are_not_taken_from_the_new_ones() -> None:
    (span,) = spans_of("x = 1\ny = 2\n", block("\ny = 2\n", "y = 3\n"))

    assert span.lines == ("y = 3\n",)
    assert spans_of("x = 1\ny = 2\n", block("y = 2\n\n", "y = 3\n"))[0].lines == ("y = 3\n",)


def test_a_block_of_blank_lines_and_an_empty_replacement_deletes() -> None:
    assert spans_of("x = 1\ny = 2\n", block("\ny = 2\n", "\n"))[0].lines == ()


DEEP = "class A:\n    def f(self):\n        if x:\n            return 1\n\n        return 2\n"


@pytest.mark.parametrize(
    ("much", "note"), [("", "indentation adjusted by 4"), ("      ", "indentation adjusted by -2")]
)
def test_one_shift_of_all_lines_is_taken_back(much: str, note: str) -> None:
    search = f"{much}def f(self):\n{much}    if x:\n{much}        return 1\n\n{much}    return 2\n"
    (span,) = spans_of(DEEP, block(search, search.replace("1", "3\n" + much + "        # note")))

    assert span.note == note
    assert span.lines == ("            return 3\n", "            # note\n")


def test_a_shift_by_tabs_is_told_as_such() -> None:
    assert spans_of("\tx = 1\n", block("x = 1\n", "x = 2\n")) == (
        Span(0, 1, ("\tx = 2\n",), "indentation adjusted by 1 tab"),
    )
    assert spans_of("x = 1\n", block("\t\tx = 1\n", "\t\tx = 2\n"))[0].note == "indentation adjusted by -2 tabs"


@pytest.mark.parametrize(
    ("text", "search", "replace"),
    [
        ("    if x:\n        y()\n", "if x:\n  y()\n", "if x:\n  z()\n"),
        ("\tif x:\n\t\ty()\n", "    if x:\n        y()\n", "    if x:\n        z()\n"),
        ("x = 1\n", "    x = 1\n", "y = 2\n"),
        ("    }\n", "}\n", "]\n"),
    ],
)
def test_any_other_difference_of_indentation_is_refused(text: str, search: str, replace: str) -> None:
    assert reason(text, block(search, replace)) == "not found"


def test_a_shift_with_two_places_is_refused() -> None:
    assert reason("    x = 1\n        x = 1\n", block("x = 1\n", "x = 2\n")) == "several places"


def test_a_shifted_place_is_refused_when_most_of_the_lines_stand_elsewhere_as_quoted() -> None:
    old = "def f():\n    a = 1\n    b = 2\n    return a + b\n"
    drifted = old.replace("b = 2", "b = 3")
    nested = "".join("    " + line for line in old.splitlines(keepends=True))

    assert reason(f"{drifted}\n\nclass C:\n{nested}", block(old, old.replace("a + b", "a - b"))) == "not found"
    assert spans_of(f"class C:\n{nested}", block(old, old.replace("a + b", "a - b")))[0].note


@pytest.mark.parametrize(("kept", "refused"), [(3, True), (2, False)])
def test_three_lines_of_five_are_most_of_them(kept: int, refused: bool) -> None:
    quoted = [f"step_{number}()\n" for number in range(5)]
    elsewhere = [*quoted[:kept], *(f"other_{number}()\n" for number in range(kept, 5))]
    text = "".join([*elsewhere, "if x:\n", *(f"    {line}" for line in quoted)])

    found = place("a.py", text, [block("".join(quoted), "pass\n")])

    assert isinstance(found, Refusal) is refused


def test_a_byte_order_mark_that_a_model_copied_does_not_matter() -> None:
    (span,) = spans_of("x = 1\ny = 2\n", block("\ufeffx = 1\n", "\ufeffx = 2\n"))

    assert span == Span(0, 1, ("x = 2\n",), "byte order mark ignored")


def test_quotes_that_are_all_escaped_are_read_as_plain_ones() -> None:
    (span,) = spans_of("print(\"a\", 'b')\n", block("print(\\\"a\\\", 'b')\n", "print(\\\"c\\\", 'b')\n"))

    assert span == Span(0, 1, ("print(\"c\", 'b')\n",), "escaped quotes read as plain ones")


def test_quotes_of_which_some_only_are_escaped_stay_as_they_are() -> None:
    assert reason('f("a")\n', block('f(\\"a\\")\n', 'f("b")\n')) == "not found"
    assert spans_of('f("\\"")\n', block('f("\\"")\n', "g()\n"))[0].note == ""


@pytest.mark.parametrize(
    ("path", "text", "search", "replace", "new"),
    [
        ("a.py", 'print("a")\n', "print(\u201ca\u201d)\n", "print(\u201cb\u201d)\n", 'print("b")\n'),
        ("a.py", "x = a - b\n", "x = a \u2013 b\n", "x = a \u2212 c\n", "x = a - c\n"),
        ("a.py", "f()  # don't\n", "f()  # don\u2019t\n", "g()  # don\u2019t\n", "g()  # don't\n"),
        ("a.md", "It\u2019s \u201chere\u201d\n", 'It\'s "here"\n', 'It\'s "there"\n', 'It\'s "there"\n'),
        ("a.md", "It\u2019s here\n", "It's here\n", "It\u2019s there\n", "It\u2019s there\n"),
        (
            "a.js",
            'f("a"); // it\'s\n',
            "f(\u201ca\u201d); // it's\n",
            "f(\u201cit\u2019s\u201d);\n",
            'f("it\u2019s");\n',
        ),
    ],
)
def test_typographic_characters_are_read_as_plain_ones(
    path: str, text: str, search: str, replace: str, new: str
) -> None:
    assert spans_of(text, block(f"\n{search}", f"\n{replace}"), path=path) == (
        Span(0, 1, (new,), "typographic characters read as plain ones; blank lines at its ends ignored"),
    )


@pytest.mark.parametrize(
    ("path", "text", "search"),
    [
        ("a.py", "x = 'a - b'\n", "x = 'a \u2013 b'\n"),
        ("a.py", 'x = """\na - b\n"""\n', "a \u2013 b\n"),
        ("a.py", "x = f'{a} - {b}'\n", "x = f'{a} \u2013 {b}'\n"),
        ("a.py", "x = 'a\ny = a - b\n", "y = a \u2013 b\n"),
        ("a.py", 'y = a - b\nx = """\n', "y = a \u2013 b\n"),
        ("a.js", 'x = "a \\" - b"\n', 'x = "a \\" \u2013 b"\n'),
        ("a.js", "x = 'a - b\n", "x = 'a \u2013 b\n"),
        ("a.js", "x = `\n`; y = a - b\n", "`; y = a \u2013 b\n"),
        *(("a.js", 'x = "-" + 1\n', 'x = "\u2013" + 1\n'), ("a.py", "x = '-' + 1\n", "x = '\u2013' + 1\n")),
        ("a.py", 'x = """-""" + 1\n', 'x = """\u2013""" + 1\n'),
        *(("a.kt", 'x = """\na - b\n"""\n', "a \u2013 b\n"), ("a.toml", "x = '''\na - b\n'''\n", "a \u2013 b\n")),
    ],
)
def test_typographic_characters_inside_literals_are_data(path: str, text: str, search: str) -> None:
    assert reason(text, block(search, "new\n"), path=path) == "not found"


def test_a_relaxed_place_next_to_an_exact_one_does_not_count() -> None:
    assert spans_of("x = 1\nx = 1  \n", block("x = 1\n", "x = 2\n"))[0] == Span(0, 1, ("x = 2\n",))
    assert reason("x = 1 \nx = 1  \n", block("x = 1\n", "x = 2\n")) == "several places"
