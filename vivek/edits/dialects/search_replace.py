"""The dialect in which a model quotes the lines that change: SEARCH, what it found, REPLACE, what comes instead."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vivek.edits.naming import read_label
from vivek.edits.page import Found, Page, read_page
from vivek.edits.reply import Fault, ParsedReply, Replacement

INSTRUCTION = """\
To change a file, write its path alone on a line, then a block for every place that changes:

src/example.py
```
<<<<<<< SEARCH
the lines as they are now, copied exactly
=======
the lines that take their place
>>>>>>> REPLACE
```

SEARCH must be found in the file exactly once: copy whole lines, with their blanks, and enough of them.
All blocks are held against the file as it was shown to you. Never leave out lines with "..." in a block.
To create a file, leave SEARCH empty.
To delete a file, write a line `delete: PATH`."""

_OPENER = re.compile(r"([ \t]*)(<{5,9}|-{5,9}) ?(?:SEARCH|ORIGINAL)\b[ \t:>]*(.*)", re.I)
_DIVIDER = re.compile(r"[ \t]*(={5,9})[ \t]*")
_CLOSER = re.compile(r"[ \t]*(?:>{5,9}[ \t]*(?:(?:REPLACED?|UPDATED?)\b.*)?|\+{5,9} ?REPLACE\b.*)", re.I)
_CONFLICT = re.compile(r"<{7}(?: .*)?")
_CONFLICT_END = re.compile(r">{7} .*")
_START_LINE = re.compile(r":start_line:[ \t]*(\d{1,9})[ \t]*")
_OTHER_HINT = re.compile(r":end_line:.*|-{5,9}[ \t]*")


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply of SEARCH and REPLACE blocks apart; any text is accepted, and all the rest is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (SEARCH_REPLACE,), ())


@dataclass(frozen=True, slots=True)
class _Extent:
    """The lines of one block by their numbers; `end` is that of its last marker, or where it breaks off."""

    end: int
    closed: bool
    dividers: tuple[int, ...]


class _SearchReplace:
    """Takes each block from its first marker to its last, whatever stands in between."""

    def opens(self, page: Page, at: int) -> bool:
        return _opener(page.lines[at]) is not None

    def read(self, page: Page, at: int) -> Found:
        lines = page.lines
        opener = _opener(lines[at])
        indent, sign, rest = opener.groups() if opener is not None else ("", "", "")
        start, label = page.label_of_marker(at)
        label = (read_label(rest, page.known) if rest else None) or label
        page.last = label or page.last
        extent = _extent(page, at)
        divider, fault = _divider(lines, extent, len(sign))
        begin, line = _hints(lines, at + 1, divider)
        block = Replacement(
            label.path if label is not None else "",
            _text(lines[begin:divider], indent),
            _text(lines[divider + 1 : extent.end], indent),
            fault,
            label is not None and label.explicit,
            line=line,
        )
        if extent.closed:
            return Found(start, extent.end + 1, (block,))
        return Found(start, extent.end, (block,), floor=(divider if extent.dividers else at) + 1)


SEARCH_REPLACE = _SearchReplace()
"""The reader of this dialect."""


def _opener(line: str) -> re.Match[str] | None:
    return _OPENER.fullmatch(line) if line.lstrip()[:1] in ("<", "-") else None


def _extent(page: Page, at: int) -> _Extent:
    """Return where a block ends; merge conflicts inside it keep their own markers."""
    dividers: list[int] = []
    fence_end: int | None = None
    in_conflict = False
    for index in range(at + 1, len(page.lines)):
        line = page.lines[index]
        if _opener(line) is not None:
            return _Extent(index if fence_end is None else fence_end, closed=False, dividers=tuple(dividers))
        if _CLOSER.fullmatch(line) is not None:
            return _Extent(index, closed=True, dividers=tuple(dividers))
        if _CONFLICT.fullmatch(line) is not None:
            in_conflict = True
        elif _CONFLICT_END.fullmatch(line) is not None:
            in_conflict = False
        elif not in_conflict and _DIVIDER.fullmatch(line) is not None:
            dividers.append(index)
        elif fence_end is None and page.closes(index):
            fence_end = index
    return _Extent(len(page.lines) if fence_end is None else fence_end, closed=False, dividers=tuple(dividers))


def _divider(lines: Sequence[str], extent: _Extent, size: int) -> tuple[int, Fault]:
    """Return the line between the two parts; of several, that of the same length as the first marker."""
    if not extent.closed:
        return (extent.dividers[0] if extent.dividers else extent.end), "unclosed"
    alike = [index for index in extent.dividers if len(lines[index].strip()) == size]
    candidates = alike or list(extent.dividers)
    if not candidates:
        return extent.end, "undivided"
    return candidates[0], "" if len(candidates) == 1 else "doubtful"


def _hints(lines: Sequence[str], begin: int, divider: int) -> tuple[int, int | None]:
    """Return where the quoted lines begin behind the hints that some models put first, and the line hinted at."""
    found = _START_LINE.fullmatch(lines[begin]) if begin < divider else None
    if found is None:
        return begin, None
    begin += 1
    while begin < divider and _OTHER_HINT.fullmatch(lines[begin]) is not None:
        begin += 1
    return begin, int(found[1])


def _text(lines: Sequence[str], indent: str) -> str:
    """Return lines as a text, without the indentation that a block in a list has as a whole."""
    if indent and all(line.startswith(indent) or not line.strip() for line in lines):
        lines = [line.removeprefix(indent) for line in lines]
    return "".join(line + "\n" for line in lines)
