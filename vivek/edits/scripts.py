"""Reads the script that a model wants to run once: the line `script: python`, then a fence with the script."""

import re

from vivek.edits.fences import Fence
from vivek.edits.page import Found, Page
from vivek.edits.reply import ToolLine

_LINE = re.compile(r"[ \t>*_`#-]*script[*_`]*\s*:[ \t*_`]*(?:python3?|py)?[ \t*_`]*", re.I)
_GAP = 2  # blank lines that may lie between the line and the fence


class _Script:
    """Takes each closed fence below such a line."""

    def read_fence(self, page: Page, fence: Fence) -> Found | None:
        above = fence.start - 1
        while above > max(page.floor, fence.start - 1 - _GAP) and not page.lines[above].strip():
            above -= 1
        if fence.end is None or above < page.floor or _LINE.fullmatch(page.lines[above]) is None:
            return None
        code = "".join(line + "\n" for line in fence.lines)
        if not code.strip():
            return None
        return Found(above, fence.end + 1, asks=(ToolLine("script", code),))


SCRIPT = _Script()
"""The reader of such scripts."""
