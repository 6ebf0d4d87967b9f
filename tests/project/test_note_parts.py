import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.project.note_parts import cut_notes, missing_in_words, without_front_matter

PAGE = """\
# Till

Cents only.

## Layout

`till/prices.py` holds the money.

```sh
# no heading
make
```

## Style

Tabs, never blanks, and a line end at the end of each file.
"""


def test_notes_that_fit_stay_as_they_are() -> None:
    cut = cut_notes(PAGE, len(PAGE), len)

    assert (cut.text, cut.left_out, cut.whole) == (PAGE, (), True)


def test_long_notes_are_cut_at_a_heading_and_say_what_is_missing() -> None:
    cut = cut_notes(PAGE, len(PAGE) - 1, len)

    assert cut.text.endswith("make\n```\n[left out: “Style”]")
    assert (cut.left_out, cut.whole) == (("Style",), False)
    assert cut_notes(PAGE, 90, len).text == "# Till\n\nCents only.\n[left out: “Layout”, “Style”]"


def test_a_line_in_a_fence_is_no_heading() -> None:
    assert "no heading" not in cut_notes(PAGE, 60, len).left_out


def test_notes_without_headings_are_cut_at_a_line_and_one_line_anywhere() -> None:
    assert cut_notes("a line\n" * 20, 60, len).text == "a line\n" * 5 + "[the rest is left out]"
    assert cut_notes("x" * 100, 40, len).text == "x" * 17 + "\n[the rest is left out]"
    assert cut_notes("x" * 100, 5, len).text == ""


def test_a_long_first_part_is_cut_inside() -> None:
    page = "# Till\n" + "a line\n" * 20 + "# End\n"

    assert cut_notes(page, 60, len).text == "# Till\n" + "a line\n" * 5 + "[left out: “End”]"


def test_many_headings_are_not_all_named() -> None:
    assert missing_in_words([f"H{n}" for n in range(9)]) == "“H0”, “H1”, “H2”, “H3”, “H4”, “H5” and 3 more"
    assert missing_in_words(["x" * 100]) == f"“{'x' * 60}…”"


@given(st.text(alphabet="#ab \n`", max_size=400), st.integers(0, 200))
def test_cut_notes_never_exceed_their_room(text: str, room: int) -> None:
    cut = cut_notes(text, room, len)

    assert len(cut.text) <= room
    assert cut.whole == (len(text) <= room)


@pytest.mark.parametrize(
    "matter",
    [
        "---\ndescription: how we work\nglobs:\n  - '*.py'\n- x\n# a comment\nalwaysApply: true\n\n---\n",
        "---\n---\n",
        "---  \ntitle:\n...\n",
    ],
)
def test_front_matter_is_left_out(matter: str) -> None:
    assert without_front_matter(f"{matter}# Till\n") == ("# Till\n", "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\ntitle: x\nno end\n", "line 1: front matter begins here and does not end with `---`"),
        ("---\ntitle: x\nwhat is this\n---\n", "line 3: front matter holds lines like `name: value` only"),
        ("---\ntitle:\n\tx: 1\n---\n", "line 3: front matter is indented by blanks, not by a tab"),
        ("---\n  title: x\n---\n", "line 2: front matter holds lines like `name: value` only"),
        ("---\n{{{\n---\n", "line 2: front matter holds lines like `name: value` only"),
    ],
)
def test_faulty_front_matter_is_kept_and_its_line_told(text: str, fault: str) -> None:
    assert without_front_matter(text) == (text, fault)


@pytest.mark.parametrize("text", ["# Till\n---\nx: 1\n---\n", "---\n\nA rule above.\n", "", "----\nx: 1\n"])
def test_a_rule_is_no_front_matter(text: str) -> None:
    assert without_front_matter(text) == (text, "")
