"""The content store: bytes by their SHA-256, and the messages of the transcript, committed before they are named.

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
from typing import Self

from vivek.errors import WorkspaceError
from vivek.schema.messages import Role, Row
from vivek.workspace.database import open_database, translate_database_errors
from vivek.workspace.tables import MIGRATIONS

FILE_NAME = "workspace.db"
_WORTH_PACKING = 256
_LONGEST_CHAIN = 100_000  # a forged chain may be a circle
_COLUMNS = "hash, parent, role, node, blob, tokens"
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
_CHAIN = f"""
    WITH RECURSIVE chain (depth, {_COLUMNS}) AS (
        SELECT 0, {_COLUMNS} FROM transcript WHERE hash = :head
        UNION ALL
        SELECT chain.depth + 1, t.hash, t.parent, t.role, t.node, t.blob, t.tokens
        FROM chain JOIN transcript AS t ON t.hash = chain.parent
        LIMIT :limit
    )
    SELECT {_COLUMNS} FROM chain ORDER BY depth DESC
"""


class Store:
    """Contents and messages over one connection, which the journal shares.

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
            connection.execute("INSERT OR IGNORE INTO blobs (sha, size, packed, data) VALUES (?, ?, ?, ?)", values)
        return sha

    def put_text(self, text: str) -> str:
        """Keep a text as UTF-8; any string comes back as it was, lone surrogates included."""
        return self.put(text.encode("utf-8", "surrogatepass"))

    def has(self, sha: str) -> bool:
        """Tell whether a content is kept."""
        with self.reading() as connection:
            return connection.execute("SELECT 1 FROM blobs WHERE sha = ?", (key(sha),)).fetchone() is not None

    def get(self, sha: str) -> bytes:
        """Return a content.

        Raises:
            WorkspaceError: If it is missing or no longer what was kept; never an empty content instead.
        """
        with self.reading() as connection:
            found = connection.execute("SELECT size, packed, data FROM blobs WHERE sha = ?", (key(sha),)).fetchone()
        if found is None:
            msg = f"The content {sha[:12]} is missing from {self.path}."
            raise WorkspaceError(msg, hint="The turn that names it cannot be shown or resumed; later ones can.")
        size, packed, data = found
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

    def commit_message(self, row: Row, content: str) -> None:
        """Keep a message: its content, then its row, in one transaction.

        Raises:
            WorkspaceError: If the row names another content or an unknown parent.
        """
        with self.transaction():
            if self.put_text(content) != row.blob:
                msg = f"The message {row.hash[:12]} does not name its own content."
                raise WorkspaceError(msg)
            self.put_row(row)

    def put_row(self, row: Row) -> None:
        """Keep a row of the transcript; one that is there already is left as it is.

        Raises:
            WorkspaceError: If its content or its parent is not kept.
        """
        parent = None if row.parent is None else key(row.parent)
        values = (key(row.hash), parent, row.role, row.node, key(row.blob), row.tokens)
        with self.transaction() as connection:
            try:
                connection.execute(
                    f"INSERT INTO transcript ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                    values,
                )
            except sqlite3.IntegrityError as error:
                msg = f"The message {row.hash[:12]} names a content or a message before it that is missing."
                raise WorkspaceError(msg, hint="Go on from an earlier turn.") from error

    def get_row(self, hash: str) -> Row:  # noqa: A002 - the field's own name
        """Return one row of the transcript.

        Raises:
            WorkspaceError: If it is missing.
        """
        with self.reading() as connection:
            found = connection.execute(f"SELECT {_COLUMNS} FROM transcript WHERE hash = ?", (key(hash),)).fetchone()
        if found is None:
            raise self._missing_message(hash)
        return _row(found)

    def chain(self, head: str | None, limit: int | None = None) -> list[Row]:
        """Return the messages up to `head`, the generation's first one first; none for None.

        Args:
            head: Hash of the newest row.
            limit: Return only so many of the newest rows.

        Raises:
            WorkspaceError: If one of them is missing.
        """
        if head is None or limit == 0:
            return []
        with self.reading() as connection:
            values = {"head": key(head), "limit": _LONGEST_CHAIN if limit is None else limit}
            rows = [_row(found) for found in connection.execute(_CHAIN, values)]
        if not rows:
            raise self._missing_message(head)
        first = rows[0]
        if first.parent is not None and limit is None:
            raise self._missing_message(first.parent)
        return rows

    def _missing_message(self, sha: str) -> WorkspaceError:
        msg = f"The message {sha[:12]} is missing from {self.path}."
        return WorkspaceError(msg, hint="The thread is damaged here: go on from another turn, or start a new thread.")


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


def _row(found: tuple[bytes, bytes | None, str, str, bytes, int]) -> Row:
    own, parent, spoken_as, node, blob, tokens = found
    role = _ROLES.get(spoken_as)
    if role is None:
        msg = f"The message {own.hex()[:12]} has the unknown role {spoken_as!r}."
        raise WorkspaceError(msg)
    return Row(own.hex(), None if parent is None else parent.hex(), role, node, blob.hex(), tokens)


def _unpack(data: bytes, size: int) -> bytes:
    """Unpack at most the size that was written down, so that a forged row cannot fill the memory."""
    try:
        return zlib.decompressobj().decompress(data, max(size, 1))
    except zlib.error:
        return b""  # fails the comparison of hashes
