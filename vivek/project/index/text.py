"""Finds files by words and lines by text; the tables only name candidates, the files themselves are read."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vivek.project.index.reading import Reader, Stamp, most_of
from vivek.project.index.store import Store
from vivek.project.index.tables import BLOCK, BLOCKS, LONGEST_PIECED
from vivek.project.search import Query, search_file, search_text
from vivek.schema.index import TextHit

if TYPE_CHECKING:
    import regex

_LARGEST = 5_000_000  # what the index itself does not read is still searched
_MOST_WORDS = 64
_SHORTEST = 3
_SKIPPING = 7  # from so many bytes on, searching by skipping ahead is faster than making all letters small first
_MOST_PIECES = 10  # more of them leave out few more files, and each costs a look into the table
_IN_NAMES, _IN_TEXT, _IN_PATH = 6.0, 1.0, 1.5
_ASIDE = (1.0, 0.8, 0.4)

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_MATCHING = """
    SELECT path, aside, -bm25(texts, {names}, {text}) AS fit FROM texts JOIN files ON files.content = texts.rowid
    WHERE texts MATCH ? AND skipped = '' ORDER BY fit DESC, path LIMIT ?
"""
_PLACED = """
    SELECT files.path, aside, -bm25(places) AS fit FROM places JOIN files ON files.id = places.rowid
    WHERE places MATCH ? AND skipped = '' ORDER BY fit DESC, files.path LIMIT ?
"""
_HOLDING = f"""
    SELECT path, size, modified, changed, pieces.rowid & {BLOCKS - 1}
    FROM pieces JOIN files ON content = pieces.rowid / {BLOCKS} WHERE pieces MATCH ? {{words}}
    UNION ALL SELECT path, 0, 0, -1, 0 FROM files JOIN contents ON contents.id = content WHERE texted = 0
    UNION ALL SELECT path, 0, 0, -1, 0 FROM files WHERE skipped = 'too large'
"""
_WITH_WORDS = "AND content IN (SELECT rowid FROM texts WHERE texts MATCH ?)"
_NEVER: Stamp = (0, 0, -1)
_NAMED = """
    SELECT path, aside, count(DISTINCT names.id) FROM names JOIN definitions ON definitions.last = names.id
    JOIN files ON files.content = definitions.content
    WHERE names.folded LIKE ? ESCAPE '\\' GROUP BY path
"""


class TextSearch:
    """Searches by the words of a project.

    Args:
        store: The database.
        reader: Reads the files.
    """

    def __init__(self, store: Store, reader: Reader) -> None:
        self._store = store
        self._reader = reader

    def match(self, words: Sequence[str], *, limit: int) -> list[tuple[str, float]]:
        """Return files by how well path, defined names and text fit some words, best first."""
        runs = list(dict.fromkeys(run for word in words[:_MOST_WORDS] for run in re.findall(r"\w+", word.lower())))
        scores: dict[str, float] = {}
        for path, aside, fit in self._fits(runs, 4 * limit) if runs else ():
            scores[path] = scores.get(path, 0.0) + fit * _ASIDE[aside]
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def search(self, text: str, *, limit: int) -> list[TextHit]:
        """Return lines that hold exactly this text, in any letter case, read from the files as they are now."""
        if not text or "\n" in text:
            return []
        query = Query(_finder(text))
        needle = text.lower().encode() if text.isascii() else b""
        holds = _holder(needle)
        hits: list[TextHit] = []
        for path, where in self._candidates(text.lower()):
            looked = self._reader.look(path, most=max(_LARGEST, most_of(path)))
            if looked is None:
                continue
            data, stamp = looked
            if needle and data.isascii() and b"\r" not in data and b"\0" not in data:
                # Most files: no letter changes its place, neither in the table nor when all are made small.
                if not any(holds(data, start, end) for start, end in where.spans(stamp, len(needle))):
                    continue
                found = search_text(_plain(data.lower(), needle), data.decode("ascii"), most=limit - len(hits))
            elif holds(data, 0, len(data)) or data.startswith(_WIDE_MARKS):
                found = search_file(query, data, most=limit - len(hits))
            else:
                continue
            hits += [TextHit(path, hit.line, hit.text) for hit in found.hits]
            if len(hits) >= limit:
                break
        return hits

    def _fits(self, runs: Sequence[str], most: int) -> Iterator[tuple[str, int, float]]:
        if self._store.text:
            words = " OR ".join(f'"{run}"' for run in runs)
            yield from self._store.rows(_MATCHING.format(names=_IN_NAMES, text=_IN_TEXT), (words, most))
            for path, aside, fit in self._store.rows(_PLACED, (words, most)):
                yield path, aside, fit * _IN_PATH
            return
        for run in runs:
            like = "%" + re.sub(r"([%_\\])", r"\\\1", run) + "%"
            yield from self._store.rows(_NAMED, (like,))
            places = "SELECT path, aside, 2.0 FROM files WHERE skipped = '' AND path LIKE ? ESCAPE '\\'"
            yield from self._store.rows(places, (like,))

    def _candidates(self, text: str) -> list[tuple[str, "_Where"]]:
        """Return the files that may hold a text in small letters, sorted; those whose text is not kept always may."""
        pieces = _pieces(text) if self._store.text else []
        found: dict[str, _Where] = {}
        if pieces:
            held = " AND ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
            words = _phrase(text)
            statement = _HOLDING.format(words=_WITH_WORDS if words else "")
            for path, *stamp, block in self._store.rows(statement, (held, words) if words else (held,)):
                where = found.get(path)
                if where is None:
                    where = found[path] = _Where(tuple(stamp), [])
                where.blocks.append(block)
        else:
            rows = self._store.rows("SELECT path FROM files WHERE content IS NOT NULL OR skipped = 'too large'")
            found = {path: _Where(_NEVER, []) for (path,) in rows}
        return sorted(found.items())


@dataclass(frozen=True, slots=True, order=True)
class _Where:
    """The blocks of a file in which a text may begin, and what the file was when they were written down."""

    stamp: Stamp
    blocks: list[int]

    def spans(self, now: Stamp, length: int) -> Iterable[tuple[int, int]]:
        """Return where a text of some length may lie in a file of plain letters: anywhere, if that has changed."""
        if now != self.stamp:
            return [(0, sys.maxsize)]
        return [(block * BLOCK, block * BLOCK + BLOCK + length) for block in self.blocks]


def _holder(needle: bytes) -> Callable[[bytes, int, int], bool]:
    """Return what tells whether bytes hold some others, given in small letters, in any letter case."""
    if len(needle) < _SKIPPING:
        return lambda data, start, end: needle in data[start:end].lower()
    import regex

    pattern = regex.compile(regex.escape(needle), regex.IGNORECASE | regex.ASCII)
    return lambda data, start, end: pattern.search(data, start, end) is not None


def _plain(lowered: bytes, needle: bytes) -> Query:
    """Return the query for a text in small letters within one whose small letters are known."""
    text, wanted = lowered.decode("ascii"), needle.decode("ascii")
    return Query(lambda _where, start: text.find(wanted, start))


def _finder(text: str) -> Callable[[str, int], int]:
    """Return what finds a text in another one from a place on, in any letter case."""

    @cache
    def pattern() -> "regex.Pattern[str]":
        import regex

        # Told that only plain letters have two cases it skips ahead, which is ten times as fast.
        return regex.compile(regex.escape(text), regex.IGNORECASE | (regex.ASCII if text.isascii() else 0))

    def find(where: str, start: int) -> int:
        match = pattern().search(where, start)
        return -1 if match is None else int(match.start())

    return find


def _pieces(text: str) -> list[str]:
    """Return what three characters in a row a text has, but for letters that SQLite may fold otherwise than Python."""
    runs = (text[at : at + 3] for at in range(min(len(text), LONGEST_PIECED) - 2))
    pieces = list(dict.fromkeys(run for run in runs if all(map(_is_plain, run))))
    return pieces[:: -(-len(pieces) // _MOST_PIECES)] if pieces else []


def _phrase(text: str) -> str:
    """Return the words of a text that every file with it has one behind another, as a phrase; "" if there is none.

    The first word of the text may be the end of a longer one, the last one the beginning.
    """
    if not text.isascii():  # accents are taken off in the table
        return ""
    runs = [run for run in re.finditer(r"[a-z0-9]+", text) if run.start() > 0]
    if runs and runs[-1].end() == len(text) and len(runs[-1][0]) < _SHORTEST:
        runs.pop()  # of words that begin so there are too many
    if not runs:
        return ""
    open_ended = " *" if runs[-1].end() == len(text) else ""
    return f'text : "{" ".join(run[0] for run in runs)}"{open_ended}'


def _is_plain(character: str) -> bool:
    return character.isascii() or character.lower() == character.upper()
