"""Brings an index up to date: what changed is read, in batches that are kept one by one. Asks nothing else of it."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from vivek.project.collecting import kept_from_collector
from vivek.project.ctags import joined
from vivek.project.file_list import FileList
from vivek.project.index import links, upkeep
from vivek.project.index.reading import LARGEST, Read, Reader, Stamp, is_code
from vivek.project.index.rows import Fresh, Writer, is_text, without_surrogates
from vivek.project.index.sources import Sources
from vivek.project.index.store import Store
from vivek.schema.index import FileFacts
from vivek.syntax.languages import language_of
from vivek.workspace.ignore import is_secret
from vivek.workspace.paths import PROTECTED

Progress = Callable[[int, int], None]
"""Hears of files done and files to do."""

BATCH = 256
"""Files that are written in one transaction, which is what a kill may lose."""

_BATCH_SIZE = 1_000_000
_ASKED = 128  # files that are looked at between two questions whether to stop
_PROGRESS_SECONDS = 0.05


class RenewedError(Exception):
    """The database was thrown away meanwhile: whoever writes into it begins again."""


class Refresh:
    """One pass over the files of a project.

    Args:
        store: The database.
        reader: Reads the files.
        sources: What is listed, and how it is read.
        stop: Asked between files whether to end.
        on_progress: Hears how far it is, at most twenty times a second.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        sources: Sources,
        *,
        stop: Callable[[], bool],
        on_progress: Progress | None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._sources = sources
        self._stop = stop
        self._on_progress = on_progress
        self._stopped = False
        self._told = float("-inf")
        self._generation = store.generation
        self._writer = Writer(text=store.text)

    def run(self) -> bool:
        """Look at all files, read those that changed, forget those that are gone; tell whether it came to the end.

        Raises:
            RenewedError: If the database was found damaged and is empty now.
            IndexingError: If it cannot be written.
        """
        known = self._known()
        told = self._sources.list_files()
        unusable = told.unusable if isinstance(told, FileList) else 0
        listed = set(told)
        paths = sorted(path for path in listed if path in known or _may_be_read(path))
        due, gone = self._compared(paths, known)
        if self._stopped:
            return False
        if due or gone:
            self._write(lambda connection: self._begin(connection, gone))
        done = 0
        for batch in self._batches(due):
            self._keep(batch)
            done += len(batch)
            self._tell(done, len(due))
        if self._stopped or not self._resolve():
            return False
        secret = sum(map(is_secret, listed.difference(paths)))
        self._finish({"complete": 1, "listed": len(paths), "secret": secret, "unusable": unusable})
        return bool(self._store.about("complete"))

    def _finish(self, about: Mapping[str, int]) -> None:
        """Note how far it is, and throw away what is no longer needed."""
        if any(self._store.about(key, -1) != value for key, value in about.items()):
            self._write(lambda connection: upkeep.note(connection, about))
            self._write(lambda connection: upkeep.collect(connection, text=self._store.text))

    def _begin(self, connection: sqlite3.Connection, gone: Sequence[str]) -> None:
        upkeep.note(connection, {"complete": 0})
        upkeep.forget(connection, gone, text=self._store.text)

    def _known(self) -> dict[str, Stamp]:
        """Return the files of the index with their stamps; one that fits nothing where the text is to be kept anew."""
        rows = self._store.rows("SELECT path, size, modified, changed FROM files")
        known: dict[str, Stamp] = {path: (size, modified, changed) for path, size, modified, changed in rows}
        if self._store.text:
            untexted = "SELECT path FROM contents JOIN files ON content = contents.id WHERE texted = 0"
            known.update({path: (0, 0, -1) for (path,) in self._store.rows(untexted)})
        return known

    def _compared(self, paths: Sequence[str], known: Mapping[str, Stamp]) -> tuple[list[str], list[str]]:
        """Return the files that are to be read, and those that are gone."""
        due: list[str] = []
        gone = set(known)
        for number, path in enumerate(paths):
            if number % _ASKED == 0 and self._ends():
                break
            stamp = self._reader.stamp(path)
            if stamp is None:
                continue
            gone.discard(path)
            if known.get(path) != stamp:
                due.append(path)
        return due, sorted(gone)

    def _batches(self, paths: Sequence[str]) -> Iterator[list[Fresh | str]]:
        """Yield what was read, some files at a time; a file that has gone meanwhile is its path alone."""
        batch: list[Fresh | str] = []
        size = 0
        for path in paths:
            if self._ends():
                break
            read = self._reader.read(path)
            batch.append(path if read is None else Fresh(path, read, self._facts(path, read)))
            size += 0 if read is None else len(read.text)
            if len(batch) >= BATCH or size > _BATCH_SIZE:
                yield self._more(batch)
                batch, size = [], 0
        if batch:
            yield self._more(batch)

    def _facts(self, path: str, read: Read) -> FileFacts | None:
        """Return what a text says; None where there is none, or what it says is known."""
        if not read.key or self._store.rows("SELECT 1 FROM contents WHERE hash = ?", (read.key,)):
            return None
        if read.skipped:
            return FileFacts(language_of(path), lines=read.text.count("\n"))
        with kept_from_collector():
            return self._sources.extract(path, read.text)

    def _more(self, batch: list[Fresh | str]) -> list[Fresh | str]:
        """Have the files read that nobody here could read."""
        unread = [one.path for one in batch if isinstance(one, Fresh) and _is_unread(one)]
        more = self._sources.read_more(unread) if unread else {}
        return [
            replace(one, facts=joined(one.facts, more[one.path]))
            if isinstance(one, Fresh) and one.facts is not None and one.path in more
            else one
            for one in batch
        ]

    def _keep(self, batch: Sequence[Fresh | str]) -> None:
        fresh = [one for one in batch if isinstance(one, Fresh)]
        gone = [one for one in batch if isinstance(one, str)]

        def keep(connection: sqlite3.Connection) -> None:
            self._writer.write(connection, fresh)
            upkeep.forget(connection, gone, text=self._store.text)

        try:
            self._write(keep)
        except UnicodeEncodeError:  # an escape in a literal may stand for a character that no text may hold
            fresh = [replace(one, facts=None if one.facts is None else without_surrogates(one.facts)) for one in fresh]
            self._write(keep)

    def _resolve(self) -> bool:
        """Find out which files import which; tell whether that came to its end."""
        files = links.find_open(self._store)
        if not files:
            return True
        numbers: dict[str, int] = dict(self._store.rows("SELECT path, id FROM files"))
        resolve = self._sources.resolver(numbers, partial(self._reader.bytes_of, most=LARGEST))
        for start in range(0, len(files), links.AT_ONCE):
            if self._ends():
                return False
            found = links.resolve_some(self._store, files[start : start + links.AT_ONCE], resolve, numbers)
            self._write(partial(links.keep_some, found=found))
        return True

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        def checked(connection: sqlite3.Connection) -> None:
            if self._store.generation != self._generation:
                raise RenewedError
            change(connection)

        self._store.write(checked)

    def _ends(self) -> bool:
        self._stopped = self._stopped or self._stop()
        return self._stopped

    def _tell(self, done: int, whole: int) -> None:
        now = time.monotonic()
        if self._on_progress is not None and (done == whole or now - self._told >= _PROGRESS_SECONDS):
            self._told = now
            self._on_progress(done, whole)


def _may_be_read(path: str) -> bool:
    """Tell whether a file may be indexed at all; what lies in git's folder or ours never is."""
    return is_text(path) and not is_secret(path) and PROTECTED.isdisjoint(path.split("/"))


def _is_unread(fresh: Fresh) -> bool:
    """Tell whether nobody really read a file that could hold definitions."""
    facts = fresh.facts
    if facts is None or fresh.read.skipped or facts.fault:
        return False
    return facts.read in ("", "pattern") and is_code(facts.language)
