"""Turns what was read into rows of the index, a batch at a time; knows no file and no question."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vivek.project.index.reading import Read
from vivek.project.index.tables import BLOCK, BLOCKS, LONGEST_PIECED
from vivek.project.index.upkeep import forget_targets
from vivek.project.words import subwords
from vivek.schema.index import FileFacts, Imported

_MOST_VALUES = 500  # in one statement: older builds of SQLite take 999
_MOST_NAMES = 400_000  # remembered between batches
_HUMPED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")

_UPDATE = (
    "UPDATE files SET size = ?1, modified = ?2, changed = ?3, skipped = ?4, aside = ?5,"
    " targets = CASE WHEN content IS ?6 THEN targets END, content = ?6 WHERE path = ?7"
)
_INSERT = "INSERT INTO files (size, modified, changed, skipped, aside, content, path) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file that was read, with what its text says where that was not known before."""

    path: str
    read: Read
    facts: FileFacts | None = None


class Writer:
    """Writes into one database; remembers the numbers of names.

    Args:
        text: Whether it has tables to search text.
    """

    def __init__(self, *, text: bool) -> None:
        self._text = text
        self._names: dict[str, int] = {}

    def write(self, connection: sqlite3.Connection, batch: Sequence[Fresh]) -> None:
        """Write a batch of files, within a transaction."""
        contents = self._write_contents(connection, batch)
        added: list[str] = []
        for fresh in batch:
            read = fresh.read
            content = contents.get(read.key)
            size, modified, changed = read.stamp
            if read.key and content is None:  # thrown away since we looked: read again
                changed = -1
            row = (size, modified, changed, read.skipped, read.aside, content, fresh.path)
            if connection.execute(_UPDATE, row).rowcount:
                continue
            added.append(fresh.path)
            number = connection.execute(_INSERT, row).lastrowid
            if self._text:
                connection.execute("INSERT INTO places (rowid, path) VALUES (?, ?)", (number, with_parts([fresh.path])))
        if added:
            forget_targets(connection, added)

    def _write_contents(self, connection: sqlite3.Connection, batch: Sequence[Fresh]) -> dict[bytes, int]:
        """Write the contents of a batch that are new; return the numbers of all, by hash."""
        numbers: dict[bytes, int] = {}
        untexted: set[int] = set()
        keys = {fresh.read.key for fresh in batch} - {b""}
        for key, number, texted in chunked(
            connection, "SELECT hash, id, texted FROM contents WHERE hash IN ({})", keys
        ):
            numbers[key] = number
            if not texted:
                untexted.add(number)
        new: list[tuple[int, FileFacts]] = []
        texts: list[tuple[int, str, str]] = []
        for fresh in batch:
            key, number = fresh.read.key, numbers.get(fresh.read.key)
            if number is None and fresh.facts is not None:
                number = numbers[key] = _insert_content(connection, fresh.read, fresh.facts)
                new.append((number, fresh.facts))
                texts.append((number, with_parts(each.last for each in fresh.facts.definitions), fresh.read.text))
            elif number is not None and number in untexted:
                untexted.discard(number)
                texts.append((number, _defined_in(connection, number), fresh.read.text))
        self._write_facts(connection, new)
        if self._text:
            connection.executemany("INSERT INTO texts (rowid, names, text) VALUES (?, ?, ?)", texts)
            blocks = ((number * BLOCKS + at, block) for number, _, text in texts for at, block in _blocks(text))
            connection.executemany("INSERT INTO pieces (rowid, text) VALUES (?, ?)", blocks)
            connection.executemany("UPDATE contents SET texted = 1 WHERE id = ?", [(text[0],) for text in texts])
        return numbers

    def _write_facts(self, connection: sqlite3.Connection, new: Sequence[tuple[int, FileFacts]]) -> None:
        names: set[str] = set()
        for _, facts in new:
            names.update(facts.references)
            names.update([each.last for each in facts.definitions])
        numbers = self._numbered(connection, names)
        connection.executemany(
            "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (content, at, one.name, numbers[one.last], one.kind, one.line, one.end_line, one.signature, one.doc)
                for content, facts in new
                for at, one in enumerate(facts.definitions)
            ],
        )
        connection.executemany(
            "INSERT INTO uses VALUES (?, ?, ?)",
            [
                (content, numbers[name], str(lines[0]) if len(lines) == 1 else " ".join(map(str, lines)))
                for content, facts in new
                for name, lines in facts.references.items()
            ],
        )

    def _numbered(self, connection: sqlite3.Connection, names: set[str]) -> dict[str, int]:
        """Return the numbers of names; new ones get theirs."""
        known = self._names
        if len(known) > _MOST_NAMES:
            known.clear()
        missing = sorted(names.difference(known))
        folded = {name.casefold() for name in missing}
        known.update(chunked(connection, "SELECT name, id FROM names WHERE folded IN ({})", folded))
        missing = [name for name in missing if name not in known]
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM names").fetchone()
        known.update({name: number for number, name in enumerate(missing, last + 1)})
        connection.executemany(
            "INSERT INTO names VALUES (?, ?, ?)", [(known[name], name, name.casefold()) for name in missing]
        )
        return known


def with_parts(names: Iterable[str]) -> str:
    """Return names as a text to be searched, each followed by the words it is made of."""
    parts: list[str] = []
    for name in names:
        parts.append(name)
        if _HUMPED.search(name):
            parts += subwords(name)
    return " ".join(parts)


def chunked(
    connection: sqlite3.Connection, statement: str, values: Iterable[str | bytes | int]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement about many values, `{}` standing for them."""
    rest = list(values)
    for start in range(0, len(rest), _MOST_VALUES):
        some = rest[start : start + _MOST_VALUES]
        yield from connection.execute(statement.format(",".join("?" * len(some))), some)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the blocks of a text with their numbers; what a search asks for at once lies whole in one of them."""
    for number, start in enumerate(range(0, max(len(text), 1), BLOCK)):
        yield number, text[start : start + BLOCK + LONGEST_PIECED]


def _insert_content(connection: sqlite3.Connection, read: Read, facts: FileFacts) -> int:
    imports = json.dumps([(each.module, each.names, each.line) for each in facts.imports], ensure_ascii=False)
    row = (read.key, facts.language, facts.lines, facts.read, facts.fault or read.fault, imports)
    inserted = connection.execute(
        "INSERT INTO contents (hash, language, lines, read, fault, imports, defined, texted)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (*row, len(facts.definitions)),
    )
    return inserted.lastrowid or 0


def _defined_in(connection: sqlite3.Connection, content: int) -> str:
    rows = connection.execute(
        "SELECT names.name FROM definitions JOIN names ON names.id = last WHERE content = ? ORDER BY position",
        (content,),
    )
    return with_parts(name for (name,) in rows)


def parse_imports(kept: str) -> tuple[Imported, ...]:
    """Return the imports of a content as the index keeps them."""
    return tuple(Imported(module, tuple(names), line) for module, names, line in json.loads(kept))


def is_text(name: str) -> bool:
    """Tell whether a name can be written down at all; half a pair of surrogates cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def without_surrogates(facts: FileFacts) -> FileFacts:
    """Return facts in which every character that no text may hold is a question mark."""
    return FileFacts(
        facts.language,
        tuple(
            replace(one, name=_plain(one.name), signature=_plain(one.signature), doc=_plain(one.doc))
            for one in facts.definitions
        ),
        {_plain(name): lines for name, lines in facts.references.items()},
        tuple(Imported(_plain(one.module), tuple(map(_plain, one.names)), one.line) for one in facts.imports),
        facts.lines,
        facts.read,
        _plain(facts.fault),
    )


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
