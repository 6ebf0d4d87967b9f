"""A reply that grows without filling the memory: short ones are held, long ones are packed into a file on the way."""

import hashlib
import tempfile
import zlib
from contextlib import suppress
from typing import IO

from vivek.errors import WorkspaceError
from vivek.schema.held import HELD_CHARACTERS, Held
from vivek.workspace.contents import Contents

_FAST = 1  # level of zlib: a flood of text must not wait for a better one


class Spool:
    """A reply while it is received.

    Args:
        store: Where it is kept in the end. A long one waits beside it in a file without a name, of which a kill leaves
            no trace.
        limit: Characters up to which it is held in memory.
    """

    def __init__(self, store: Contents, limit: int = HELD_CHARACTERS) -> None:
        self._store = store
        self._held = Held(limit)
        self._limit = limit
        self._file: IO[bytes] | None = None
        self._packer = zlib.compressobj(_FAST)
        self._digest = hashlib.sha256()
        self._size = 0

    @property
    def length(self) -> int:
        """Return the characters that have come."""
        return self._held.length

    @property
    def cut(self) -> bool:
        """Tell whether it is too long to be held."""
        return self._held.cut

    def add(self, text: str) -> None:
        """Take the next piece.

        Raises:
            WorkspaceError: If there is no room for it on the disk.
        """
        try:
            if self._file is None and self._held.length + len(text) > self._limit:
                self._file = tempfile.TemporaryFile(dir=self._store.folder)  # noqa: SIM115 - closed by `close`
                self._write(self._file, self._held.text())
            self._held.add(text)
            if self._file is not None:
                self._write(self._file, text)
        except OSError as error:
            self.close()
            raise self._no_room(error) from error

    def text(self) -> str:
        """Return it, or its two ends with a line between them when it is too long."""
        return self._held.text()

    def keep(self) -> str:
        """Move it into the store and return its SHA-256 in hex.

        Raises:
            WorkspaceError: If it cannot be kept.
        """
        if self._file is None:
            return self._store.put_text(self._held.text())
        sha = self._digest.hexdigest()
        try:
            self._file.write(self._packer.flush())
            self._store.put_packed(sha, self._size, self._file)
        except OSError as error:
            raise self._no_room(error) from error
        finally:
            self.close()
        return sha

    def close(self) -> None:
        """Give up what lies on the disk; a second call does nothing."""
        if self._file is not None:
            with suppress(OSError):  # a full disk was told of already
                self._file.close()

    def _write(self, file: IO[bytes], text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self._size += len(data)
        self._digest.update(data)
        file.write(self._packer.compress(data))

    def _no_room(self, error: OSError) -> WorkspaceError:
        msg = f"The reply cannot be kept in {self._store.folder}: {error.strerror}."
        return WorkspaceError(msg, hint="Look for free disk space; what was shown is lost for this thread only.")
