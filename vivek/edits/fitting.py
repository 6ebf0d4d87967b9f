"""Proves that what is put in for a symbol is that symbol, and that every other one stays where it was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vivek.edits.bodies import is_comment
from vivek.edits.feedback import refuse
from vivek.edits.spans import Span, put_in
from vivek.schema.edits import Refusal
from vivek.syntax.check import broken_by, parse_error
from vivek.syntax.languages import language_of
from vivek.syntax.outline import Symbol, outline

AGAIN = (
    "Answer again with `{path}::{symbol}` on a line of its own and then, in a fence, the whole of that definition and "
    "nothing else."
)
_LINE = re.compile(r"\Aline (\d+):")


def proven(path: str, lines: Sequence[str], symbols: Sequence[Symbol], symbol: Symbol, span: Span) -> Span | Refusal:
    """Return a span with what is to be said of it, or why it must not be put in.

    Args:
        path: The file.
        lines: Its lines.
        symbols: Its outline.
        symbol: The symbol that is replaced.
        span: Its place and what comes there.
    """
    advice = AGAIN.format(path=path, symbol=symbol.name)
    result = _read_back(path, lines, symbol, span)
    if result.error is not None:
        what = f"with your `{symbol.name}` it does not parse: {result.error}. The lines around that:"
        return refuse(path, "does not parse", what, quoted=result.around, advice=advice)
    own = [each for each in result.top if each.name == symbol.name]
    if len(own) != 1:
        what = f"your fence for `{symbol.name}` defines it {f'{len(own)} times' if own else 'not at all'}."
        return refuse(path, "another symbol", what, advice=advice)
    if result.stray:
        what = f"your fence for `{symbol.name}` also holds what is no part of it:"
        return refuse(path, "more than the symbol", what, quoted=result.stray, advice=advice)
    outside = [each.name for each in symbols if not _within(each, symbol.start, symbol.end)]
    twice = [each.name for each in result.top if each.name != symbol.name and each.name in outside]
    if twice:
        what = f"your fence for `{symbol.name}` also defines what the file has already:"
        return refuse(path, "given elsewhere", what, quoted=twice, advice=advice)
    if result.outside is not None and result.outside != outside:
        what = f"your `{symbol.name}` does not end where it should, so that other definitions would be lost in it."
        return refuse(path, "does not end", what, advice=advice)
    return _with_losses(path, lines, symbols, symbol, span, result)


@dataclass(frozen=True, slots=True)
class _Result:
    """What stands in a text after a span was put in.

    Attributes:
        error: Why it does not parse any more, or None.
        around: The lines at that error.
        inside: What the span defines, qualified as in the file.
        top: What of it lies in nothing else of it.
        stray: Lines of the span that are in none of these and no comments.
        outside: Names of what else the text defines; None when the span was read without it.
    """

    error: str | None = None
    around: tuple[str, ...] = ()
    inside: tuple[Symbol, ...] = ()
    top: tuple[Symbol, ...] = ()
    stray: tuple[str, ...] = ()
    outside: list[str] | None = None


def _read_back(path: str, lines: Sequence[str], symbol: Symbol, span: Span) -> _Result:
    """Read what a span gives.

    Whole statements of Python stay what they are wherever they stand at one indentation, so they are read alone,
    which is fast. A brace too many shows only in the whole text.
    """
    alone = language_of(path) == "python"
    if alone:
        first = 1 if symbol.indent else 0
        text = "if True:\n" * first + "".join(span.lines)
        error = parse_error(path, text) if outline(path, text) is None else None
    else:
        first = span.start
        text = "".join(put_in(lines, [span]))
        error = broken_by(path, "".join(lines), text)
    if error is not None:
        return _Result(_LINE.sub("", error).strip(), _around(error, text.split("\n"), first if alone else 0))
    last = first + len(span.lines)
    prefix = symbol.name[: len(symbol.name) - len(symbol.last)] if alone else ""
    found = [replace(each, name=prefix + each.name) for each in outline(path, text) or ()]
    inside = tuple(each for each in found if _within(each, first, last))
    top: list[Symbol] = []
    covered: set[int] = set()
    for each in inside:  # outer ones come before those they hold
        if not top or not _within(each, top[-1].start, top[-1].end):
            top.append(each)
            covered.update(range(each.start, each.end))
    rest = [line.rstrip("\n") for index, line in enumerate(span.lines, first) if index not in covered]
    stray = tuple(line for line in rest if line.strip() and not is_comment(path, line))
    outside = None if alone else [each.name for each in found if not _within(each, first, last)]
    return _Result(None, (), inside, tuple(top), stray, outside)


def _with_losses(
    path: str, lines: Sequence[str], symbols: Sequence[Symbol], symbol: Symbol, span: Span, result: _Result
) -> Span | Refusal:
    """Return a span that says what it takes away; one that takes most members of a class away is refused."""
    begin = symbol.name + "."
    old = {each.name for each in symbols if each.name.startswith(begin) and _within(each, symbol.start, symbol.end)}
    new = {each.name for each in result.inside if each.name.startswith(begin)}
    lost = sorted(old - new)
    if 2 * len(lost) > len(old) > len(new):
        what = f"your `{symbol.name}` lacks most of what is in it now:"
        advice = (
            f"{AGAIN.format(path=path, symbol=symbol.name)} Or give the one member that changes: `{path}::{lost[0]}`."
        )
        return refuse(path, "members lost", what, quoted=lost, advice=advice)
    notes = [span.note] if span.note else []
    notes += [f"takes away {', '.join(lost)}"] if lost else []
    if _exported(lines[symbol.head : symbol.end]) and not _exported(span.lines):
        notes.append(f"{symbol.name} is no longer exported")
    return replace(span, note="; ".join(notes))


def _exported(lines: Sequence[str]) -> bool:
    return any(line.startswith("export ") for line in lines)


def _around(error: str, lines: Sequence[str], first: int) -> tuple[str, ...]:
    """Return the lines around the one that an error names, none before `first`."""
    found = _LINE.match(error)
    line = int(found[1]) if found is not None else 0
    return tuple(lines[max(first, line - 3) : line + 2])


def _within(symbol: Symbol, start: int, end: int) -> bool:
    return start <= symbol.start and symbol.end <= end
