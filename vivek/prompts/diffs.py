"""Cuts a unified diff into parts that can be judged alone: by file, a large file by places, a large place by lines."""

import re
from collections.abc import Iterator, Sequence

from vivek.edits.lines import split_lines
from vivek.schema.budget import Count

_FILE = re.compile(r"^diff --git ", re.MULTILINE)
_PLACE = re.compile(r"^@@ ", re.MULTILINE)
_NAME = re.compile(r'^diff --git (?:"?a/.*?"?) "?b/(.*?)"?$', re.MULTILINE)


def cut_diff(diff: str, largest: int, count: Count) -> tuple[tuple[str, str], ...]:
    """Return a diff in parts, each with a name of its own: `diff` when it is one, else `diff:PATH` with its number.

    No line is lost, and none stands in two parts but the lines that say which file it is.

    Args:
        diff: In git's form, as `edits.diff` writes it.
        largest: Tokens a part should have at most; a single line can have more.
        count: Tokens of a text.
    """
    if count(diff) <= largest:
        return (("diff", diff),)
    parts: list[tuple[str, str]] = []
    for changed in _split(_FILE, diff):
        name = _NAME.search(changed)
        pieces = [changed] if count(changed) <= largest else list(_pieces(changed, largest, count))
        of = f"diff:{name[1] if name else '?'}"
        parts += [(of if len(pieces) == 1 else f"{of} ({at})", piece) for at, piece in enumerate(pieces, 1)]
    return tuple(parts)


def _split(border: re.Pattern[str], text: str) -> list[str]:
    """Return a text cut before each border; what stands before the first one is a piece of its own."""
    starts = sorted({0, *(found.start() for found in border.finditer(text))})
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True) if text[start:end]]


def _pieces(changed: str, largest: int, count: Count) -> Iterator[str]:
    """Yield the change of one file in pieces, each below the lines that name the file."""
    head, *places = _split(_PLACE, changed)
    if not places:
        yield changed
        return
    room = max(1, largest - count(head))
    held = ""
    for place in places:
        if count(held + place) <= room:
            held += place
            continue
        if held:
            yield head + held
            held = ""
        *full, held = _by_lines(place, room, count)
        yield from (head + piece for piece in full)
    yield head + held


def _by_lines(place: str, room: int, count: Count) -> Sequence[str]:
    """Return one place of a diff, cut between lines; each piece says which place it belongs to."""
    if count(place) <= room:
        return [place]
    label, *lines = split_lines(place)
    pieces = [label]
    size = count(label)
    for line in lines:
        tokens = count(line)
        if size + tokens > room and pieces[-1] != label:
            pieces.append(label)
            size = count(label)
        pieces[-1] += line
        size += tokens
    return pieces
