"""Finds copies of code by the fingerprints of files. Pure; its time grows with the number of lines."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from vivek.schema.measures import Duplicate
from vivek.syntax.prints import TOKENS, Prints, unpacked

_TRIED = 8  # earlier places with the same tokens that are tried, to take the longest copy

_Place = tuple[int, int]  # number of the file, number of the window


def duplicates(prints: Mapping[str, bytes]) -> tuple[Duplicate, ...]:
    """Return what stands in several places, the longest first.

    Every copy is held against an earlier place, in the order of paths and lines, and followed as long as both have the
    same tokens; copies of the very same lines are told together. Two places of a copy never overlap. The first line is
    exact; the last may be told a line early, where what follows is too short for a window of its own.

    Args:
        prints: From a path to the fingerprints of its text, as `FileMeasures` has them.

    Raises:
        ValueError: If they are none.
    """
    paths = sorted(prints)
    files = [unpacked(prints[path]) for path in paths]
    places = _repeated(files)
    found: dict[tuple[int, int, int], list[_Place]] = {}
    for number, file in enumerate(files):
        at = 0
        while at < len(file.hashes):
            known = places.get(file.hashes[at])
            if known is None:
                at += 1
                continue
            runs = [_followed(files, place, (number, at)) for place in known[:_TRIED] if place < (number, at)]
            tokens, last, source = max(runs, default=(0, at, (0, 0)), key=lambda run: (run[0], -run[2][0], -run[2][1]))
            if tokens:
                found.setdefault((*source, tokens), [source]).append((number, at))
            at = last + 1
    told = [
        Duplicate(tuple(_told(paths, files, place, tokens) for place in copies), tokens)
        for (_, _, tokens), copies in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.tokens, one.places)))


def _repeated(files: Sequence[Prints]) -> dict[int, list[_Place]]:
    """Return where the hashes are that occur more than once."""
    counted = Counter(chain.from_iterable(file.hashes for file in files))
    places: dict[int, list[_Place]] = {mark: [] for mark, many in counted.items() if many > 1}
    del counted
    for number, file in enumerate(files):
        for at, mark in enumerate(file.hashes):
            if mark in places:
                places[mark].append((number, at))
    return places


def _followed(files: Sequence[Prints], source: _Place, copy: _Place) -> tuple[int, int, _Place]:
    """Return how many tokens two places share from there on, and the copy's last window.

    Windows are held against each other by their distance in tokens, so that lines may be broken elsewhere.
    """
    one, other = files[source[0]], files[copy[0]]
    same = source[0] == copy[0]
    first = other.lines[copy[1]]
    if same and one.ends[source[1]] >= first:
        return 0, copy[1], source
    shift = one.starts[source[1]] - other.starts[copy[1]]
    last = at = copy[1]
    while (at := at + 1) < len(other.hashes) and other.starts[at] - other.starts[last] <= TOKENS:
        there = bisect_left(one.starts, other.starts[at] + shift)
        if there == len(one.starts) or one.starts[there] != other.starts[at] + shift:
            continue
        if one.hashes[there] != other.hashes[at] or (same and one.ends[there] >= first):
            continue
        last = at
    return other.starts[last] - other.starts[copy[1]] + TOKENS, last, source


def _told(paths: Sequence[str], files: Sequence[Prints], place: _Place, tokens: int) -> tuple[str, int, int]:
    file, at = files[place[0]], place[1]
    last = bisect_left(file.starts, file.starts[at] + tokens - TOKENS)
    last = min(last, len(file.ends) - 1)
    return paths[place[0]], file.lines[at], file.ends[last]
