"""Finds a definition of Python by its own lines, without reading the syntax of the whole file.

What is found so is likely, not certain: a string further up may turn all of it into text. `syntax.check.defined_at`
proves it on the new text, which is read once anyway; whoever cannot prove it reads the whole file.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from vivek.edits.reply import RegionBlock
from vivek.edits.spans import Span
from vivek.syntax.languages import language_of
from vivek.syntax.outline import Symbol, outline

_OPENS = re.compile(r"^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_NO_DECORATOR = re.compile(r"(?:(?:async )?def|class|else|elif|except|finally|case)\b.*|\"{3}|'{3}")
_CLOSES = (")", "]", "}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is yet to be proven of a definition that was found at sight.

    Attributes:
        name: Its qualified name.
        span: What takes its place.
        opening: How many lines of that stand before the one that opens the definition.
    """

    name: str
    span: Span
    opening: int


def glance(path: str, lines: Sequence[str], text: str, block: RegionBlock) -> tuple[Symbol, ...] | None:
    r"""Return the symbol that a block names and what lies in it, or None where a glance is not enough.

    Args:
        path: The file.
        lines: Its lines.
        text: Its text, lines ended by `\n`.
        block: What the reply gives.
    """
    if language_of(path) != "python" or "\f" in text or "\r" in text:
        return None
    heads = [at for at in _heads(lines, text, block.symbol.rpartition(".")[2]) if _name(lines, at) == block.symbol]
    if len(heads) != 1:
        return None
    head = heads[0]
    margin = _margin(lines[head])
    start = _above(lines, head, margin)
    piece = lines[start : _below(lines, head, margin)]
    return _within(path, piece, head - start, start, block.symbol)


def plainly_one(span: Span, symbol: Symbol) -> bool:
    """Return whether what takes a symbol's place opens one definition at its indentation."""
    return len(_openings(span, symbol)) == 1


def opening(span: Span, symbol: Symbol) -> int:
    """Return how many lines of a span stand before the line that opens the definition."""
    return _openings(span, symbol)[0]


def _openings(span: Span, symbol: Symbol) -> list[int]:
    found = ((at, _OPENS.match(line)) for at, line in enumerate(span.lines))
    return [at for at, match in found if match is not None and match[1] == symbol.indent]


def claimed_lines(claims: Iterable[Claim], spans: Iterable[Span]) -> list[tuple[str, int]]:
    """Return each claimed name and the line, from 0, that opens its definition once all spans are put in."""
    moved = {id(span): by for span, by in _shifts(spans)}
    return [(claim.name, claim.span.start + moved[id(claim.span)] + claim.opening) for claim in claims]


def _shifts(spans: Iterable[Span]) -> Iterator[tuple[Span, int]]:
    by = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        yield span, by
        by += len(span.lines) - (span.end - span.start)


def _heads(lines: Sequence[str], text: str, last: str) -> Iterator[int]:
    """Yield the lines that seem to open a definition of a name.

    Lines within strings count as well, so there may be too many; never too few.
    """
    line, counted, seen = 0, 0, -1
    at = text.find(last) if last else -1
    while at >= 0:
        line += text.count("\n", counted, at)
        counted = at
        match = _OPENS.match(lines[line])
        if line != seen and match is not None and match[2] == last:
            seen = line
            yield line
        at = text.find(last, at + len(last))


def _name(lines: Sequence[str], head: int) -> str:
    """Return the qualified name of what a line opens, as indentation nests definitions."""
    parts: list[str] = []
    width = len(lines[head])
    for line in reversed(lines[: head + 1]):
        match = _OPENS.match(line)
        if match is not None and len(match[1]) < width:
            parts.append(match[2])
            width = len(match[1])
        if not width:
            break
    return ".".join(reversed(parts))


def _above(lines: Sequence[str], head: int, margin: str) -> int:
    """Return where to begin to read so that no decorator is missed.

    That is the nearest line of code above that is indented no more than the definition, and is no decorator: read with
    it, the end of a statement that begins further up would show. A line that cannot end a decorator is left out.
    """
    first = at = head
    while at > 0:
        at = _nearest(lines, at, margin)
        if not lines[at].lstrip().startswith("@"):
            return first if _NO_DECORATOR.fullmatch(lines[at].strip()) else at
        first = at
    return first


def _nearest(lines: Sequence[str], below: int, margin: str) -> int:
    at = below - 1
    while at > 0 and (not _is_code(lines[at]) or len(_margin(lines[at])) > len(margin)):
        at -= 1
    return at


def _below(lines: Sequence[str], head: int, margin: str) -> int:
    """Return the line behind the last of a definition: the next code that is not indented more ends it."""
    at = head + 1
    while at < len(lines):
        line = lines[at]
        ends = _is_code(line) and len(_margin(line)) <= len(margin)
        if ends and not line.lstrip().startswith(_CLOSES):
            break
        at += 1
    return at


def _within(path: str, piece: Sequence[str], head: int, start: int, name: str) -> tuple[Symbol, ...] | None:
    """Read a few lines alone; the first of them may be one that opens what the definition lies in."""
    outer = 1 if _margin(piece[0]) else 0
    found = outline(path, "if True:\n" * outer + "".join(piece)) or ()
    own = next((each for each in found if each.head == head + outer), None)
    if own is None or not own.alone:
        return None
    by = start - outer
    return tuple(
        replace(
            each,
            name=name + each.name.removeprefix(own.name),
            start=each.start + by,
            head=each.head + by,
            end=each.end + by,
        )
        for each in found
        if own.start <= each.start and each.end <= own.end
    )


def _is_code(line: str) -> bool:
    return line.lstrip()[:1] not in ("", "#")


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
