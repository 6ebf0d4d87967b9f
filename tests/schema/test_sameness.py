"""What two texts have in common at their ends."""

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from vivek.schema.sameness import common_end, common_start

TEXTS = st.text(alphabet="ab", max_size=12)


def counted(one: str, other: str) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


@given(TEXTS, TEXTS)
def test_the_common_start_is_the_longest(one: str, other: str) -> None:
    assert common_start(one, other) == counted(one, other)
    assert common_start(one.encode(), other.encode()) == common_start(one, other)


@given(TEXTS, TEXTS, st.integers(0, 12))
def test_the_common_end_is_the_longest_of_those_allowed(one: str, other: str, most: int) -> None:
    allowed = min(most, len(one), len(other))

    assert common_end(one, other, allowed) == min(allowed, counted(one[::-1], other[::-1]))
