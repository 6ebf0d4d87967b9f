"""Lines that are worth a slow look are found by words, as a pattern would find them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from vivek.syntax.hints import lines_with

WORDS = ("or", "and", "://")
TEXTS = st.lists(st.sampled_from(["or", "and", "x", "_", " ", "\n", "://", "ö", "1"]), max_size=30).map("".join)


@given(TEXTS)
def test_lines_with_words_are_those_that_hold_one(text: str) -> None:
    expected = [at for at, line in enumerate(text.split("\n"), 1) if any(word in line for word in WORDS)]

    assert lines_with(text, WORDS) == expected


@given(TEXTS)
def test_a_word_apart_is_not_the_end_of_a_longer_one(text: str) -> None:
    pattern = re.compile(r"(?<!\w)(?:or|and)")
    expected = [at for at, line in enumerate(text.split("\n"), 1) if pattern.search(line)]

    assert lines_with(text, ("or", "and"), apart=True) == expected
