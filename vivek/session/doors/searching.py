"""Finds words in what was said in threads; no model, no graph, and no index that could be out of date.

Texts are read where they lie: a thousand threads take a fraction of a second, and what is deleted is found no more.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from vivek.errors import ThreadError, WorkspaceError
from vivek.schema.threads import Found, ThreadHit, ThreadSummary
from vivek.session.place import Place, open_place, prepare_data
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.contents import FILE_NAME
from vivek.workspace.store import Store

_BESIDE = 60  # characters of a line before what was found
_LINE = 200
_AT_ONCE = 2_000  # texts that are held in memory


def search_threads(place: Place | None, words: Sequence[str], *, most: int | None = None) -> Found:
    """Return where all of some words were said in one message, newest thread first, oldest turn first.

    Args:
        place: The project, None for all.
        words: What to look for, whatever its case; one with blanks is meant as it stands.
        most: How many places to return, None for all.

    Raises:
        ThreadError: If there is no word to look for.
        WorkspaceError: If the project's texts cannot be read.
    """
    wanted = tuple(word.casefold() for word in words if word.strip())
    if not wanted:
        msg = "There is nothing to look for."
        raise ThreadError(msg, hint="`vivek threads search WORD ...` finds messages with all of the words.")
    with ThreadIndex.open() as index:
        threads = index.list(None if place is None else place.root)
        logs = index.logs(None if place is None else place.root)
    hits: list[ThreadHit] = []
    unread: list[str] = []
    by_project = sorted(threads, key=lambda thread: thread.directory)
    for directory, group in groupby(by_project, key=lambda thread: thread.directory):
        of_project = [(thread, log) for thread in group if (log := logs.get((directory, thread.id)))]
        try:
            hits += _in_project(place or _place_of(directory), of_project, wanted)
        except (WorkspaceError, OSError):
            if place is not None:
                raise
            unread.append(directory)
    hits.sort(key=lambda hit: (-hit.updated, hit.directory, hit.thread, hit.turn))
    return Found(tuple(hits[:most]), len(hits), len(threads), tuple(unread))


def _place_of(directory: str) -> Place:
    root = Path(directory)
    if (root / ".vivek" / FILE_NAME).is_file():
        return Place(root, root / ".vivek", restricted=False)
    return open_place(root)


def _in_project(
    place: Place, threads: Iterable[tuple[ThreadSummary, str]], wanted: Sequence[str]
) -> Iterator[ThreadHit]:
    threads = list(threads)
    if not threads or not (place.data / FILE_NAME).is_file():
        return
    prepare_data(place)
    with Store.open(place.data) as store:
        logs = _Logs(store)
        found: dict[int, str] = {}
        chains = {thread.id: logs.chain(head) for thread, head in threads}
        for number, text in logs.texts({row for chain in chains.values() for row in chain}):
            line = _line_with(text, wanted)
            if line is not None:
                found[number] = line
        for thread, _ in threads:
            turn = 0
            for number in chains[thread.id]:
                turn += logs.rows[number].asked
                if number in found:
                    role = "user" if logs.rows[number].asked else "assistant"
                    yield ThreadHit(
                        thread.id, thread.title, thread.directory, thread.updated, turn, role, found[number]
                    )


@dataclass(frozen=True, slots=True)
class _Said:
    parent: int | None
    asked: bool


class _Logs:
    """The messages of a store, by their rows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.reading() as connection:
            told = connection.execute("SELECT id, parent, role, hash FROM transcript").fetchall()
        self.rows: Mapping[int, _Said] = {number: _Said(parent, role == "user") for number, parent, role, _ in told}
        self._numbers = {sha: number for number, _, _, sha in told}

    def chain(self, head: str) -> list[int]:
        """Return the rows up to a message, the first one first; none when it is missing."""
        number = self._numbers.get(bytes.fromhex(head))
        chain: list[int] = []
        while number is not None and number in self.rows and len(chain) <= len(self.rows):
            chain.append(number)
            number = self.rows[number].parent
        return chain[::-1]

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Yield messages, each with its row; what cannot be read is left out."""
        numbers = sorted(rows)
        for at in range(0, len(numbers), _AT_ONCE):
            with self._store.reading() as connection:
                told = connection.execute(
                    "SELECT t.id, b.packed, b.data, b.sha FROM json_each(?) AS wanted "
                    "JOIN transcript AS t ON t.id = wanted.value JOIN blobs AS b ON b.id = t.blob",
                    [json.dumps(numbers[at : at + _AT_ONCE])],
                ).fetchall()
            for number, packed, data, sha in told:
                try:
                    yield number, self._text(packed, data, sha)
                except (zlib.error, WorkspaceError):
                    continue

    def _text(self, packed: int, data: bytes, sha: bytes) -> str:
        if packed in (0, 1):
            return (zlib.decompress(data) if packed else data).decode("utf-8", "replace")
        return "".join(self._store.pieces(sha.hex()))


def _line_with(text: str, wanted: Sequence[str]) -> str | None:
    """Return the line of a text that holds the first of some words, None unless it holds them all."""
    folded = text.casefold()
    if not all(word in folded for word in wanted):
        return None
    for line in text.splitlines():
        at = line.casefold().find(wanted[0])
        if at >= 0:
            begin = max(0, at - _BESIDE)
            return ("…" if begin else "") + line[begin : begin + _LINE].strip()
    return text[:_LINE]
