from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.providers.engine.mlx.text import TokenReader


def of_bytes(tokens: Sequence[int]) -> str:
    """Decode as a tokenizer does whose tokens are bytes."""
    return bytes(tokens).decode("utf-8", errors="replace")


def of_words(tokens: Sequence[int]) -> str:
    """Decode as a tokenizer does that puts a blank between words, and none at the start."""
    return " ".join(("one", "two", "three")[token] for token in tokens)


def read(decode: Callable[[Sequence[int]], str], tokens: Sequence[int]) -> list[str]:
    reader = TokenReader(decode)
    return [*(reader.read(token) for token in tokens), reader.rest()]


def test_a_character_waits_for_its_last_byte() -> None:
    assert read(of_bytes, "aé日b".encode()) == ["a", "", "é", "", "", "日", "b", ""]


def test_the_blank_between_two_words_is_kept() -> None:
    assert read(of_words, [0, 1, 2]) == ["one", " two", " three", ""]


def test_a_character_that_never_ends_is_told_at_the_end() -> None:
    assert read(of_bytes, "日".encode()[:2]) == ["", "", "\N{REPLACEMENT CHARACTER}"]


def test_bytes_that_are_no_text_do_not_hold_the_rest_back() -> None:
    texts = read(of_bytes, [0x80] * 20 + list(b"done"))

    assert "".join(texts) == "\N{REPLACEMENT CHARACTER}" * 20 + "done"
    assert texts[7] != "", "after eight of them nobody waits any more"


def test_tokens_without_a_text_cost_nothing_for_ever() -> None:
    longest = 0

    def empty(tokens: Sequence[int]) -> str:
        nonlocal longest
        longest = max(longest, len(tokens))
        return ""

    assert read(empty, [7] * 1_000) == [""] * 1_001
    assert longest < 20


@pytest.mark.parametrize("decode", [of_bytes])
@given(text=st.text())
def test_nothing_is_lost_or_changed(decode: Callable[[Sequence[int]], str], text: str) -> None:
    assert "".join(read(decode, text.encode())) == text
