import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.providers.wire.decoding import GarbledError, Lines, excerpt


def test_only_a_line_feed_ends_a_line() -> None:
    text = "a\x0bb\x0cc\x85d\u2028e\u2029f"
    assert Lines().feed(f"{text}\r\n\ng".encode()) == [text, ""]


@given(st.text(), st.integers(0, 200))
def test_a_cut_at_any_byte_gives_the_same_lines(text: str, place: int) -> None:
    data = text.encode()
    whole, cut = Lines(), Lines()
    expected = [*whole.feed(data), whole.rest()]

    got = [*cut.feed(data[:place]), *cut.feed(data[place:]), cut.rest()]

    assert got == expected


def test_bytes_that_are_no_text_show_as_replacement_characters() -> None:
    assert Lines().feed(b"a\xff\n") == ["a\ufffd"]


def test_a_line_over_the_limit_is_garbled_even_in_small_pieces() -> None:
    lines = Lines(limit=10)
    lines.feed(b"12345")
    lines.feed(b"6789\n")
    lines.feed(b"0123456789")
    with pytest.raises(GarbledError, match="10 bytes"):
        lines.feed(b"x")


def test_the_rest_is_given_once() -> None:
    lines = Lines()
    lines.feed(b"half")
    assert (lines.rest(), lines.rest()) == ("half", "")


@pytest.mark.parametrize(
    ("seen", "shown"),
    [(b"\x1b[2Jred\r\n", "\\x1b[2Jred\\r\\n"), ("bidi \u202e", "bidi \\u202e"), ("é" * 100, "é" * 80)],
)
def test_an_excerpt_is_one_printable_line(seen: bytes | str, shown: str) -> None:
    assert excerpt(seen) == shown


def test_an_excerpt_never_grows_over_its_length() -> None:
    assert len(excerpt("\x00" * 300, 80)) == 80
