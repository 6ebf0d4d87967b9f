"""A text without what computers do not run: comments are gone, strings are one mark on each of their lines. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vivek.schema.measures import Todo

STRING = '"'
"""What stands for a string."""

_TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?:\([^()\n]*\))?[: \t]*([^\n]*)")
_MARKS = ("TODO", "FIXME", "XXX", "HACK")
_LONGEST = 200  # characters of a remark
_ENDS = " \t*/#->!"
# Unclosed ones go to the end of their line, or of the text: then nothing is ever looked at twice.
_ESCAPED = r"(?:\\.|(?!{0})[^\\])*+(?:{0}|\Z)"
_STRINGS = "|".join(
    [
        r'"""' + _ESCAPED.format('"""'),
        r"'''" + _ESCAPED.format("'''"),
        r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?',
        r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?",
    ]
)
_SHORT = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?|' + r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
_ROUGH = {
    "hash": re.compile(rf"(?<![\w$\\])#[^\n]*+|{_SHORT}", re.S),
    "slash": re.compile(rf"//[^\n]*+|/\*.*?(?:\*/|\Z)|{_SHORT}", re.S),
    "dash": re.compile(rf"--\[\[.*?(?:\]\]|\Z)|--[^\n]*+|/\*.*?(?:\*/|\Z)|{_SHORT}", re.S),
}
_PYTHON = re.compile(rf"#[^\n]*+|{_STRINGS}", re.S)


Span = tuple[int, int, bool]
"""Where a comment or string begins and ends, in characters, and whether it is a comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its first line, from 1, and its text with the signs around it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Silent:
    """What is left of a text.

    Attributes:
        lines: Its lines; one that held nothing but comments or blanks is blank.
        comments: In the order of the text.
    """

    lines: tuple[str, ...]
    comments: tuple[Comment, ...]


def silent_python(text: str) -> Silent:
    """Return a Python text without its comments and strings; one with faults may be taken wrongly behind them."""
    return _without(_PYTHON, text)


def silent_roughly(text: str, sign: str) -> Silent:
    """Return a text of another language without its comments and strings, as far as their signs alone tell.

    Args:
        text: The text.
        sign: What comments begin with: `hash`, `slash` or `dash`.
    """
    return _without(_ROUGH[sign], text)


def _without(pattern: re.Pattern[str], text: str) -> Silent:
    comments: list[tuple[int, str]] = []

    def put(found: re.Match[str]) -> str:
        said = found[0]
        if said[0] in "\"'":
            return _marks(said, STRING) if "\n" in said else STRING
        comments.append((found.start(), said))
        return _marks(said, "") if "\n" in said else ""

    return _silent(text, pattern.sub(put, text), comments)


def silent_at(text: str, spans: Iterable[Span]) -> Silent:
    """Return a text without the parts that are given.

    Args:
        text: The text.
        spans: The parts; those that lie within an earlier one do not count.
    """
    comments: list[tuple[int, str]] = []
    pieces: list[str] = []
    at = 0
    for begin, end, comment in sorted(spans, key=lambda span: (span[0], -span[1])):
        if begin < at:
            continue
        said = text[begin:end]
        pieces.append(text[at:begin])
        pieces.append(_marks(said, " " if comment else STRING))
        if comment:
            comments.append((begin, said))
        at = end
    pieces.append(text[at:])
    return _silent(text, "".join(pieces), comments)


def _marks(said: str, mark: str) -> str:
    """Return a mark for every line of what was said that is not blank."""
    if "\n" not in said:
        return mark
    return "\n".join(mark if line and not line.isspace() else "" for line in said.split("\n"))


def _silent(text: str, left: str, comments: Sequence[tuple[int, str]]) -> Silent:
    marks = [mark for mark in _MARKS if mark in text]
    wanted = [found for found in comments if any(mark in found[1] for mark in marks)] if marks else []
    starts = line_starts(text) if wanted else []
    return Silent(tuple(left.split("\n")), tuple(Comment(bisect_right(starts, begin), said) for begin, said in wanted))


def line_starts(text: str) -> list[int]:
    """Return where the lines of a text begin."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def todos_in(comments: Iterable[Comment]) -> tuple[Todo, ...]:
    """Return what comments say is left to do."""
    return tuple(
        Todo(found[1], found[2].strip(_ENDS)[:_LONGEST], comment.line + comment.text.count("\n", 0, found.start()))
        for comment in comments
        for found in _TODO.finditer(comment.text)
    )
