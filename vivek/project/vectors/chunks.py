"""Cuts files into pieces of a size that an embedding model takes in at once: definitions, else runs of lines. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vivek.config.redaction import secret_spans
from vivek.edits.codec import Undecodable, decode
from vivek.project.roles import role_of
from vivek.schema.index import Definition
from vivek.workspace.ignore import is_secret

CHARACTERS = 2_000
"""Characters of a piece that the model gets at most."""

_LARGEST = 500_000
_LINES = 80
_MOST = 400
_HOLDERS = frozenset({"class", "struct", "interface", "trait", "impl", "module", "namespace"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, as it is given to the model; lines count from 1."""

    line: int
    end_line: int
    text: str

    @property
    def hash(self) -> bytes:
        """What tells it from every other piece."""
        return hashlib.sha256(self.text.encode()).digest()


def pieces_of(path: str, data: bytes, definitions: Sequence[Definition]) -> tuple[Piece, ...]:
    """Return the pieces of a file; none of one that is secret, generated, brought along, no text or very large.

    A piece that holds a secret is left out.

    Args:
        path: The file.
        data: Its bytes.
        definitions: What it defines, in its order.
    """
    if len(data) > _LARGEST or is_secret(path) or role_of(path) in {"generated", "vendored", "data"}:
        return ()
    decoded = decode(data)
    if isinstance(decoded, Undecodable):
        return ()
    lines = decoded.plain.split("\n")
    spans = [*_spans(definitions, len(lines))] or _runs(1, len(lines))
    found = []
    for line, end, name in spans[:_MOST]:
        body = "\n".join(lines[line - 1 : end])
        if body.strip() and not secret_spans(body):
            found.append(Piece(line, end, f"{path} {name}\n{body}"[:CHARACTERS]))
    return tuple(found)


def _spans(definitions: Sequence[Definition], count: int) -> Iterator[tuple[int, int, str]]:
    """Yield the lines of the definitions: what is long and holds others is its head, then those others."""
    behind = 0
    for place, each in enumerate(definitions):
        if each.line <= behind or each.end_line > count:
            continue
        inner = definitions[place + 1] if place + 1 < len(definitions) else None
        holds = inner is not None and inner.line > each.line and inner.end_line <= each.end_line
        if each.kind in _HOLDERS and holds and inner is not None and each.end_line - each.line >= _LINES:
            yield each.line, inner.line - 1, each.name
            behind = inner.line - 1
            continue
        for line, end, _ in _runs(each.line, each.end_line):
            yield line, end, each.name
        behind = each.end_line


def _runs(first: int, last: int) -> list[tuple[int, int, str]]:
    return [(line, min(line + _LINES - 1, last), "") for line in range(first, last + 1, _LINES)]
