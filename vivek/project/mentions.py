"""Which definitions a request names: `@Till.total`, `@till/prices.py::discount`, `discount`, `get_total`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vivek.config.redaction import secret_spans
from vivek.edits.codec import Undecodable, decode
from vivek.project.index.base import Lookup
from vivek.schema.index import Definition, Snippet

_NAME = r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*"
_IN_FILE = re.compile(rf"(?<![\w/])@?((?:[\w.+-]+/)*[\w+-][\w.+-]*)::({_NAME})")
_MARKED = re.compile(rf"(?<![\w@/`])@({_NAME})(?![\w/]|\.\w|::)")
_QUOTED = re.compile(rf"`@?({_NAME})(?:\(\))?`")
_SHAPED = re.compile(rf"(?<![\w./@:$-])({_NAME})(?![\w/$]|::)")
# Inner capital, joined by underscores, or joined by a dot: no word of a sentence looks like this.
_CODE = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2,}[a-z]|[A-Za-z0-9]_[A-Za-z0-9]|\w\.[A-Za-z_]")
_MOST = 12
_CANDIDATES = 60
_HEAD_LINES = 40


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a request names.

    Attributes:
        meant: Definitions that are meant beyond doubt, in the order of the request.
        doubtful: Names behind an `@` that fit several definitions, each with those.
        unknown: Names that were said to be in a file and are not.
    """

    meant: tuple[Definition, ...] = ()
    doubtful: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of what is meant, each once."""
        return tuple(dict.fromkeys(each.path for each in self.meant))


def mentions(request: str, lookup: Lookup, files: Sequence[str]) -> Mentions:
    """Return the definitions that a request names.

    A name behind an `@` is meant as one. Another counts when it stands in back ticks or has the shape of code, and
    exactly one definition has it.

    Args:
        request: The words of the user.
        lookup: What is known of the repository.
        files: Its files: an `@` before one of them names the file.
    """
    meant: dict[Definition, None] = {}
    doubtful: dict[str, tuple[Definition, ...]] = {}
    unknown: list[str] = []
    for path, name in _IN_FILE.findall(request)[:_MOST]:
        inside = [each for each in lookup.definitions_in(path) if _is_named(each, name)]
        if inside:
            meant.setdefault(_outermost(inside))
        elif path in files:
            unknown.append(f"{path}::{name}")
    for name, marked in _names(request, frozenset(files)):
        found = _exactly(name, lookup)
        if len(found) == 1:
            meant.setdefault(found[0])
        elif found and marked:
            doubtful[name] = found
    return Mentions(tuple(meant), doubtful, tuple(unknown))


def _names(request: str, files: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Yield the names in a request, each with whether an `@` stands before it."""
    marked = [name for name in _MARKED.findall(request) if name not in files][:_MOST]
    quoted = _QUOTED.findall(request)
    shaped = [name for name in _SHAPED.findall(request) if _CODE.search(name)]
    others = dict.fromkeys([*quoted, *shaped])
    yield from ((name, True) for name in dict.fromkeys(marked))
    yield from ((name, False) for name in [*others][:_MOST] if name not in marked and name not in files)


def _exactly(name: str, lookup: Lookup) -> tuple[Definition, ...]:
    """Return the definitions that have a name in its exact case, the whole qualified name before its last part.

    Where none has it, `prices.discount` may mean `discount` of a file named `prices`.
    """
    found = tuple(each for each in lookup.definitions(name, limit=_CANDIDATES) if each.kind != "heading")
    for fitting in (
        tuple(each for each in found if each.name == name),
        tuple(each for each in found if each.last == name or each.name.endswith(f".{name}")),
    ):
        if fitting:
            return fitting
    before, _, last = name.rpartition(".")
    if not before:
        return ()
    stem = "/" + before.replace(".", "/")
    inside = (each for each in lookup.definitions(last, limit=_CANDIDATES) if each.name == last)
    return tuple(each for each in inside if f"/{each.path.rpartition('.')[0]}".endswith(stem))


def _is_named(definition: Definition, name: str) -> bool:
    return name in (definition.name, definition.last)


def _outermost(found: Sequence[Definition]) -> Definition:
    return min(found, key=lambda each: (each.name.count("."), each.line))


def named_parts(
    named: Mentions, read: Callable[[str], bytes | None], count: Callable[[str], int], room: int
) -> tuple[Snippet, ...]:
    """Return the text of the definitions that a request names, of a long one its beginning.

    What is no longer where it was indexed is left out, as are files that hold secrets.

    Args:
        named: What the request names.
        read: Returns the bytes of a file as it is now, None when it may not be shown.
        count: Returns the tokens of a text.
        room: Tokens that they take at most together.
    """
    parts: list[Snippet] = []
    for each in named.meant:
        data = read(each.path)
        text = decode(data) if data is not None else None
        if text is None or isinstance(text, Undecodable) or any(secret_spans(text.plain)):
            continue
        lines = text.plain.splitlines(keepends=True)[each.line - 1 : each.end_line]
        kept = _fitting(lines, count, room)
        if kept and any(each.last in line for line in kept):
            text_of = "".join(kept)
            room -= count(text_of)
            parts.append(Snippet(each.path, text_of, each.line, each.line + len(kept) - 1, f"defines {each.name}"))
    return tuple(parts)


def _fitting(lines: Sequence[str], count: Callable[[str], int], room: int) -> Sequence[str]:
    """Return all lines if they fit, else the first ones as far as they fit, and not many of them."""
    if count("".join(lines)) <= room:
        return lines
    kept = lines[:_HEAD_LINES]
    while kept and count("".join(kept)) > room:
        kept = kept[:-1]
    return kept
