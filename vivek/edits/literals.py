"""Typographic quotes and dashes read as plain ones, but never inside a string literal, where they are data."""

import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from vivek.syntax.languages import is_prose, language_of

_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_TYPOGRAPHIC = frozenset(map(chr, _PLAIN))
_SPANNING = ("`", '"""', "'''")  # literals that a look at one line cannot tell

_LITERALS = frozenset({"STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"})  # newer versions of Python tell f-strings apart
_OPENING = re.compile(r"[A-Za-z]*(\"\"\"|'''|\"|')")

Area = tuple[tuple[int, int], tuple[int, int]]
"""The inside of a literal: line and column of its first character, and of the one behind its last."""


def fold(line: str) -> str:
    """Return a line in plain characters, without the blanks at its end; every character keeps its column."""
    return line.translate(_PLAIN).rstrip(" \t")


@dataclass(frozen=True, slots=True)
class Folding:
    """Where typographic characters may be read as plain ones in one file.

    Attributes:
        path: The file.
        lines: Its lines without their ends.
    """

    path: str
    lines: Sequence[str]

    def differs(self, quoted: Sequence[str]) -> bool:
        """Return whether reading plain characters makes a difference at all."""
        return any(not line.isascii() and not _TYPOGRAPHIC.isdisjoint(line) for line in (*quoted, *self.lines))

    def allows(self, start: int, quoted: Sequence[str]) -> bool:
        """Return whether all characters in which quoted lines differ from those at `start` are outside literals."""
        different = [
            (number, column)
            for number, line in enumerate(quoted, start)
            for column, (held, given) in enumerate(zip(self.lines[number], line, strict=False))
            if held != given
        ]
        areas = self._areas(start, start + len(quoted))
        return areas is not None and not any(first <= at < end for at in different for first, end in areas)

    def plain(self, line: str) -> str:
        """Return a new line in plain characters, but for those in its literals and those that the file has itself."""
        folded = line.translate(_PLAIN)
        if folded == line:
            return line
        own = _TYPOGRAPHIC.intersection("".join(self.lines))
        areas = _areas_of_line(0, folded)
        kept = {column for (_, first), (_, end) in areas for column in range(first, end)}
        return "".join(
            char if column in kept or char in own else plain
            for column, (char, plain) in enumerate(zip(line, folded, strict=True))
        )

    def _areas(self, start: int, end: int) -> list[Area] | None:
        """Return the literals of some lines, None when they cannot be told."""
        if is_prose(self.path):
            return []
        if language_of(self.path) == "python":
            return _python_areas(self.lines)
        if any(sign in line for line in self.lines for sign in _SPANNING):
            return None
        return [area for number in range(start, end) for area in _areas_of_line(number, self.lines[number])]


def _areas_of_line(number: int, line: str) -> list[Area]:
    """Return the literals of a line; one that is not closed reaches to its end."""
    areas: list[Area] = []
    opened: tuple[str, int] | None = None
    escaped = False
    for column, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = opened is not None
        elif opened is None and char in "\"'":
            opened = char, column + 1
        elif opened is not None and char == opened[0]:
            areas.append(((number, opened[1]), (number, column)))
            opened = None
    return areas if opened is None else [*areas, ((number, opened[1]), (number, len(line)))]


def _python_areas(lines: Sequence[str]) -> list[Area] | None:
    areas: list[Area] = []
    ended = iter([line + "\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(ended, "")):
            kind = tokenize.tok_name[token.type]
            if kind == "ERRORTOKEN":  # how older versions of Python see an unclosed literal
                return None
            if kind in _LITERALS:
                opening = _OPENING.match(token.string) if kind == "STRING" else None
                begin, size = (opening.end(), len(opening[1])) if opening is not None else (0, 0)
                areas.append((_at(token.start, begin), _at(token.end, -size)))
    except (tokenize.TokenError, SyntaxError):
        return None
    return areas


def _at(position: tuple[int, int], further: int) -> tuple[int, int]:
    """Return a position of a token with its line counted from 0."""
    return position[0] - 1, position[1] + further
