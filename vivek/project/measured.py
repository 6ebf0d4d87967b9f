"""Keeps what the files of a project measure beside its index, by content: only what is new is read.

It can be made anew at any time; another version of those who measure throws it away.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from vivek.project.index.index import Index, open_index, usual_reader
from vivek.project.index.refresh import Progress
from vivek.project.index.sources import List
from vivek.project.measure_rows import Row, packed, unpacked
from vivek.schema.index import FileFacts, IndexStatus
from vivek.schema.measures import FileMeasures
from vivek.syntax.facts import facts_of, tree_of
from vivek.syntax.manifests import is_manifest
from vivek.syntax.measures import measurers, measures_of

_BATCH = 64
_MOST_KEPT = 64_000_000  # characters and bytes that wait until the index has their contents
_ABOUT = "measurer"


class Due(NamedTuple):
    """A content that is to be measured: one of its files, its number and hash, and by which name of a file."""

    path: str
    content: int
    key: bytes
    name: str


def open_measured(root: Path, data: Path, *, list_files: List) -> "Measured":
    """Open the index of a project so that a text is read once for both, the index and the measures.

    Args:
        root: The project's root.
        data: The folder its database lies in.
        list_files: Returns the files of the project, relative to the root.

    Raises:
        IndexingError: If the database cannot be opened or made.
    """
    reading = _Reading()
    index = open_index(root, data, list_files=list_files, extract=reading.extract, reader=usual_reader())
    return Measured(index, reading)


class _Reading:
    """Reads texts for an index, and measures them on the way."""

    def __init__(self) -> None:
        self._found: dict[str, Row] = {}
        self._size = 0

    def extract(self, path: str, text: str) -> FileFacts:
        """Return what a text says, and keep what it measures."""
        tree = tree_of(path, text)
        if self._size < _MOST_KEPT:
            row = packed(measures_of(path, text, tree))
            self._found[path] = row
            self._size += len(row[0]) + len(row[1])
        return facts_of(path, text, tree)

    def take(self) -> dict[str, Row]:
        """Return what was measured since, and forget it."""
        found, self._found, self._size = self._found, {}, 0
        return found


class Measured:
    """An index with the measures of its files; usable from any thread, one call at a time.

    Args:
        index: The index.
        reading: Measures what the index reads anew; None where somebody else opened the index.

    Attributes:
        index: The index.
    """

    def __init__(self, index: Index, reading: _Reading | None = None) -> None:
        self.index = index
        self._reading = reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def refresh(self, *, on_progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> IndexStatus:
        """Bring index and measures up to date.

        Args:
            on_progress: Hears of files done and files to do, first of the index, then of what is left to be measured.
            stop: Asked between files; what was done so far is kept.

        Raises:
            IndexingError: If the database cannot be written.
        """
        status = self.index.refresh(on_progress=on_progress, stop=stop)
        known = self._reading.take() if self._reading is not None else {}
        store = self.index.store
        store.write(_renew)
        due = iter(wanted := self._due())
        done = 0
        while (batch := list(islice(due, _BATCH))) and not stop():
            store.write(partial(_keep, rows=[*self._measured(batch, known)]))
            done += len(batch)
            if on_progress is not None:
                on_progress(done, len(wanted))
        return status

    def measures(self, paths: Collection[str] | None = None) -> Mapping[str, FileMeasures]:
        """Return what files measured when they were last brought up to date, sorted by path.

        A file that is no text, too large or minified has none.

        Args:
            paths: The files that are asked about; None means all.

        Raises:
            IndexingError: If the database cannot be read.
        """
        statement = (
            "SELECT path, name, told, prints FROM files JOIN measures USING (content) WHERE skipped = '' ORDER BY path"
        )

        def asked(connection: sqlite3.Connection) -> dict[str, FileMeasures]:
            return {
                path: unpacked(path, (told, prints))
                for path, name, told, prints in connection.execute(statement)
                if (paths is None or path in paths) and name == _named(path)
            }

        return self.index.store.ask(asked)

    def _due(self) -> list[Due]:
        """Return the contents that nobody has measured."""
        files = self.index.store.rows(
            "SELECT path, contents.id, hash FROM files JOIN contents ON contents.id = files.content"
            " WHERE skipped = '' ORDER BY path"
        )
        known = set(self.index.store.rows("SELECT content, name FROM measures"))
        due = {
            (content, name): Due(path, content, key, name)
            for path, content, key in files
            if (content, name := _named(path)) not in known
        }
        return [*due.values()]

    def _measured(self, batch: Sequence[Due], known: Mapping[str, Row]) -> Iterator[tuple[int, str, str, bytes]]:
        """Yield the rows of some contents; a file that has changed since is left to the next time."""
        for path, content, key, name in batch:
            row = known.get(path)
            if row is None:
                read = self.index.read(path)
                if read is None or read.key != key:
                    continue
                row = packed(measures_of(path, read.text))
            yield content, name, *row


def _renew(connection: sqlite3.Connection) -> None:
    """Forget what other versions measured."""
    measurer = measurers()
    found = connection.execute("SELECT value FROM about WHERE key = ?", (_ABOUT,)).fetchone()
    if found is None or found[0] != measurer:
        connection.execute("DELETE FROM measures")
        connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (_ABOUT, measurer))


def _keep(connection: sqlite3.Connection, rows: Sequence[tuple[int, str, str, bytes]]) -> None:
    connection.executemany("INSERT OR REPLACE INTO measures VALUES (?, ?, ?, ?)", rows)


def _named(path: str) -> str:
    """Return the name of a file where it counts for what its text measures, else ""."""
    return path.rpartition("/")[2] if is_manifest(path) else ""
