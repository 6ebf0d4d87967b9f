"""Cuts chosen files into what a prompt has room for: whole definitions, signatures for the rest, small files whole.

Texts are exact. Files that hold secrets, are no text or are gone are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vivek.config.redaction import secret_spans
from vivek.edits.codec import Undecodable, decode
from vivek.project.index.base import Lookup
from vivek.project.roles import role_of
from vivek.schema.index import Definition, Ranked, Snippet
from vivek.syntax.outline import outline
from vivek.workspace.ignore import is_secret

Count = Callable[[str], int]

SMALL_LINES = 60
"""Files of no more lines are shown whole where they fit."""

_FIRST_SHARE = 0.5
"""What the best file may take of the room; each one after it the same share of what is left."""

_LEAST = 12
"""Tokens below which nothing useful can be said of a file."""

_LARGEST = 5_000_000
_HEAD_LINES = 12


@dataclass(slots=True)
class _Table:
    """The room, and what was laid on it."""

    count: Count
    left: int
    snippets: list[Snippet] = field(default_factory=list)

    def put(self, snippet: Snippet, room: int) -> int | None:
        """Lay a snippet down when it takes no more than `room`; return what is left of that then."""
        size = weight(snippet, self.count)
        if size > min(room, self.left):
            return None
        self.snippets.append(snippet)
        self.left -= size
        return room - size


def cut(
    ranked: Sequence[Ranked],
    lookup: Lookup,
    read: Callable[[str], bytes | None],
    count: Count,
    room: int,
) -> tuple[Snippet, ...]:
    """Return the parts of chosen files that matter most, by file in the order of the choice, within a file by line.

    Args:
        ranked: The files, the best first.
        lookup: What is known of the repository.
        read: Returns the bytes of a file as it is now, None when there is none.
        count: Returns the tokens of a text, never too few.
        room: Tokens that all snippets take at most, their paths and reasons included, as `weight` counts them.
    """
    table = _Table(count, room)
    for each in ranked:
        share = int(table.left * _FIRST_SHARE)
        if table.left < _LEAST:
            break
        text = _text(each.path, read)
        if text is not None:
            _lay(each, text, lookup, table, max(share, _LEAST))
    place = {each.path: number for number, each in enumerate(ranked)}
    return tuple(sorted(table.snippets, key=lambda snippet: (place[snippet.path], snippet.line == 0, snippet.line)))


def weight(snippet: Snippet, count: Count) -> int:
    """Return the tokens that a snippet takes with its path and its reason."""
    return count(f"{snippet.path} ({snippet.why})\n{snippet.text}\n")


def _text(path: str, read: Callable[[str], bytes | None]) -> str | None:
    """Return the text of a file that may be shown, or None."""
    data = None if is_secret(path) else read(path)
    if data is None or len(data) > _LARGEST:
        return None
    decoded = decode(data)
    return None if isinstance(decoded, Undecodable) else decoded.plain


def _lay(each: Ranked, text: str, lookup: Lookup, table: _Table, share: int) -> None:
    why = each.why[0] if each.why else ""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    hidden = frozenset(text.count("\n", 0, start) + 1 for start, _ in secret_spans(text))
    if not lines or role_of(each.path) in {"generated", "vendored"}:
        return
    small = len(lines) <= SMALL_LINES and not hidden
    if small and table.put(Snippet(each.path, text, 1, len(lines), why), max(share, table.left // 2)) is not None:
        return
    known = _present(each.path, lookup.definitions_in(each.path), text, lines)
    shown: list[Definition] = []
    for wanted in each.definitions:
        definition = known.get(wanted.name)
        if definition is None or any(_holds(other, definition) or _holds(definition, other) for other in shown):
            continue
        if any(definition.line <= line <= definition.end_line for line in hidden):
            continue
        left = table.put(_whole(definition, lines, why), share)
        if left is not None:
            share = left
            shown.append(definition)
    _lay_rest(each.path, [*known.values()], shown, lines if not hidden else [], table, share, why)


def _whole(definition: Definition, lines: Sequence[str], why: str) -> Snippet:
    text = "\n".join(lines[definition.line - 1 : definition.end_line]) + "\n"
    return Snippet(definition.path, text, definition.line, definition.end_line, why)


def _lay_rest(
    path: str,
    known: Sequence[Definition],
    shown: Sequence[Definition],
    lines: Sequence[str],
    table: _Table,
    share: int,
    why: str,
) -> None:
    """Lay down the signatures of what is not shown whole, as many as fit; of a file without any its beginning."""
    rest = [each for each in known if not any(_holds(other, each) for other in shown)]
    heads = [f"{'  ' * each.name.count('.')}{each.signature or f'{each.kind} {each.last}'}" for each in rest]
    if heads:
        _put_longest(heads, lambda kept: Snippet(path, "\n".join(kept) + "\n", why=why), table, share)
    elif not known and lines:
        _put_longest(
            lines[:_HEAD_LINES],
            lambda kept: Snippet(path, "\n".join(kept) + "\n", 1, len(kept), why),
            table,
            share,
        )


def _put_longest(lines: Sequence[str], make: Callable[[Sequence[str]], Snippet], table: _Table, share: int) -> None:
    """Lay down as many first lines as fit, found by halving."""
    fits, too_many = 0, len(lines) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if weight(make(lines[:middle]), table.count) <= min(share, table.left):
            fits = middle
        else:
            too_many = middle
    if fits:
        table.put(make(lines[:fits]), share)


def _holds(outer: Definition, inner: Definition) -> bool:
    return outer.line <= inner.line and inner.end_line <= outer.end_line


def _present(path: str, indexed: Sequence[Definition], text: str, lines: Sequence[str]) -> dict[str, Definition]:
    """Return the definitions of a file by name; where it changed since it was indexed, as it is now."""
    if not all(_is_at(each, lines) for each in indexed):
        symbols = outline(path, text) or ()
        indexed = [
            Definition(each.name, each.kind, path, each.start + 1, each.end, lines[each.head].strip())
            for each in symbols
        ]
    found: dict[str, Definition] = {}
    for each in indexed:
        found.setdefault(each.name, each)
    return found


def _is_at(definition: Definition, lines: Sequence[str]) -> bool:
    """Tell whether the lines of a definition still hold its name."""
    if not 1 <= definition.line <= definition.end_line <= len(lines):
        return False
    return any(definition.last in line for line in lines[definition.line - 1 : definition.end_line])
