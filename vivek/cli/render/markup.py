"""Text of others on a page of Markdown: nothing in it becomes markup, a link, or a name that would be notified."""

import re
from collections.abc import Iterator

from vivek.cli.render.safe_text import one_line

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$]|:(?=\S))")
_BEGIN = re.compile(r"[-+=]|\d+(?=[.)])")  # what makes a list or a heading of a line that it begins
_APART = "{}<!-- -->"  # the name or number behind it is no mention of anybody or anything
_TICKS = re.compile("`+")


def plain(text: str, limit: int = 300) -> str:
    """Return text on one line in which nothing is markup, a link or a name that would be notified."""
    return (
        _MARKUP.sub(r"\\\1", one_line(text, limit)).replace("@", _APART.format("@")).replace("\\#", _APART.format("#"))
    )


def paragraph(text: str) -> str:
    """Return text as a line of its own."""
    line = plain(text, 1_000)
    begin = _BEGIN.match(line)
    if begin is None:
        return line
    return f"{begin[0]}\\{line[begin.end() :]}" if begin[0].isdigit() else f"\\{line}"


def code(text: str) -> str:
    """Return text as code within a line, between more backticks than stand in it."""
    ticks = _longest_ticks(text) * "`" + "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str, language: str = "") -> Iterator[str]:
    """Yield text as a block of code, between more backticks than stand in it."""
    fence = "`" * max(3, _longest_ticks(text) + 1)
    yield f"{fence}{language}"
    yield from text.splitlines()
    yield fence


def _longest_ticks(text: str) -> int:
    return max((len(each) for each in _TICKS.findall(text)), default=0)
