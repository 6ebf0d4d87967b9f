r"""Lines of a text and how two texts differ in them; a line ends with `\n` and nothing else."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vivek.edits.shortest import common_runs
from vivek.schema.sameness import common_end, common_start


class Opcode(NamedTuple):
    """Lines `old_from:old_to` become lines `new_from:new_to`; `tag` as difflib names it."""

    tag: str
    old_from: int
    old_to: int
    new_from: int
    new_to: int


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a text with their `\n`; the last one may lack it.

    `str.splitlines` is not used: it also splits at form feeds and other characters that live inside lines.
    """
    return list(_lines(text))


@lru_cache(maxsize=8)  # each block of a reply, its guards and the diff ask for those of the same file
def _lines(text: str) -> tuple[str, ...]:
    *full, last = text.split("\n")
    lines = [line + "\n" for line in full]
    if last:
        lines.append(last)
    return tuple(lines)


def changed_lines(old: str, new: str) -> tuple[slice, slice]:
    """Return the part of each text, in whole lines, outside of which they are the same; found by halving."""
    head = old.rfind("\n", 0, common_start(old, new)) + 1
    tail = common_end(old, new, min(len(old), len(new)) - head)
    end = old.find("\n", len(old) - tail) + 1
    # What follows the first line break of the common end is the same in both.
    tail = len(old) - end if tail and end else 0
    return slice(head, len(old) - tail), slice(head, len(new) - tail)


def compare(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Return the steps from `old` to `new`, equal runs included; as few lines as possible change.

    Common ends are trimmed first, because most edits touch one place. See `common_runs` for what bounds the rest.
    """
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    middle = common_runs(old[head:old_end], new[head:new_end])
    kept = [(0, 0, head), *((x + head, y + head, length) for x, y, length in middle), (old_end, new_end, tail)]
    steps: list[Opcode] = []
    old_at = new_at = equal = 0
    for x, y, length in kept:
        if x > old_at or y > new_at:
            steps += _equal(old_at, new_at, equal)
            steps.append(Opcode(_tag(x - old_at, y - new_at), old_at, x, new_at, y))
            equal = 0
        equal += length
        old_at, new_at = x + length, y + length
    return steps + _equal(old_at, new_at, equal)


def _equal(old_end: int, new_end: int, length: int) -> list[Opcode]:
    return [Opcode("equal", old_end - length, old_end, new_end - length, new_end)] if length else []


def _tag(removed: int, added: int) -> str:
    if removed and added:
        return "replace"
    return "delete" if removed else "insert"
