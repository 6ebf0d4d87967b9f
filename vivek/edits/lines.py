r"""Lines of a text and how two texts differ in them; a line ends with `\n` and nothing else."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_EXACT_LINES = 1_000


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
    *full, last = text.split("\n")
    lines = [line + "\n" for line in full]
    if last:
        lines.append(last)
    return lines


def compare(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Return the steps from `old` to `new`, equal runs included.

    Common ends are trimmed first: most edits touch one place, and difflib is quadratic in what is left.
    """
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    steps = [Opcode("equal", 0, head, 0, head)] if head else []
    if head < old_end or head < new_end:
        middle = max(old_end, new_end) - head
        matcher = SequenceMatcher(None, old[head:old_end], new[head:new_end], autojunk=middle > _EXACT_LINES)
        steps += [Opcode(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]
    if tail:
        steps.append(Opcode("equal", old_end, len(old), new_end, len(new)))
    return steps
