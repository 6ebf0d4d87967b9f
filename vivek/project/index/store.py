"""The database of an index: one statement or transaction at a time, made anew and told when it turns out damaged."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from vivek.errors import IndexingError, WorkspaceError
from vivek.project.index.opening import open_tables, shows_damage, throw_away
from vivek.workspace.database import BUSY_SECONDS
from vivek.workspace.database_errors import translate_database_errors

NAME = "index.db"

_T = TypeVar("_T")
_DAMAGED = "The index was damaged and is made anew."
_Value = str | int | float | bytes | None
_Row = tuple[Any, ...]  # the statement tells what is in it


def has_text_search(connection: sqlite3.Connection) -> bool:
    """Tell whether this SQLite has FTS5, with its tokenizer of trigrams."""
    found = connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone()
    return found is not None and sqlite3.sqlite_version_info >= (3, 34)


class Store:
    """One connection, for any thread, one at a time.

    Args:
        folder: Where the database lies.
        reader: Who reads the files; what another one read is thrown away.
        probe: Tells whether text can be searched.
        wait: Seconds to wait for other processes.

    Attributes:
        path: The database.
        told: What happened to it that the user should hear of.
        generation: Counts the databases that were opened; numbers of rows mean nothing in another one.

    Raises:
        IndexingError: If the database cannot be opened or made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        reader: str,
        probe: Callable[[sqlite3.Connection], bool] = has_text_search,
        wait: float = BUSY_SECONDS,
    ) -> None:
        self.path = folder / NAME
        self.told: list[str] = []
        self.generation = 0
        self._reader = reader
        self._probe = probe
        self._wait = wait
        self._lock = threading.RLock()
        self._text = False
        self._inode = 0
        with self._translated():
            self._connection = self._opened()

    @property
    def text(self) -> bool:
        """Whether it has tables to search text."""
        return self._text

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def ask(self, question: Callable[[sqlite3.Connection], _T]) -> _T:
        """Ask the database; one that turns out to be damaged is made anew, empty, and asked again.

        Args:
            question: Reads rows and values; what it cannot read counts as damage.

        Raises:
            IndexingError: If it cannot be read.
        """
        with self._lock, self._translated():
            try:
                return question(self._connection)
            except (sqlite3.DatabaseError, ValueError) as error:
                if not shows_damage(error):
                    raise
                self._renew()
                return question(self._connection)

    def rows(self, statement: str, values: Sequence[_Value] | Mapping[str, _Value] = ()) -> list[_Row]:
        """Return the rows of a statement, none for a value that no text may hold; raises what `ask` raises."""
        try:
            return self.ask(lambda connection: connection.execute(statement, values).fetchall())
        except UnicodeEncodeError:
            return []

    def write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """Make a change in a transaction of its own: all of it happens, or nothing.

        A database that turns out to be damaged is made anew, empty; then the change is asked for again.

        Raises:
            IndexingError: If it cannot be written.
        """
        with self._lock, self._translated():
            try:
                _commit(self._connection, change)
            except sqlite3.DatabaseError as error:
                if not shows_damage(error):
                    raise
                self._renew()
                _commit(self._connection, change)

    def about(self, key: str, default: int = 0) -> int:
        """Return a number that the index keeps about itself."""
        return self.ask(lambda connection: _about(connection, key, default))

    def version(self) -> tuple[int, int, int]:
        """Return what changes whenever the database does, whoever writes into it."""

        def asked(connection: sqlite3.Connection) -> tuple[int, int, int]:
            (other,) = connection.execute("PRAGMA data_version").fetchone()
            return self.generation, int(other), connection.total_changes

        return self.ask(asked)

    def look_again(self) -> None:
        """Open the database anew if another process has put a new one in its place, or taken it away."""
        with self._lock, self._translated():
            if not self._is_there():
                self._connection.close()
                self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        opened = open_tables(self.path, reader=self._reader, probe=self._probe, wait=self._wait)
        self._text, self._inode = opened.text, opened.inode
        self.generation += 1
        if opened.damaged:
            self._tell(_DAMAGED)
        return opened.connection

    def _renew(self) -> None:
        """Put an empty database in the place of a damaged one, unless another process has done so."""
        self._connection.close()
        if self._is_there():
            throw_away(self.path, self._wait)
        self._tell(_DAMAGED)
        self._connection = self._opened()

    def _is_there(self) -> bool:
        try:
            return self.path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _tell(self, text: str) -> None:
        if text not in self.told:
            self.told.append(text)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translate_database_errors(self.path):
                yield
        except WorkspaceError as error:
            raise IndexingError(error.message, hint=error.hint) from error
        except OSError as error:
            msg = f"The index {self.path} cannot be used: {error.strerror}."
            raise IndexingError(msg, hint=f"Check the rights of {self.path.parent} and the disk.") from error


def _commit(connection: sqlite3.Connection, change: Callable[[sqlite3.Connection], object]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        change(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _about(connection: sqlite3.Connection, key: str, default: int) -> int:
    found = connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
    return int(found[0]) if found else default
