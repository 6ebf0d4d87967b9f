"""Finds lines of a file that hold a text or fit a pattern; gets the bytes handed in, opens nothing, starts nothing.

A pattern runs on `regex`, whose searches take a time limit: a model may write one that would never end.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from vivek.edits.codec import Undecodable, decode, is_binary

_LARGEST = 5_000_000
_LONGEST_PATTERN = 500
_MOST_REPEATS = 10_000
_SECONDS = 0.5
_WIDTH = 200
_BEFORE = 60
_COUNT = re.compile(r"\{\s*(\d*)\s*,?\s*(\d*)\s*\}")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Attributes:
        find: Returns where the next match from a place in a text on begins, -1 when there is none; it may raise
            `TimeoutError`.
        needle: Bytes that every file with a match holds, unless its encoding is a wide one; b"" when nothing is known.
    """

    find: Callable[[str, int], int]
    needle: bytes = b""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that was found: its number from 1, and its text, cut around the match when it is long."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class FileHits:
    """What was found in one file.

    Attributes:
        hits: Its first lines with a match.
        more: Whether there are more of them.
        slow: Whether the search took so long that the rest of the file was left.
    """

    hits: tuple[Hit, ...] = ()
    more: bool = False
    slow: bool = False


def literal(text: str, *, any_case: bool = False) -> Query:
    """Return the query for exactly this text, within a line.

    Args:
        text: One line at most.
        any_case: Whether capitals count for small letters.
    """
    if any_case:
        return Query(_timed(re.escape(text), ignore_case=True))
    needle = text.encode(errors="replace") if text.isascii() else b""
    return Query(lambda where, start: where.find(text, start), needle)


def pattern(text: str) -> Query | str:
    """Return the query for a regular expression, or why it cannot be one."""
    import regex

    if len(text) > _LONGEST_PATTERN:
        return f"it is longer than {_LONGEST_PATTERN} characters"
    counts = [max(int(count or "0") for count in pair) for pair in _COUNT.findall(text)]
    if math.prod(max(count, 1) for count in counts) > _MOST_REPEATS:
        return f"its counts multiply to more than {_MOST_REPEATS:,} repeats"
    try:
        return Query(_timed(text))
    except regex.error as error:
        return str(error)
    except RecursionError:
        return "it is nested too deeply"


def search_file(query: Query, data: bytes, *, most: int) -> FileHits:
    """Return the lines of a file that a query finds, none for a file that is no text or larger than 5 MB.

    Args:
        query: What is looked for.
        data: The bytes of the file.
        most: Lines to return at most.
    """
    wide = data.startswith(_WIDE_MARKS)
    if len(data) > _LARGEST or (query.needle and not wide and query.needle not in data) or is_binary(data):
        return FileHits()
    decoded = decode(data)
    text = data.decode("utf-8", "replace") if isinstance(decoded, Undecodable) else decoded.plain
    return search_text(query, text, most=most)


def search_text(query: Query, text: str, *, most: int) -> FileHits:
    r"""Return the lines of a text that a query finds; lines end with `\n`.

    Args:
        query: What is looked for.
        text: The text.
        most: Lines to return at most.
    """
    hits: list[Hit] = []
    line, counted, at = 1, 0, 0
    while at <= len(text):
        try:
            match = query.find(text, at)
        except TimeoutError:
            return FileHits(tuple(hits), more=True, slow=True)
        if match < 0 or (match == len(text) and text.endswith("\n")):  # behind the last line there is none
            break
        if len(hits) == most:
            return FileHits(tuple(hits), more=True)
        line += text.count("\n", counted, match)
        counted = match
        start = text.rfind("\n", 0, match) + 1
        end = text.find("\n", match)
        end = len(text) if end < 0 else end
        hits.append(Hit(line, _cut(text[start:end], match - start)))
        at = end + 1
    return FileHits(tuple(hits))


def _cut(line: str, at: int) -> str:
    if len(line) <= _WIDTH:
        return line.rstrip()
    begin = max(0, min(at - _BEFORE, len(line) - _WIDTH))
    end = begin + _WIDTH
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"


def _timed(text: str, *, ignore_case: bool = False) -> Callable[[str, int], int]:
    import regex

    compiled = regex.compile(text, regex.MULTILINE | (regex.IGNORECASE if ignore_case else 0))

    def find(where: str, start: int) -> int:
        match = compiled.search(where, start, timeout=_SECONDS)
        return -1 if match is None else int(match.start())

    return find
