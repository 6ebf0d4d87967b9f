"""A file on its way: its bytes in a `.part` beside a note of what they are, locked, and proven before it gets its name.

Everything found on the disk is looked at as if somebody else had put it there.
"""

import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from vivek.errors import WorkspaceError
from vivek.providers.pull.wanted import BLOCK, Hash, WantedFile

_NOTE_BYTES = 16 * 1024
_MARGIN_BYTES = 512 << 20  # a disk that is filled to its end stops more than a download
_PART = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Disk:
    """What a download asks of a disk; a test hands in a full one."""

    def free(self, folder: Path) -> int:
        """Return the bytes that are free where a folder is, or will be."""
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def check_room(self, folder: Path, missing: int) -> None:
        """Refuse to begin what the disk cannot hold.

        Raises:
            WorkspaceError: If it cannot hold so many bytes more; the message has both numbers.
        """
        with told(folder):
            free = self.free(folder)
        needed = missing + _MARGIN_BYTES
        if needed > free:
            msg = f"{folder} has {free / 1e9:.1f} GB free; {needed / 1e9:.1f} GB are needed."
            raise WorkspaceError(msg, hint="Make room, or choose a smaller model.")

    def write(self, handle: int, data: bytes) -> None:
        """Write all of the data."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]


class Part:
    """The bytes of one file that are here so far; a context that holds their lock.

    Args:
        wanted: The file.
        folder: Where it goes.
        disk: How it is written.

    Attributes:
        folder: Where it goes.
        have: Bytes that are here.
        tag: What told their version.
    """

    def __init__(self, wanted: WantedFile, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self.have = 0
        self.tag = ""
        self._target = folder / wanted.name
        self._path = folder / f"{wanted.name}.part"
        self._note = folder / f"{wanted.name}.part.json"
        self._wanted = wanted
        self._disk = disk
        self._handle = -1
        self._hash = self._begin()

    def __enter__(self) -> Self:
        """Open and lock the part; what is left of another file is thrown away.

        Raises:
            WorkspaceError: If another process is at it, or the folder cannot be written.
        """
        with told(self._path):
            self._handle = _open_locked(self._path)
            try:
                here = os.fstat(self._handle).st_size
                tag = self._noted_tag() if 0 < here <= (self._wanted.size or here) else None
                if tag is None:
                    os.ftruncate(self._handle, 0)
                else:
                    self.have, self.tag = here, tag
            except BaseException:
                os.close(self._handle)
                raise
        return self

    def __exit__(self, *_raised: object) -> None:
        os.close(self._handle)

    def left(self) -> int:
        """Return how many bytes an earlier attempt left of this very file, without a lock."""
        try:
            here = self._path.lstat()
        except OSError:
            return 0
        usable = stat.S_ISREG(here.st_mode) and here.st_size <= (self._wanted.size or here.st_size)
        return here.st_size if usable and self._noted_tag() is not None else 0

    def recount(self) -> Iterator[int]:
        """Read what is here into the checksum, a few megabytes at a time; yields how many bytes are read."""
        self._hash, seen = self._begin(), 0
        with told(self._path):
            os.lseek(self._handle, 0, os.SEEK_SET)
            while block := os.read(self._handle, min(BLOCK, self.have - seen)):
                self._hash.update(block)
                seen += len(block)
                yield seen
        self.have = seen

    def begin_anew(self) -> None:
        """Throw away what is here."""
        with told(self._path):
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
        self.have, self.tag, self._hash = 0, "", self._begin()

    def describe(self, tag: str) -> None:
        """Note what the bytes are, before the first of them is written."""
        self.tag = tag
        with told(self._note), os.fdopen(os.open(self._note, _WRITE, 0o600), "w", encoding="ascii") as note:
            json.dump(self._identity() | {"tag": tag}, note)

    def add(self, data: bytes) -> None:
        """Write bytes at the end.

        Raises:
            WorkspaceError: If the disk is full or refuses.
        """
        with told(self._path):
            try:
                self._disk.write(self._handle, data)
            except OSError:
                # Some of it may be there; what is kept has to be what was counted.
                os.ftruncate(self._handle, self.have)
                os.lseek(self._handle, self.have, os.SEEK_SET)
                raise
        self._hash.update(data)
        self.have += len(data)

    def proven(self) -> bool:
        """Tell whether the bytes are the right ones."""
        return self._hash.hexdigest() == self._wanted.checksum.value

    def finish(self) -> None:
        """Give the file its name, in one step; only once it is proven."""
        with told(self._target):
            os.fchmod(self._handle, 0o600)
            os.fsync(self._handle)
            os.replace(self._path, self._target)  # noqa: PTH105 - one step
            self._note.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove what is here: it is not what it should be."""
        with told(self._path):
            self._path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    def _begin(self) -> Hash:
        return self._wanted.checksum.begin(self._wanted.size)

    def _identity(self) -> dict[str, object]:
        wanted = self._wanted
        checksum = f"{wanted.checksum.algorithm}:{wanted.checksum.value}"
        return {"version": 1, "url": wanted.url, "size": wanted.size, "checksum": checksum}

    def _noted_tag(self) -> str | None:
        """Return the tag of the note if that is a note on this very file, else None."""
        try:
            with os.fdopen(os.open(self._note, _READ), "rb") as file:
                note = json.loads(file.read(_NOTE_BYTES))
        except (OSError, ValueError, RecursionError):
            return None
        tag = note.pop("tag", None) if isinstance(note, dict) else None
        return tag if isinstance(tag, str) and note == self._identity() else None


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error of vivek's own."""
    try:
        yield
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}."
        hint = "Make room on the disk, or mend the rights; the same command goes on where it stopped."
        raise WorkspaceError(msg, hint=hint) from error


def _open_locked(path: Path) -> int:
    """Return the open part with its lock; never one that was given its name, and so another life, meanwhile."""
    while True:
        handle = os.open(path, _PART, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine, now = os.fstat(handle), path.lstat()
            if stat.S_ISREG(mine.st_mode) and (mine.st_dev, mine.st_ino) == (now.st_dev, now.st_ino):
                return handle
            if not stat.S_ISREG(mine.st_mode):
                raise OSError(0, "it is no file")
        except FileNotFoundError:
            pass
        except BaseException as error:
            os.close(handle)
            if isinstance(error, BlockingIOError):
                msg = f"Another vivek is fetching {path.name.removesuffix('.part')} right now."
                raise WorkspaceError(msg, hint="Wait for it, or end it, then try again.") from error
            raise
        os.close(handle)
