import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.shortest import common_runs

ITEMS = st.lists(st.sampled_from("abcd"), max_size=40)


def common_places(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    runs = common_runs(old, new)
    assert all(length > 0 for _, _, length in runs)
    return [(x + at, y + at) for x, y, length in runs for at in range(length)]


def longest(old: list[str], new: list[str]) -> int:
    """Return the length of the longest common subsequence, by the book."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for x, left in enumerate(old):
        for y, right in enumerate(new):
            table[x + 1][y + 1] = table[x][y] + 1 if left == right else max(table[x][y + 1], table[x + 1][y])
    return table[-1][-1]


@given(ITEMS, ITEMS)
def test_what_is_kept_is_in_order_equal_and_as_much_as_can_be(old: list[str], new: list[str]) -> None:
    places = common_places(old, new)

    assert all(old[x] == new[y] for x, y in places)
    assert all(first[0] < second[0] and first[1] < second[1] for first, second in pairwise(places))
    assert len(places) == longest(old, new)


def test_nothing_in_common_costs_nothing() -> None:
    assert common_places([f"a{n}" for n in range(20_000)], [f"b{n}" for n in range(20_000)]) == []
    assert common_places([], ["a"]) == []


def shuffled(seed: int, size: int) -> list[str]:
    return [random.Random(seed + n).choice("abcdefgh") for n in range(size)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["x"] * 9_000, ["y", *["x"] * 9_000, "z"]),
        (["}", ""] * 4_000, ["}", "", "}"] * 2_700),
        (shuffled(1, 6_000), shuffled(7_000, 6_000)),
        ([str(n) for n in range(6_000)], [str(n) for n in reversed(range(6_000))]),
    ],
)
def test_very_different_and_repetitive_sequences_are_compared_in_bounded_time(old: list[str], new: list[str]) -> None:
    began = time.process_time()
    places = common_places(old, new)

    assert time.process_time() - began < 5
    assert all(old[x] == new[y] for x, y in places)
    assert all(first[0] < second[0] and first[1] < second[1] for first, second in pairwise(places))
