import pytest

from vivek.schema.held import EDGE_CHARACTERS, Held


def held(*pieces: str, limit: int = 10_000) -> Held:
    collected = Held(limit)
    for piece in pieces:
        collected.add(piece)
    return collected


def test_a_text_within_the_limit_is_held_whole() -> None:
    text = "".join(f"{number} é\n" for number in range(1_500))
    collected = held(*text)

    assert (collected.text(), collected.length, collected.cut) == (text, len(text), False)


@pytest.mark.parametrize("size", [1, 7, 9_999, 10_001, 40_000])
def test_of_a_longer_one_both_ends_are_left_and_what_is_missing_is_said(size: int) -> None:
    text = "".join(f"{number:05}" for number in range(8_000))
    collected = held(*(text[at : at + size] for at in range(0, len(text), size)))

    assert collected.cut
    assert collected.length == 40_000
    start, note, end = collected.text().split("\n\n")
    assert start == text[:EDGE_CHARACTERS]
    assert end == text[-EDGE_CHARACTERS:]
    assert note == "[vivek: 36,000 characters are left out here]"


def test_the_ends_of_a_text_do_not_overlap() -> None:
    text = "".join(f"{number:05}" for number in range(500))
    start, note, end = held(text, limit=100).text().split("\n\n")

    assert (start, end) == (text[:2000], text[2000:])
    assert "0 characters" in note


def test_a_flood_of_small_pieces_takes_little_room() -> None:
    collected = held(*"x" * 500_000, limit=1_000_000)
    assert len(collected._pieces) <= 1_001
    collected.add("x" * 600_000)
    assert (collected._pieces, len(collected._start), len(collected._end)) == ([], EDGE_CHARACTERS, EDGE_CHARACTERS)
