"""The parts of a page of notes: front matter, which speaks to programs, and headings, at which a long page is cut."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vivek.config.front_matter import split_page

_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NAMED = 6  # headings that are named as left out
_LONGEST_NAME = 60
_LONGEST_TOKEN = 16  # characters; bounds what is counted, never what is kept


@dataclass(frozen=True, slots=True)
class Cut:
    """Notes that fit.

    Attributes:
        text: Them, "" when nothing fits.
        left_out: The headings of what was left out.
        whole: Whether nothing was left out.
    """

    text: str
    left_out: tuple[str, ...] = ()
    whole: bool = False


def cut_notes(text: str, room: int, count: Callable[[str], int]) -> Cut:
    """Return as much of the beginning of notes as fits, cut at a heading, else at a line; what is missing is said.

    Args:
        text: The notes.
        room: Tokens they may take.
        count: Tokens of a text.
    """
    if _fits(text, room, count):
        return Cut(text, whole=True)
    lines = text.split("\n")
    headings = dict(_headings(lines))
    for end in sorted(headings, reverse=True):
        cut = _cut_at(end, lines, headings)
        if any(line.strip() for line in lines[:end]) and _fits(cut.text, room, count):
            return cut
    fewest, largest = 0, len(lines) - 1
    while fewest < largest:
        middle = (fewest + largest + 1) // 2
        if _fits(_cut_at(middle, lines, headings).text, room, count):
            fewest = middle
        else:
            largest = middle - 1
    if fewest:
        return _cut_at(fewest, lines, headings)
    return Cut(_start(text, room, count), tuple(headings.values()))


def without_front_matter(text: str) -> tuple[str, str]:
    """Return notes without their front matter, and what is wrong with it, such as `line 3: ...`; then it is kept."""
    page = split_page(text)
    return page.body, page.fault


def missing_in_words(left_out: Sequence[str]) -> str:
    """Return the headings of what was left out, in one line; "" for none."""
    named = ", ".join(f"“{_short(title)}”" for title in left_out[:_NAMED])
    more = len(left_out) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the line of each heading outside of fences, with its title."""
    fence = ""
    for at, line in enumerate(lines):
        marks = _FENCE.match(line)
        if fence:
            if marks and marks[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif marks:
            fence = marks[1]
        elif heading := _HEADING.match(line):
            yield at, heading[1]


def _cut_at(end: int, lines: Sequence[str], headings: Mapping[int, str]) -> Cut:
    left_out = tuple(title for at, title in headings.items() if at >= end)
    kept = "\n".join(lines[:end]).rstrip("\n")
    return Cut(f"{kept}\n{_said(left_out)}", left_out)


def _said(left_out: Sequence[str]) -> str:
    return f"[left out: {missing_in_words(left_out)}]" if left_out else "[the rest is left out]"


def _start(text: str, room: int, count: Callable[[str], int]) -> str:
    """Return the beginning of a text whose first line is too long, "" when not even one character fits."""
    low, high = 0, min(len(text), max(0, room) * _LONGEST_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        if count(f"{text[:middle]}\n{_said(())}") <= room:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low]}\n{_said(())}" if low else ""


def _fits(text: str, room: int, count: Callable[[str], int]) -> bool:
    return len(text) <= _LONGEST_TOKEN * room and count(text) <= room


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_NAME else f"{title[:_LONGEST_NAME].rstrip()}…"
