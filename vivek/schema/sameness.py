"""How much two texts have in common at their ends; found by halving, so that long ones cost little."""

from collections.abc import Callable
from typing import TypeVar

Text = TypeVar("Text", str, bytes)


def common_start(one: Text, other: Text) -> int:
    """Return how many characters, or bytes, two texts begin with in common."""
    return _longest(min(len(one), len(other)), lambda length: one[:length] == other[:length])


def common_end(one: Text, other: Text, most: int) -> int:
    """Return how many characters, or bytes, two texts end with in common, at most so many."""
    return _longest(most, lambda length: one[len(one) - length :] == other[len(other) - length :])


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
