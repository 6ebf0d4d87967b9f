"""Front matter: the simplest forms of YAML, each value with its place, and faults that say where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.config.formats import Entry
from vivek.config.front_matter import parse_front_matter, split_page
from vivek.errors import ConfigError

PAGE = Path("vivek.md")


def read(*lines: str) -> dict[str, Entry]:
    return parse_front_matter("\n".join(("---", *lines, "---", "# Till", "")), PAGE)


def values(*lines: str) -> dict[str, object]:
    return {key: entry.value for key, entry in read(*lines).items()}


def test_each_value_knows_its_line_and_its_column() -> None:
    found = read("# a remark", "test: pytest -q # quick", "", "session:", "  mode: coder")

    assert found == {
        "test": Entry("pytest -q", "vivek.md:3", 1, untyped=True),
        "session.mode": Entry("coder", "vivek.md:6", 3, untyped=True),
    }


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["a: [x, 'y z', \"w\"]"], ["x", "y z", "w"]),
        (["a: []"], []),
        (["a:", "  - till/legacy/", '  - "*.min.js" # built', "- !keep.js"], ["till/legacy/", "*.min.js", "!keep.js"]),
        (['a: "8k"'], "8k"),
        (["a: 'it # stays'"], "it # stays"),
        (["a: http://127.0.0.1:1/v1"], "http://127.0.0.1:1/v1"),
        (["a: b#c"], "b#c"),
    ],
)
def test_values_are_written_as_people_write_them(lines: list[str], value: object) -> None:
    assert values(*lines) == {"a": value}


def test_what_is_empty_says_nothing() -> None:
    assert values("a:", "b: # later", 'c: ""', "d: x") == {"d": "x"}


def test_a_quoted_value_is_a_text_and_a_plain_one_is_still_to_be_read() -> None:
    found = read("a: '1'", "b: 1")

    assert (found["a"].untyped, found["b"].untyped) == (False, True)


def test_windows_lines_do_no_harm() -> None:
    found = parse_front_matter("---\r\na: x\r\nb:\r\n  - y\r\n---\r\ntext\r\n", PAGE)

    assert {key: entry.value for key, entry in found.items()} == {"a": "x", "b": ["y"]}


def test_a_page_without_front_matter_says_nothing() -> None:
    assert parse_front_matter("# Till\n\nmode: coder\n", PAGE) == {}


@pytest.mark.covers("F-H05")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a: 1", "a: 2"], "line 3, column 1: `a` is set a second time"),
        (["a: {b: 1}"], "line 2, column 4: `{` begins nothing that is known here"),
        (["a: |", "  text"], "line 2, column 4: `|` begins nothing"),
        (["a: [x, y"], "line 2, column 4: a list begins here and does not end"),
        (["a: [x, [y]]"], "line 2, column 7: an item of a list is plain text"),
        (["a: x", "  b: y"], "line 3, column 3: this line is indented, and nothing above it is a table"),
        (["- x"], "line 2, column 1: this is an item of a list, and no list begins above it"),
        (["a:", "  - [x]"], "line 3, column 3: `a` is no plain list"),
        (["a: 'x"], "line 2, column 4: `'` begins nothing"),
        (["a:", "  what is this"], "line 3, column 3: a line here is like `name: value`"),
        (["what is this"], "line 2, column 1: front matter holds lines like `name: value` only"),
        (["a:", "\tb: 1"], "line 3, column 1: front matter is indented by blanks, not by a tab"),
    ],
)
def test_a_fault_says_where_it_is(lines: list[str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(*lines)

    assert caught.value.message.startswith(f"vivek.md, {said}")


@given(st.text(alphabet="-ab:[]{}'\"#, \n\t!*", max_size=60))
def test_any_text_is_read_or_refused_and_its_body_is_never_lost(text: str) -> None:
    page = f"---\n{text}\n---\nthe body\n"

    assert split_page(page).body.endswith("the body\n")
    try:
        found = parse_front_matter(page, PAGE)
    except ConfigError as error:
        assert "line" in error.message
    else:
        assert all(entry.value != "" for entry in found.values())
