from itertools import pairwise

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


SOME_BYTES = st.lists(st.sampled_from([b"\r", b"\n", b"a", b"\xc3\xa9", b"\xc3", b"\xe2\x82", b"\xff"]), max_size=60)


@given(SOME_BYTES.map(b"".join) | st.binary(max_size=100), st.lists(st.integers(0, 100), max_size=8))
def test_any_bytes_are_decoded_line_by_line(data: bytes, places: list[int]) -> None:
    lines, cuts = Lines(), [0, *sorted(min(place, len(data)) for place in places), len(data)]

    got = [line for start, stop in pairwise(cuts) for line in lines.feed(data[start:stop])] + [lines.rest()]

    assert got == [line.removesuffix(b"\r").decode("utf-8", "replace") for line in data.split(b"\n")]


@given(st.lists(st.integers(0, 14), min_size=1, max_size=6), st.lists(st.integers(0, 90), max_size=8))
def test_the_limit_holds_for_every_line_however_it_arrives(sizes: list[int], places: list[int]) -> None:
    data = b"".join(b"x" * size + b"\n" for size in sizes)
    cuts = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    lines = Lines(limit=10)
    try:
        got = [line for start, stop in pairwise(cuts) for line in lines.feed(data[start:stop])]
    except GarbledError:
        assert max(sizes) > 10
    else:
        assert max(sizes) <= 10
        assert [len(line) for line in got] == sizes


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
