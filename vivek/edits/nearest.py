"""Finds the lines of a file that are most like quoted ones. For showing only: nothing is ever changed by likeness."""

from collections import Counter
from collections.abc import Sequence

_SHOWN = 13  # lines that are shown at most
_PROBES = 12  # quoted lines that are looked for
_WIDTH = 200  # characters of a line that are compared
_LIMIT = 20_000  # lines of a file up to which similar lines are looked for, not only equal ones
_LIKE = 70.0  # percent from which two lines are similar
_WEAKEST = 60.0  # percent that the best place must reach over all its lines


def find_nearest(lines: Sequence[str], quoted: Sequence[str]) -> tuple[int, int] | None:
    """Return the lines `first:last` that are most like quoted ones, or None when none are like them.

    Args:
        lines: All lines of the file.
        quoted: The lines that were not found.
    """
    filled = [index for index, line in enumerate(quoted) if line.strip()]
    if not filled or not lines:
        return None
    quoted = [line[:_WIDTH].strip() for line in quoted[filled[0] : filled[-1] + 1]]
    held = [line[:_WIDTH].strip() for line in lines]
    starts = _starts(held, quoted)
    rated = [(_likeness(held, quoted, start), -start) for start in starts]
    if not rated or max(rated)[0] < _WEAKEST:
        return None
    start = -max(rated)[1]
    return _excerpt(held, quoted, max(start, 0), min(start + len(quoted), len(lines)), start)


def _starts(held: Sequence[str], quoted: Sequence[str]) -> list[int]:
    """Return where the quoted lines may begin, by what lines of the file are like the longest of them."""
    from rapidfuzz import fuzz, process

    probes = sorted((index for index, line in enumerate(quoted) if line), key=lambda index: -len(quoted[index]))
    places: dict[str, list[int]] = {}
    for number, line in enumerate(held):
        places.setdefault(line, []).append(number)
    distinct = [line for line in places if line] if len(held) <= _LIMIT else []
    votes: Counter[int] = Counter()
    for index in probes[:_PROBES]:
        like = process.extract(quoted[index], distinct, scorer=fuzz.ratio, limit=5, score_cutoff=_LIKE)
        for line in dict.fromkeys([quoted[index], *(found[0] for found in like)]):
            votes.update(number - index for number in places.get(line, ())[:100])
    return [start for start, _ in votes.most_common(20)]


def _likeness(held: Sequence[str], quoted: Sequence[str], start: int) -> float:
    """Return in percent how like the quoted lines are to those from a place on; long lines weigh more."""
    from rapidfuzz import fuzz

    total = weight = 0.0
    for offset, line in enumerate(quoted[:200], start):
        size = len(line) + 1
        weight += size
        if 0 <= offset < len(held):
            total += size * (100.0 if held[offset] == line else fuzz.ratio(held[offset], line))
    return total / weight


def _excerpt(held: Sequence[str], quoted: Sequence[str], first: int, last: int, start: int) -> tuple[int, int]:
    """Return what is shown of a place: all of it, else the lines around the first one that differs."""
    if last - first <= _SHOWN:
        return first, last
    differs = next((number for number in range(first, last) if held[number] != quoted[number - start]), first)
    begin = min(max(first, differs - 3), last - _SHOWN)
    return begin, begin + _SHOWN
