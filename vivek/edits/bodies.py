"""Brings the text that a reply gives for a symbol into the form of its place: nothing around it, its indentation."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from vivek.syntax.languages import language_of
from vivek.syntax.outline import imported_by, string_lines

_HASH_COMMENT = re.compile(r"\s*#.*")
_SLASH_COMMENT = re.compile(r"\s*(?://|/\*|\*(?!/?\w)).*")
_DECORATOR = re.compile(r"\s*(?:@(?!interface\b)|#!?\[)")
_CLOSING = re.compile(r"\s*\}\s*[;,]?\s*")


@dataclass(frozen=True, slots=True)
class Body:
    r"""What a reply gives for a symbol.

    Attributes:
        lines: Its lines without their `\n`; the first and the last are not blank.
        comments: How many of them are comments above the definition.
        decorated: Whether decorators or attributes come next.
        notes: What was done to it.
    """

    lines: tuple[str, ...]
    comments: int = 0
    decorated: bool = False
    notes: tuple[str, ...] = ()


def is_comment(path: str, line: str) -> bool:
    """Return whether a line between definitions is a comment, or a piece of one."""
    pattern = _HASH_COMMENT if language_of(path) == "python" else _SLASH_COMMENT
    return pattern.fullmatch(line) is not None


def read_body(path: str, given: str, holder: str) -> Body:
    """Take a text apart; whether it is what it should be is not judged here.

    Args:
        path: The file.
        given: The text of the reply.
        holder: The line that opens what the symbol lies in, such as `class Till:`, or "". A reply that repeats it
            around the symbol means the symbol alone.
    """
    lines = _trimmed(given.split("\n"))
    if holder.strip() and lines and lines[0].strip() == holder.strip():
        lines = lines[1:]
        if lines and language_of(path) != "python" and _CLOSING.fullmatch(lines[-1]):
            lines = lines[:-1]
        lines = _trimmed(lines)
    comments = 0
    while comments < len(lines) and (not lines[comments].strip() or is_comment(path, lines[comments])):
        comments += 1
    decorated = comments < len(lines) and _DECORATOR.match(lines[comments]) is not None
    return Body(tuple(lines), comments, decorated)


def without_imports(body: Body, text: str) -> tuple[Body, tuple[str, ...]]:
    """Return a Python body without the imports that a file has already, and the lines of those that it lacks."""
    found = imported_by("\n".join(body.lines))
    if not found:
        return body, ()
    known: set[str] = set().union(*(names for _, _, names in imported_by(text)))
    lines = list(body.lines)
    for first, last, names in reversed(found):
        if not names <= known:
            return body, body.lines[first:last]
        del lines[first:last]
    bare = read_body("a.py", "\n".join(lines), "")
    return replace(bare, notes=(*body.notes, "imports that the file has were left out")), ()


def indented(path: str, body: Body, indent: str, present: Collection[str]) -> Body | None:
    """Return a body moved as a whole to an indentation, or None when its lines do not share one.

    Lines that begin within a string stay as they are, because their blanks are part of its value, unless the value
    that is there now shows that they were moved along; docstrings always move.

    Args:
        path: The file.
        body: What the reply gives.
        indent: The indentation of its place.
        present: The lines that are there now, without their ends.
    """
    first = body.lines[body.comments] if body.comments < len(body.lines) else ""
    margin = first[: len(first) - len(first.lstrip())]
    if margin == indent:
        return body
    moved = [indent + line.removeprefix(margin) if line.strip() else "" for line in body.lines]
    fixed = _within_strings(path, body.lines, margin)
    if any(line.strip() and not line.startswith(margin) for at, line in enumerate(body.lines) if at not in fixed):
        return None
    lines: list[str] = []
    for within, group in groupby(range(len(moved)), key=lambda at: at in fixed):
        run = list(group)
        kept, shifted = ([source[at] for at in run] for source in (body.lines, moved))
        stays = within and _known(shifted, present) <= _known(kept, present)
        lines += kept if stays else shifted
    by = len(indent.expandtabs(4)) - len(margin.expandtabs(4))
    return replace(body, lines=tuple(lines), notes=(*body.notes, f"indentation adjusted by {by}"))


def _known(lines: Sequence[str], present: Collection[str]) -> int:
    return sum(line in present for line in lines if line.strip())


def _within_strings(path: str, lines: Sequence[str], margin: str) -> Collection[int]:
    if language_of(path) == "python" and margin:
        return {index - 1 for index in string_lines(path, "\n".join(["if True:", *lines, ""]))}
    return string_lines(path, "\n".join([*lines, ""]))


def _trimmed(lines: Sequence[str]) -> list[str]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []
