"""The dialect in which a model gives one function, method or class in full: `path::symbol`, then a fence with it."""

import re
from collections.abc import Callable, Collection

from vivek.edits.fences import Fence
from vivek.edits.naming import Label, read_info, read_label
from vivek.edits.page import Found, Page, read_page
from vivek.edits.reply import Fault, ParsedReply, RegionBlock

INSTRUCTION = """\
To change a function, method or class, write the path of its file, :: and its name alone on a line, then all of it in
a fence:

src/example.py::Till.total
```
    def total(self):
        every line of the method
```

The fence replaces that one definition: write every line of it, also those that stay the same, and nothing else.
To add a definition, put it below the one that it shall follow, into the same fence.
To create a file, or to change what is no definition, write the path alone and the whole file in the fence.
To delete a file, write a line `delete: PATH`."""

_GAP = 2  # blank lines that may lie between a name and its fence
_KEYWORD = r"(?:(?:async|export|static|public|pub)\s+)*(?:(?:def|class|function|func|fn|method|struct)\s+)?"
_NAME = r"[~$]?[^\W\d][\w$]*"
_SYMBOL = re.compile(rf"\s*::\s*(`?){_KEYWORD}({_NAME}(?:(?:\.|::|#){_NAME})*)(?:\([^()]*\))?\1")
_JOINTS = re.compile(r"::|#")
_LONGEST = 300


def parse(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply of regions apart; any text is accepted, and all the rest is prose.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (), (REGION,))


class _Region:
    """Takes each fence with a path and a symbol: above it, in its info string, or on its first line."""

    def read_fence(self, page: Page, fence: Fence) -> Found | None:
        end = len(page.lines) if fence.end is None else fence.end + 1
        lines = fence.lines
        start, named = _above(page, fence.start)
        if named is None:
            start, named = fence.start, _named(fence.mark.info, page.known, read_info)
        if named is None and lines:
            named = _named(lines[0], page.known, read_label)
            lines = lines[1:]
        if named is None:
            return None
        label, symbol = named
        text = "".join(line + "\n" for line in lines)
        fault: Fault = "unclosed" if fence.end is None else ""
        return Found(start, end, (RegionBlock(label.path, symbol, text, fault, label.explicit),))


REGION = _Region()
"""The reader of this dialect."""


def _above(page: Page, at: int) -> tuple[int, tuple[Label, str] | None]:
    above = at - 1
    lowest = max(page.floor, above - _GAP)
    while above > lowest and not page.lines[above].strip():
        above -= 1
    return above, _named(page.lines[above], page.known, read_label) if above >= page.floor else None


def _named(
    line: str, known: Collection[str], read: Callable[[str, Collection[str]], Label | None]
) -> tuple[Label, str] | None:
    """Return the file and the symbol that a line names, whatever it is decorated with."""
    found = _SYMBOL.search(line) if "::" in line and len(line) <= _LONGEST else None
    if found is None:
        return None
    label = read(line[: found.start()] + line[found.end() :], known)
    return None if label is None else (label, _JOINTS.sub(".", found[2]))
