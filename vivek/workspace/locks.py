"""Locks between processes: the kernel gives them back when the holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivek.errors import WorkspaceError

_PAUSE = 0.02


@contextmanager
def hold(path: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock of a folder, or of a lock file that is made when it is missing.

    Args:
        path: An existing folder, or a file that holds nothing; its folder is made when it is missing.
        wait: Seconds to wait for another holder.

    Raises:
        WorkspaceError: If another process holds it for longer, or it cannot be opened.
    """
    try:
        handle = _open(path)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(handle, path, wait, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def share(path: Path, *, wait: float) -> int:
    """Hold a lock file together with others that share it, until the returned handle is closed.

    Args:
        path: A file that holds nothing; it is made when it is missing, as is its folder.
        wait: Seconds to wait for who holds it alone.

    Raises:
        WorkspaceError: If another process holds it alone for longer, or it cannot be opened.
    """
    try:
        handle = _open(path)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(handle, path, wait, fcntl.LOCK_SH)
    except BaseException:
        os.close(handle)
        raise
    return handle


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold a lock file that others share, without waiting; tell whether nobody shares it, for certain.

    Raises:
        WorkspaceError: If it cannot be opened.
    """
    try:
        handle = _open(path)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # held by others, or a file system without locks, where nobody can know
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _unusable(path: Path, error: OSError) -> WorkspaceError:
    msg = f"{path} cannot be locked: {error.strerror}."
    return WorkspaceError(msg, hint="Check who owns it and whether the disk can be written.")


def _open(path: Path) -> int:
    if path.is_dir():
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _take(handle: int, path: Path, wait: float, kind: int) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                msg = f"Another vivek has been at work in {path.parent} for more than {wait:.0f} seconds."
                raise WorkspaceError(msg, hint="Wait for it or close it, then try again.") from error
            time.sleep(_PAUSE)
        except OSError:
            return  # a file system without locks (some network mounts): then there is one user at a time
        else:
            return
