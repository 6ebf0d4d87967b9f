"""The index of a project: opened here, brought up to date, asked. Everything of it can be made anew from the files."""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from vivek.errors import IndexingError, WorkspaceError
from vivek.project.graph import turned
from vivek.project.index import answers, links
from vivek.project.index.reading import Read, Reader
from vivek.project.index.refresh import Progress, Refresh, RenewedError
from vivek.project.index.sources import Extract, List, ReadMore, Sources
from vivek.project.index.store import Store
from vivek.project.index.text import TextSearch
from vivek.schema.index import Definition, Imported, IndexStatus, TextHit
from vivek.workspace.locks import hold

SCHEMA = 1
"""Raised when the same facts are kept in another way; an index of another schema is made anew."""

_LOCK = "locks/index.lock"
_WAIT = 0.04  # seconds between two questions whether to stop
_PATIENCE = 10.0  # seconds that another process may go without writing anything
_PASSES = 3


def open_index(
    root: Path,
    data: Path,
    *,
    list_files: List,
    extract: Extract | None = None,
    read_more: ReadMore | None = None,
    reader: str = "",
) -> "Index":
    """Open the index of a project; it is as far as it was brought, and `refresh` brings it up to date.

    Args:
        root: The project's root.
        data: The folder its database lies in.
        list_files: Returns the files of the project, relative to the root.
        extract: Reads one text; by default `syntax.facts.facts_of`.
        read_more: Reads files whose language `extract` does not know; by default universal-ctags, where there is one.
        reader: Who reads, with a version, when it is not the default; what another one read is thrown away.

    Raises:
        IndexingError: If the database cannot be opened or made.
    """
    if extract is None:
        from vivek.syntax.facts import facts_of

        extract, reader = facts_of, f"{usual_reader()}{reader}"
    if read_more is None:
        from vivek.project.ctags import Ctags

        read_more = Ctags(root).read_batch
        reader += " ctags" * (shutil.which("ctags") is not None)
    return Index(root, Store(data, reader=f"{SCHEMA} {reader}"), Sources(list_files, extract, read_more))


def usual_reader() -> str:
    """Return who reads the texts of an index by default, for those who find the same in them and more."""
    from vivek.syntax.facts import readers

    return f"{readers()} "


class _WorkedOut:
    """What is worked out of one state of a database, each when it is first asked for.

    Args:
        store: The database.
        version: Its state.
    """

    def __init__(self, store: Store, version: object) -> None:
        self.version = version
        self._store = store

    @cached_property
    def paths(self) -> Sequence[str]:
        return answers.all_paths(self._store)

    @cached_property
    def edges(self) -> Mapping[str, Mapping[str, int]]:
        return links.all_links(self._store)

    @cached_property
    def importers(self) -> Mapping[str, Sequence[str]]:
        return turned(self.edges)


class Index:
    """Implements `project.index.base.Lookup`; usable from any thread, one call at a time, while it is refreshed too.

    Args:
        root: The project's root.
        store: Its database.
        sources: Where it gets its knowledge from.
    """

    def __init__(self, root: Path, store: Store, sources: Sources) -> None:
        self._store = store
        self._sources = sources
        self._reader = Reader(root)
        self._text = TextSearch(store, self._reader)
        self._refreshing = threading.Lock()
        self._worked_out = _WorkedOut(store, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """Its database, for what is kept beside it."""
        return self._store

    def read(self, path: str) -> Read | None:
        """Return a file as it is now, None when it is gone."""
        return self._reader.read(path)

    def text_of(self, path: str) -> str:
        """Return the text of a file as it is now, "" where it is gone, too large or no text."""
        return self._reader.text_of(path)

    def close(self) -> None:
        """Close the database."""
        self._store.close()
        self._reader.close()

    def status(self) -> IndexStatus:
        """Return how far the index is."""
        return answers.find_status(self._store)

    def refresh(self, *, on_progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> IndexStatus:
        """Bring the index up to date: new, changed and deleted files.

        While another process does so, this one waits and then looks whether anything is left to do.

        Args:
            on_progress: Hears of files done and files to do.
            stop: Asked between files; what was done so far is kept.

        Raises:
            IndexingError: If the database cannot be written.
        """
        with self._refreshing, ExitStack() as turn:
            if self._take_turn(turn, stop):
                self._store.look_again()
                for _ in range(_PASSES):
                    with suppress(RenewedError):
                        one = Refresh(self._store, self._reader, self._sources, stop=stop, on_progress=on_progress)
                        if one.run() or stop():
                            break
        return self.status()

    def paths(self) -> Sequence[str]:
        """Return the indexed files, sorted."""
        return self._now().paths

    def definitions(self, name: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions of a name: exactly so named, then by the end of their name, then in any letter case."""
        return answers.find_definitions(self._store, name, limit=limit)

    def definitions_like(self, pattern: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions whose last part fits a glob; one with a dot is held against whole names."""
        return answers.find_alike(self._store, pattern, limit=limit)

    def definitions_in(self, path: str) -> Sequence[Definition]:
        """Return what a file defines, in its order."""
        return answers.defined_in(self._store, path)

    def defined(self, names: Iterable[str]) -> Mapping[str, int]:
        """Return which names are defined at all, and how many times each."""
        return answers.count_defined(self._store, names)

    def references(self, name: str, *, limit: int = 200) -> Mapping[str, tuple[int, ...]]:
        """Return the files that use a name, each with the lines."""
        return answers.find_uses(self._store, name, limit=limit)

    def referred(self, path: str) -> Mapping[str, tuple[int, ...]]:
        """Return the names that a file uses, each with the lines."""
        return answers.used_in(self._store, path)

    def imports_of(self, path: str) -> Sequence[Imported]:
        """Return the imports of a file as it writes them."""
        return answers.imported_in(self._store, path)

    def edges(self) -> Mapping[str, Mapping[str, int]]:
        """Return which file imports which other, with how many names or statements."""
        return self._now().edges

    def importers(self) -> Mapping[str, Sequence[str]]:
        """Return by which others each file is imported."""
        return self._now().importers

    def match(self, words: Sequence[str], *, limit: int = 50) -> Sequence[tuple[str, float]]:
        """Return files by how well path, defined names and text fit some words, best first."""
        return self._text.match(words, limit=limit)

    def search(self, text: str, *, limit: int = 100) -> Sequence[TextHit]:
        """Return lines that hold exactly this text, in any letter case, read from the files as they are now.

        A file that was made or changed since the last refresh is found only by what it held then.
        """
        return self._text.search(text, limit=limit)

    def _now(self) -> "_WorkedOut":
        """Return what was worked out of the database as it is now."""
        version, known = self._store.version(), self._worked_out
        if version != known.version:
            known = self._worked_out = _WorkedOut(self._store, version)
        return known

    def _take_turn(self, turn: ExitStack, stop: Callable[[], bool]) -> bool:
        """Wait until no other process refreshes this index; give up on one that gets nowhere."""
        seen, since = self._store.version(), time.monotonic()
        while not stop():
            try:
                turn.enter_context(hold(self._store.path.parent / _LOCK, wait=_WAIT))
            except WorkspaceError as error:
                if not isinstance(error.__cause__, BlockingIOError):
                    raise IndexingError(error.message, hint=error.hint) from error
            else:
                return True
            version = self._store.version()
            if version != seen:
                seen, since = version, time.monotonic()
            elif time.monotonic() - since > _PATIENCE:
                return False
        return False
