"""A quote leads to its lines or to nothing, and a finding is known again when lines move."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.findings.locate import locate, quoted, with_fingerprints
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import Finding

TEXT = """\
def one():
    value = 1
    return value


def two():
    value = 1
    return  value + 1
"""


def test_a_quote_that_stands_once_is_found_exactly() -> None:
    assert locate("def one():\n    value = 1", TEXT) == (1, 2)
    assert locate("value + 1", TEXT) == (8, 8), "a part of a line is enough"
    assert quoted(TEXT, (8, 8)) == "    return  value + 1"


def test_blanks_do_not_matter_where_nothing_fits_exactly() -> None:
    assert locate("return value + 1", TEXT) == (8, 8)
    assert locate("def one():\n  value = 1\n\n  return value", TEXT) == (1, 3)


def test_of_several_places_the_one_nearest_to_the_change_is_meant() -> None:
    hunks = hunks_between(TEXT.replace("value + 1", "value + 2"), TEXT)

    assert locate("    value = 1", TEXT, hunks) == (7, 7)
    assert locate("    value = 1", TEXT) is None, "without a change nobody knows"


def test_two_places_as_near_are_none() -> None:
    text = "same()\nmiddle()\nsame()\n"

    assert locate("same()", text, hunks_between("same()\nother()\nsame()\n", text)) is None


@pytest.mark.parametrize("quote", ["", "\n", "  ", ")", "    }", "nowhere at all", "def one():\n    return value"])
def test_what_does_not_stand_there_or_stands_everywhere_is_not_found(quote: str) -> None:
    assert locate(quote, TEXT) is None


def test_the_old_version_has_its_own_lines() -> None:
    old, new = "a = 1\nb = 2\na = 1\nc = 3\nd = 4\n", "a = 1\nb = 2\nc = 3\nd = 4\n"

    assert locate("a = 1", old, hunks_between(old, new), old=True) == (3, 3)


@given(
    lines=st.lists(st.sampled_from(["alpha()", "beta()", "  alpha()", "", "gamma( )"]), max_size=12), at=st.integers(0)
)
def test_what_is_found_stands_there(lines: list[str], at: int) -> None:
    text = "\n".join(lines)
    quote = lines[at % len(lines)] if lines else "alpha()"

    span = locate(quote, text)

    if span is not None:
        assert "".join(quote.split()) in "".join(quoted(text, span).split())


def finding(line: int, quote: str, **other: object) -> Finding:
    base = Finding("vivek/x", "low", "high", "a.py", line, line, quote, "Something.")
    return replace(base, **other)  # type: ignore[arg-type]  # fields by name


def test_a_fingerprint_survives_lines_that_move_and_blanks_that_change() -> None:
    moved = "# a comment\n\n" + TEXT.replace("    return  value + 1", "    return value +  1")
    files = {"a.py": ChangedFile("a.py", "modified", new_text=TEXT)}
    later = {"a.py": ChangedFile("a.py", "modified", new_text=moved)}

    (before,) = with_fingerprints([finding(8, "    return  value + 1")], files)
    (after,) = with_fingerprints([finding(10, "    return value +  1")], later)

    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 32


def test_what_differs_in_rule_definition_or_number_has_another_fingerprint() -> None:
    files = {"a.py": ChangedFile("a.py", "modified", new_text=TEXT)}
    found = [
        finding(2, "    value = 1"),
        finding(7, "    value = 1"),
        finding(2, "    value = 1"),
        finding(2, "    value = 1", rule="vivek/y"),
        finding(0, "", title="Loses 3 lines."),
        finding(0, "", title="Is deleted."),
    ]

    prints = [each.fingerprint for each in with_fingerprints(found, files)]

    assert len(set(prints)) == len(found)
    (renumbered,) = with_fingerprints([finding(0, "", title="Loses 7 lines.")], files)
    assert renumbered.fingerprint == prints[4], "figures in the words do not count"
