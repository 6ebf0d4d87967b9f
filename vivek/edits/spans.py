"""Pieces of a text and what takes their place; line numbers here count from 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vivek.edits.codec import END, Text
from vivek.edits.lines import split_lines


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


def splice(old: Text, spans: Iterable[Span]) -> str:
    """Return the text of a file with all spans put in, ready for `encode`; no other character changes.

    Where line ends are mixed, a new line takes the end of the line it replaces, else that of its neighbour.
    """
    if not old.mixed:
        pieces = put_in(split_lines(old.text if old.text.endswith("\n") else old.text + "\n"), spans)
    else:
        lines, ends = END.split(old.text), [*END.findall(old.text), ""]
        if not lines[-1]:
            del lines[-1], ends[-1]
        ends = [end or old.eol for end in ends]
        own = [line + end for line, end in zip(lines, ends, strict=True)]
        pieces = put_in(own, [_with_ends(span, ends, own) for span in spans])
        for at in range(1, len(pieces)):
            if pieces[at] == "\n" and pieces[at - 1].endswith("\r"):
                pieces[at] = "\r\n"  # else the two ends would read as one
    text = "".join(pieces)
    return text if old.final_newline or not text else text[: -len(END.findall(text)[-1])]


def _with_ends(span: Span, ends: Sequence[str], own: Sequence[str]) -> Span:
    lines = []
    for offset, line in enumerate(span.lines):
        at = span.start + offset
        end = ends[at] if at < span.end else ends[max(0, min(at, span.end) - 1)]
        lines.append(line.removesuffix("\n") + end)
    # The end of a new line must not join that of the empty one behind it, which stays as it is.
    if lines and lines[-1].endswith("\r") and own[span.end : span.end + 1] == ["\n"]:
        lines[-1] = lines[-1].removesuffix("\r") + "\n"
    return Span(span.start, span.end, tuple(lines), span.note)
