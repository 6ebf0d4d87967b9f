"""Reading for the index never fails, whatever stands in a file."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivek.schema.index import FileFacts
from vivek.syntax.facts import VERSION, facts_of, readers

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
NAMES = [*(path.name for path in SAMPLES), "a.py", "a.md", "a.rst", "a.kt", "a.lua", "a.json", "noname"]
PIECES = [
    *("def ", "class ", "function ", "func ", "(", ")", "{", "}", "[", ":", "\n", "\n    ", "\t", "\r\n", "\0", "\f"),
    *("'", '"', '"""', "`", "#", "//", "/*", "*/", "import ", "from ", "use ", "::", "=", "a", "Till", "é", "\u2028"),
    *("\ud800", "# ", "===", "\\", "<", ">", "@", "|", ",", ";", "end", "=>", "lambda ", "match x:\n case ", "1" * 50),
]


def check(facts: FileFacts, text: str) -> None:
    lines = text.count("\n") + (text != "" and not text.endswith("\n"))
    assert facts.lines == lines
    for each in facts.definitions:
        assert each.name
        assert 1 <= each.line <= each.end_line <= lines
        assert "\n" not in each.signature + each.doc
    assert isinstance(facts.references, Mapping)
    for where in facts.references.values():
        assert where
        assert list(where) == sorted(set(where))
        assert 1 <= where[0] <= where[-1] <= lines
    assert all(1 <= each.line <= lines and each.module for each in facts.imports)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(NAMES), pieces=st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_text_is_read_within_its_lines(name: str, pieces: list[str]) -> None:
    text = "".join(pieces)

    check(facts_of(name, text), text)


@settings(max_examples=150, deadline=None)
@given(sample=st.sampled_from(SAMPLES), data=st.data())
def test_any_part_of_a_file_is_read_within_its_lines(sample: Path, data: st.DataObject) -> None:
    text = sample.read_text()
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))

    check(facts_of(sample.name, text[:begin] + text[end:]), text[:begin] + text[end:])


@settings(max_examples=100, deadline=None)
@given(begin=st.integers(0, 4_000), size=st.integers(0, 3_000))
def test_any_part_of_a_python_file_is_read_within_its_lines(begin: int, size: int) -> None:
    text = Path(__file__).read_text()[begin : begin + size]

    check(facts_of("a.py", text), text)


@pytest.mark.parametrize("name", NAMES)
def test_deep_nesting_is_no_trouble(name: str) -> None:
    for text in (
        "(" * 20_000,
        "{" * 20_000,
        "if (a) { " * 5_000,
        "".join(f"{' ' * depth}if x:\n" for depth in range(300)),
    ):
        check(facts_of(name, text), text)


def test_the_same_text_yields_the_same_facts() -> None:
    for sample in SAMPLES:
        assert facts_of(sample.name, sample.read_text()) == facts_of(sample.name, sample.read_text())


def test_the_readers_of_this_machine_have_one_name() -> None:
    assert readers() == readers()
    assert readers().startswith(f"{VERSION}:")
    assert "ruby" in readers()
