"""What a reply says of a place besides its lines: names around it, a line number, the end of the file."""

import re
from collections.abc import Sequence

from vivek.edits.haystack import Fit, Haystack, bare
from vivek.edits.reply import Replacement

_NAME = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*")
_PARTS = re.compile(r"\.|::")
_WORD = re.compile(r"\w+")
_CUT = re.compile(r"\w\w")  # two letters between which no word ends


def narrow(hay: Haystack, fits: Sequence[Fit], block: Replacement) -> list[Fit]:
    """Return the place that the hints of a block leave, or all places when they do not leave exactly one."""
    left = list(fits)
    if block.anchor:
        left = [fit for fit in left if _is_within(hay, fit, block.anchor)] or left
    at_line = [fit for fit in fits if fit.start + 1 == block.line]
    if at_line and at_line[0] not in left:  # the hints contradict each other, so neither is worth anything
        return list(fits)
    left = at_line or left
    if block.at_end and len(left) > 1:
        left = [fit for fit in left if not any(line.strip() for line in hay.lines[fit.end :])] or left
    return left if len(left) == 1 else list(fits)


def belongs(hay: Haystack, fit: Fit, block: Replacement) -> bool:
    """Return whether the only place of a block is where it says it is; a line number proves nothing here.

    What stands behind the `@@` of a unified diff may be the function before; there, only the lines count.
    """
    if not block.anchor or block.line is not None:
        return True
    named = [part for part in block.anchor.split("\n") if any(_names(line, part) for line in hay.lines)]
    if not named:
        return True
    held = {bare(line) for line in hay.lines[fit.start : fit.end]}
    above = next((line for line in reversed(hay.lines[: fit.start]) if line.strip()), "")
    near = [*held, above]
    return all(_is_within(hay, fit, part) or any(_names(line, part) for line in near) for part in named)


def enclosing(hay: Haystack, start: int) -> list[str]:
    """Return the lines around a place that are indented less and less, the outermost first."""
    lines = hay.lines
    depth = next((_depth(line) for line in lines[start:] if line.strip()), 0)
    around: list[str] = []
    for index in range(start - 1, -1, -1):
        line = lines[index]
        if depth == 0:
            break
        if line.strip() and _depth(line) < depth and not _is_closing(line):
            depth = _depth(line)
            around.append(line.strip())
    return around[::-1]


def _is_within(hay: Haystack, fit: Fit, anchor: str) -> bool:
    """Tell whether all parts of an anchor stand around a place, in their order."""
    around = iter(enclosing(hay, fit.start))
    parts = anchor.split("\n")
    if len(parts) == 1 and _NAME.fullmatch(parts[0]):
        parts = _PARTS.split(parts[0])
    return all(any(_names(line, part) for line in around) for part in parts)


def _names(line: str, anchor: str) -> bool:
    """Tell whether a line is the one that is meant: it, its beginning, or, for a mere name, a line with that word."""
    text, wanted = line.strip(), anchor.strip()
    if _NAME.fullmatch(wanted):
        return wanted in _WORD.findall(text)
    return text.startswith(wanted) and not _CUT.fullmatch(wanted[-1:] + text[len(wanted) : len(wanted) + 1])


def _depth(line: str) -> int:
    return len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())


def _is_closing(line: str) -> bool:
    return line.strip()[0] in ")]}"
