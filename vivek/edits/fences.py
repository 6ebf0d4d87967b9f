"""Finds code fences in the lines of a text: three or more backticks or tildes, nested, indented or never closed."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_MARK = re.compile(r"([ \t]*)(`{3,}|~{3,})(.*)")


@dataclass(frozen=True, slots=True)
class Mark:
    """One line that may open or close a fence."""

    indent: int
    char: str
    length: int
    info: str


@dataclass(frozen=True, slots=True)
class Fence:
    """An outermost fence.

    Attributes:
        start: Index of the line that opens it.
        end: Index of the line that closes it, or None when nothing does.
        mark: The opening line.
        lines: What stands inside, without the indentation of the fence.
        doubtful: Whether it may really end later: the next fence line after its end has no info either, so both could
            belong to a block inside.
    """

    start: int
    end: int | None
    mark: Mark
    lines: tuple[str, ...]
    doubtful: bool


def read_mark(line: str) -> Mark | None:
    """Return the fence mark of a line, or None when it is an ordinary line."""
    found = _MARK.fullmatch(line)
    if found is None:
        return None
    indent, run, info = found.groups()
    if run[0] == "`" and "`" in info:
        return None  # code within a line
    return Mark(len(indent.expandtabs(4)), run[0], len(run), info.strip())


def read_marks(lines: Sequence[str]) -> list[tuple[int, Mark]]:
    """Return the fence marks of a text, each with its line."""
    likely = [(index, line) for index, line in enumerate(lines) if "```" in line or "~~~" in line]
    return [(index, mark) for index, line in likely if (mark := read_mark(line)) is not None]


def fence_from(lines: Sequence[str], marks: Sequence[tuple[int, Mark]], at: int) -> Fence:
    """Return the fence that the mark at this position of `marks` opens; an unclosed one reaches to the end."""
    start, opening = marks[at]
    closing = _closing(marks, at)
    if closing is None:
        return Fence(start, None, opening, _inside(lines, start, len(lines), opening), doubtful=False)
    end = marks[closing][0]
    return Fence(start, end, opening, _inside(lines, start, end, opening), _doubtful(marks, closing, opening))


def find_fences(lines: Sequence[str]) -> list[Fence]:
    """Return the outermost fences of a text in order; an unclosed one reaches to the end."""
    marks = read_marks(lines)
    fences: list[Fence] = []
    at = 0
    while at < len(marks):
        fence = fence_from(lines, marks, at)
        fences.append(fence)
        if fence.end is None:
            break
        at = bisect_right(marks, fence.end, key=lambda entry: entry[0])
    return fences


def open_at_end(text: str) -> bool:
    """Return whether a fence of a text is never closed."""
    fences = find_fences(text.split("\n"))
    return bool(fences) and fences[-1].end is None


def closes(mark: Mark, opening: Mark) -> bool:
    """Return whether a mark ends the fence that `opening` began, when nothing was opened in between."""
    return not mark.info and _belongs(mark, opening)


def _belongs(mark: Mark, opening: Mark) -> bool:
    """Tell whether a mark counts inside a fence; a shorter, other or deeper one is content."""
    return mark.char == opening.char and mark.length >= opening.length and mark.indent <= opening.indent


def _closing(marks: Sequence[tuple[int, Mark]], at: int) -> int | None:
    """Return the position in `marks` of the line that closes the fence opened at `at`.

    A mark with an info string opens a block inside, as models write a README with examples in it.
    """
    stack = [marks[at][1]]
    for index in range(at + 1, len(marks)):
        mark = marks[index][1]
        if not _belongs(mark, stack[-1]):
            continue
        if mark.info:
            stack.append(mark)
            continue
        stack.pop()
        if not stack:
            return index
    return None


def _doubtful(marks: Sequence[tuple[int, Mark]], closing: int, opening: Mark) -> bool:
    for index in range(closing + 1, len(marks)):
        mark = marks[index][1]
        if _belongs(mark, opening):
            return not mark.info
    return False


def _inside(lines: Sequence[str], start: int, end: int, opening: Mark) -> tuple[str, ...]:
    inside = tuple(lines[start + 1 : end])
    margin = " " * opening.indent
    if margin and all(line.startswith(margin) or not line.strip() for line in inside):
        return tuple(line[opening.indent :] for line in inside)
    return inside
