"""The function around a line, told by indentation: enough to ask what else it does, in any language that indents."""

import re
from collections.abc import Sequence
from typing import Final

# What opens a block within a function, and the braces of values.
_INNER = re.compile(
    r"(?:\}\s*)?(?:if|else|elif|for|while|switch|catch|try|except|finally|with|match|loop|do|select|case|default"
    r"|unsafe|synchronized|using|async with|async for)\b|.*(?:[=(,\[]|\breturn)\s*[\w.]*\s*\{$"
)
_ENDS = ("{", ":")


NEAR: Final = 3
"""Lines around a change that a reviewer is shown with it."""


def body_of(lines: Sequence[str], number: int) -> range:
    """Return the numbers of the lines of the innermost function around a line, its head and its end among them.

    Args:
        lines: All lines of a text.
        number: The line, from 1.
    """
    depth = _depth(lines[number - 1])
    top = 1
    for at in range(number - 1, 0, -1):
        line = lines[at - 1]
        if not line.strip() or _depth(line) > depth - (line.strip() != "{"):
            continue
        depth = _depth(line)
        if line.rstrip().endswith(_ENDS) and not _INNER.match(line.strip()):
            top = at
            break
    for at in range(number + 1, len(lines) + 1):
        line = lines[at - 1]
        if line.strip() and _depth(line) <= depth and at > top + 1:
            return range(top, at + 1)
    return range(top, len(lines) + 1)


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
