"""Finds files of a list by a pattern; opens none of them."""

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

_LONGEST = 300
_MOST_WAYS = 32
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MARKS = frozenset("*?[{")


def matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that a pattern means, in their order.

    `*` and `?` stay within a name, `**` spans folders, `{a,b}` is either. A pattern without `/` is held against names
    in every folder; one without any mark finds names and folders that contain it, whatever their case.

    Args:
        pattern: What to find; leading `./` and `/` mean nothing.
        paths: Relative paths, with `/`.
    """
    said = pattern.strip()[:_LONGEST]
    while said.startswith(("./", "/")):
        said = said.partition("/")[2]
    if not said:
        return []
    if _MARKS.isdisjoint(said):
        folded = said.casefold()
        return [path for path in paths if folded in path.casefold()]
    ways = [_parts(way) for way in islice(_spelled_out(said), _MOST_WAYS)]
    return [path for path in paths if any(_fits(tuple(path.split("/")), way) for way in ways)]


def _spelled_out(pattern: str) -> Iterator[str]:
    """Yield a pattern once for each choice of its braces."""
    braces = _BRACES.search(pattern)
    if braces is None:
        yield pattern
        return
    for choice in braces[1].split(","):
        yield from _spelled_out(pattern[: braces.start()] + choice + pattern[braces.end() :])


def _parts(pattern: str) -> tuple[str, ...]:
    if pattern.endswith("/"):
        pattern += "**"
    parts = pattern.split("/")
    return ("**", *parts) if len(parts) == 1 else tuple(parts)


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Tell whether names match parts one by one, `**` standing for any number of folders."""
    reached = {0}
    for part in parts:
        if part == "**":
            reached = set(range(min(reached, default=len(names) + 1), len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and _name(part)(names[at])}
        if not reached:
            return False
    return len(names) in reached


@lru_cache(256)
def _name(part: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(part)).match
