"""Bytes by their SHA-256, over one connection. A content is on disk before anything names it.

It knows nothing of files, threads or models.
"""

import hashlib
import os
import sqlite3
import threading
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from vivek.errors import WorkspaceError
from vivek.workspace.database import BUSY_SECONDS, open_database
from vivek.workspace.database_errors import translate_database_errors
from vivek.workspace.locks import share
from vivek.workspace.tables import MIGRATIONS, number_rows

FILE_NAME = "workspace.db"
IN_USE = Path("locks", ".contents")
"""Shared by all who may have kept a content that nothing names yet; who sweeps holds it alone."""
_WORTH_PACKING = 256
_IN_PARTS = 2
_PART_BYTES = 256 * 1024
_PIECE_BYTES = 1024 * 1024
_BLOB = "substr(sha, 1, 4) = substr(:key, 1, 4) AND sha = :key"


class Contents:
    """What is kept in `workspace.db` by its hash; usable from any thread.

    Attributes:
        folder: The data folder it lies in.
        path: The database file.
        kept_aside: Where a damaged database was moved when this one was opened, or None.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, kept_aside: Path | None = None, in_use: int | None = None
    ) -> None:
        self.folder = path.parent
        self.path = path
        self.kept_aside = kept_aside
        self._connection = connection
        self._in_use = in_use
        self._lock = threading.RLock()

    @classmethod
    def open(cls, data: Path, *, uid: Callable[[], int] = os.geteuid) -> Self:
        """Open `workspace.db` in the data folder, made when it is missing.

        Raises:
            WorkspaceError: If it cannot be used; a damaged one is kept aside.
        """
        path = data / FILE_NAME
        opened = open_database(path, migrations=MIGRATIONS, mend=number_rows, uid=uid)
        try:
            in_use = share(data / IN_USE, wait=BUSY_SECONDS)
        except BaseException:
            opened.connection.close()
            raise
        return cls(path, opened.connection, opened.kept_aside, in_use)

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
            if self._in_use is not None:
                os.close(self._in_use)
                self._in_use = None

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
        """Read over the connection; no other thread uses it meanwhile."""
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

    def put_packed(self, sha: str, size: int, packed: IO[bytes]) -> None:
        """Keep a content that lies in a file, without holding it in memory.

        Args:
            sha: The SHA-256 of the content in hex.
            size: Its bytes.
            packed: The content as one stream of zlib.
        """
        packed.seek(0)
        with self.transaction() as connection:
            if self.has(sha):
                return
            values = (key(sha), size, _IN_PARTS)
            row = connection.execute(
                "INSERT INTO blobs (sha, size, packed, data) VALUES (?, ?, ?, '')", values
            ).lastrowid
            position = 0
            while part := packed.read(_PART_BYTES):
                connection.execute("INSERT INTO parts (blob, position, data) VALUES (?, ?, ?)", (row, position, part))
                position += 1

    def pieces(self, sha: str) -> Iterator[str]:
        """Yield a text piece by piece, without holding all of it in memory.

        Raises:
            WorkspaceError: As `get` does; of a damaged text the pieces before the damage was found were yielded.
        """
        digest, decode = hashlib.sha256(), getincrementaldecoder("utf-8")("surrogatepass").decode
        for piece in self._read(sha):
            digest.update(piece)
            if text := decode(piece):
                yield text
        if digest.hexdigest() != sha:
            raise self._damaged(sha)

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
        content = b"".join(self._read(sha))
        if hashlib.sha256(content).hexdigest() != sha:
            raise self._damaged(sha)
        return content

    def get_text(self, sha: str) -> str:
        """Return a text kept by `put_text`.

        Raises:
            WorkspaceError: As `get` does.
        """
        return self.get(sha).decode("utf-8", "surrogatepass")

    def _read(self, sha: str) -> Iterator[bytes]:
        """Yield the bytes of a content as they lie there, whole or in parts."""
        number, size, packed, data = self._found("id, size, packed, data", sha)
        if not packed:
            yield bytes(data)
            return
        parts = self._parts(number) if packed == _IN_PARTS else (data,)
        yield from _unpacked(parts, size)

    def _parts(self, number: int) -> Iterator[bytes]:
        with self.reading() as connection:
            for (data,) in connection.execute("SELECT data FROM parts WHERE blob = ? ORDER BY position", (number,)):
                yield data

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

    def _damaged(self, sha: str) -> WorkspaceError:
        msg = f"The content {sha[:12]} in {self.path} is damaged."
        return WorkspaceError(msg, hint="The turn that names it cannot be shown or resumed; later ones can.")


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


def _unpacked(parts: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Unpack parts of one stream, at most the size that was written down: a forged row must not fill the memory."""
    unpacker = zlib.decompressobj()
    for part in parts:
        packed = part
        while packed and size > 0:
            try:
                piece = unpacker.decompress(packed, min(size, _PIECE_BYTES))
            except zlib.error:
                return  # what is missing fails the comparison of hashes
            packed = unpacker.unconsumed_tail
            size -= len(piece)
            yield piece
