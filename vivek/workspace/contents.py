"""Bytes by their SHA-256, over one connection. A content is on disk before anything names it.

It knows nothing of files, threads or models.
"""

import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vivek.errors import WorkspaceError
from vivek.workspace.database import open_database
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.tables import MIGRATIONS

FILE_NAME = "workspace.db"
_WORTH_PACKING = 256
_BLOB = "substr(sha, 1, 4) = substr(:key, 1, 4) AND sha = :key"


class Contents:
    """What is kept in `workspace.db` by its hash; usable from any thread.

    Attributes:
        folder: The data folder it lies in.
        path: The database file.
        kept_aside: Where a damaged database was moved when this one was opened, or None.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, kept_aside: Path | None = None) -> None:
        self.folder = path.parent
        self.path = path
        self.kept_aside = kept_aside
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, data: Path, *, uid: Callable[[], int] = os.geteuid) -> Self:
        """Open `workspace.db` in the data folder, made when it is missing.

        Raises:
            WorkspaceError: If it cannot be used; a damaged one is kept aside and replaced instead.
        """
        path = data / FILE_NAME
        opened = open_database(path, migrations=MIGRATIONS, synchronous="FULL", uid=uid)
        return cls(path, opened.connection, opened.kept_aside)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        with self._lock, translate_database_errors(self.path):
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Group writes: all are committed at the end of the outermost block, none after an exception.

        Raises:
            WorkspaceError: If the database cannot be written.
        """
        with self._lock, translate_database_errors(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read over the connection; nobody else of this process uses it meanwhile."""
        with self._lock, translate_database_errors(self.path):
            yield self._connection

    def put(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256 in hex; they are on disk when this returns.

        Inside `transaction` they are on disk when that ends.
        """
        sha = hashlib.sha256(data).hexdigest()
        if self.has(sha):
            return sha
        packed = zlib.compress(data) if len(data) >= _WORTH_PACKING else data
        small = len(packed) < len(data)
        values = (key(sha), len(data), int(small), packed if small else data)
        with self.transaction() as connection:
            if not self.has(sha):  # another process may have been first
                connection.execute("INSERT INTO blobs (sha, size, packed, data) VALUES (?, ?, ?, ?)", values)
        return sha

    def put_text(self, text: str) -> str:
        """Keep a text as UTF-8; any string comes back as it was, lone surrogates included."""
        return self.put(text.encode("utf-8", "surrogatepass"))

    def has(self, sha: str) -> bool:
        """Tell whether a content is kept."""
        return self._find("id", sha) is not None

    def number_of(self, sha: str) -> int:
        """Return the row of a content, by which other tables name it.

        Raises:
            WorkspaceError: If it is missing.
        """
        return int(self._found("id", sha)[0])

    def get(self, sha: str) -> bytes:
        """Return a content.

        Raises:
            WorkspaceError: If it is missing or no longer what was kept; never an empty content instead.
        """
        size, packed, data = self._found("size, packed, data", sha)
        content = _unpack(data, size) if packed else bytes(data)
        if hashlib.sha256(content).hexdigest() != sha:
            msg = f"The content {sha[:12]} in {self.path} is damaged."
            raise WorkspaceError(msg, hint="The turn that names it cannot be shown or resumed; later ones can.")
        return content

    def get_text(self, sha: str) -> str:
        """Return a text kept by `put_text`.

        Raises:
            WorkspaceError: As `get` does.
        """
        return self.get(sha).decode("utf-8", "surrogatepass")

    def _find(self, columns: str, sha: str) -> tuple[Any, ...] | None:
        with self.reading() as connection:
            found: tuple[Any, ...] | None = connection.execute(
                f"SELECT {columns} FROM blobs WHERE {_BLOB}", {"key": key(sha)}
            ).fetchone()
        return found

    def _found(self, columns: str, sha: str) -> tuple[Any, ...]:
        found = self._find(columns, sha)
        if found is None:
            msg = f"The content {sha[:12]} is missing from {self.path}."
            raise WorkspaceError(msg, hint="The turn that names it cannot be shown or resumed; later ones can.")
        return found


def key(sha: str) -> bytes:
    """Return a hash in hex as it is stored; a text that is no hash finds nothing.

    Raises:
        WorkspaceError: If it is no hash.
    """
    try:
        return bytes.fromhex(sha)
    except ValueError as error:
        msg = f"{sha[:12]!r} is missing: it is no SHA-256 in hex."
        raise WorkspaceError(msg) from error


def _unpack(data: bytes, size: int) -> bytes:
    """Unpack at most the size that was written down, so that a forged row cannot fill the memory."""
    try:
        return zlib.decompressobj().decompress(data, max(size, 1))
    except zlib.error:
        return b""  # fails the comparison of hashes
