"""The headings of a Markdown or reStructuredText page, as definitions: where something is explained."""

import re
from collections.abc import Iterator, Sequence

from vivek.schema.index import Definition
from vivek.syntax.heads import shortened
from vivek.syntax.languages import language_of

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_MARKS = re.compile(r"[`*]+|\[([^\]]*)\]\([^)]*\)|</?\w[^>]*>")
_UNDERLINES = {"markdown": "=-", "rst": "=-~^\"'#*+:.`"}
_LEVELS = {"markdown": "=-"}  # reStructuredText takes the signs in the order in which they come


def headings_of(path: str, text: str) -> tuple[Definition, ...]:
    """Return the headings of a page, each to the line before the next of its level; nothing for other files."""
    language = language_of(path) or ""
    if language not in _UNDERLINES:
        return ()
    lines = text.split("\n")
    last = len(lines) - (not lines[-1])
    found = list(_headings(lines, language))
    ends = [last] * len(found)
    open_ones: list[int] = []
    for position, (line, level, _, _) in enumerate(found):
        while open_ones and found[open_ones[-1]][1] >= level:
            ends[open_ones.pop()] = line - 1
        open_ones.append(position)
    return tuple(
        Definition(title, "heading", path, line, max(line, end), shortened(head))
        for (line, _, title, head), end in zip(found, ends, strict=True)
    )


def _headings(lines: Sequence[str], language: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield line, level, title and the line itself of each heading."""
    fence = ""
    levels = _LEVELS.get(language, "")
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line) if language == "markdown" else None
        if mark is not None and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or mark is not None:
            continue
        heading = _HEADING.match(line) if language == "markdown" else None
        if heading is not None:
            yield number, len(heading[1]), _plain(heading[2]), line.strip()
        elif _is_underlined(lines, number, language):
            sign = lines[number][0]
            levels += "" if sign in levels else sign
            yield number, levels.index(sign) + 1, _plain(line), line.strip()


def _is_underlined(lines: Sequence[str], number: int, language: str) -> bool:
    title = lines[number - 1]
    under = lines[number].rstrip() if number < len(lines) else ""
    if not title.strip() or len(under) < 3 or under[0] not in _UNDERLINES[language] or set(under) != {under[0]}:
        return False
    if language == "markdown":  # a line of dashes below one of a paragraph, a list or a table is something else
        before = lines[number - 2].strip() if number > 1 else ""
        return not before and title[0] not in " \t>|-*+" and not title.startswith("---")
    return any(sign.isalnum() for sign in title) and title[0] not in " \t" and len(under) >= len(title.rstrip())


def _plain(title: str) -> str:
    return shortened(_MARKS.sub(lambda mark: mark[1] or "", title).strip())
