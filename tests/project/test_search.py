import pytest

from tests.timing import within
from vivek.project.search import FileHits, Hit, Query, literal, pattern, search_file


def lines(query: Query | str, data: bytes, most: int = 20) -> list[tuple[int, str]]:
    assert isinstance(query, Query)
    return [(hit.line, hit.text) for hit in search_file(query, data, most=most).hits]


def test_every_line_with_a_match_is_told_once_with_its_number() -> None:
    data = b"one two two\r\nthree\r\ntwo\r\n"

    assert lines(literal("two"), data) == [(1, "one two two"), (3, "two")]


def test_text_is_found_in_any_encoding_that_can_be_read() -> None:
    assert lines(literal("größe"), "größe = 1\n".encode()) == [(1, "größe = 1")]
    assert lines(literal("size"), "size = 1\n".encode("utf-16")) == [(1, "size = 1")]
    assert lines(literal("größe"), "# coding: latin-1\ngröße = 1\n".encode("latin-1")) == [(2, "größe = 1")]
    assert lines(literal("x"), b"x\xff\n") == [(1, "x\ufffd")]


def test_case_counts_unless_it_is_said_not_to() -> None:
    assert lines(literal("Total"), b"total\nTotal\n") == [(2, "Total")]
    assert lines(literal("Total.", any_case=True), b"total.\nTOTAL\n") == [(1, "total.")]


def test_a_pattern_is_held_against_lines() -> None:
    assert lines(pattern(r"^def \w+\(.*\):$"), b"def a(x):\n  def b():\ndef c(): pass\n") == [(1, "def a(x):")]
    assert lines(pattern("^$"), b"a\n\nb\n") == [(2, "")]
    assert lines(pattern("x*"), b"a\nb") == [(1, "a"), (2, "b")]


def test_binary_and_huge_files_are_passed_by() -> None:
    assert search_file(literal("a"), b"a\0", most=1) == FileHits()
    assert search_file(literal("a"), b"a" * 5_000_001, most=1) == FileHits()
    assert search_file(literal("a"), b"", most=1) == FileHits()


def test_more_lines_than_wanted_are_told() -> None:
    assert search_file(literal("a"), b"a\n" * 3, most=2) == FileHits((Hit(1, "a"), Hit(2, "a")), more=True)
    assert not search_file(literal("a"), b"a\n" * 2, most=2).more


def test_a_long_line_is_cut_around_its_match() -> None:
    line = b"x" * 5_000 + b"needle" + b"y" * 5_000

    ((_, text),) = lines(literal("needle"), line)

    assert "needle" in text
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) == 202


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(", "missing ) at position 1"),
        ("a" * 501, "it is longer than 500 characters"),
        ("a{1000000000}", "its counts multiply to more than 10,000 repeats"),
        ("a{1000000000,}", "its counts multiply to more than 10,000 repeats"),
        ("a{ 1000000000 }", "its counts multiply to more than 10,000 repeats"),
        ("((x{99}){99}){99}", "its counts multiply to more than 10,000 repeats"),
        ("(" * 490, "it is nested too deeply"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(text: str, why: str) -> None:
    assert pattern(text) == why


def test_a_pattern_that_would_never_end_is_given_up() -> None:
    query = pattern("(a+)+$")
    assert isinstance(query, Query)

    found = within(3, lambda: search_file(query, b"aaa\n" + b"a" * 5_000 + b"!\n", most=5))

    assert found.slow
