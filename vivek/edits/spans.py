"""Pieces of a text and what takes their place; line numbers here count from 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    r"""Lines `start:end` of a text, and the lines that take their place.

    Attributes:
        start: The first line that goes, from 0.
        end: The line behind the last that goes; equal to `start` when lines are only put in.
        lines: What comes instead, each with its `\n`; the last one may lack it at the end of a file.
        note: How the place was found when not by exact equality, such as `indentation adjusted by 4`, or "".
    """

    start: int
    end: int
    lines: tuple[str, ...]
    note: str = ""


def overlapping(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """Return the first two spans that claim the same place, or None."""
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    for before, after in pairwise(ordered):
        if after.start < before.end or (after.start == before.start and after.end == before.end):
            return before, after
    return None


def put_in(lines: Sequence[str], spans: Iterable[Span]) -> list[str]:
    """Return the lines with all spans put in; they must not overlap."""
    changed: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        changed += lines[at : span.start]
        changed += span.lines
        at = span.end
    return [*changed, *lines[at:]]
