"""One lock a thread: two vivek processes never work on the same one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivek.errors import ThreadError, WorkspaceError


@contextmanager
def thread_lock(data: Path, thread_id: str) -> Iterator[None]:
    """Hold the lock of a thread; the kernel gives it back when the process ends, however it ends.

    Args:
        data: The project's data folder.
        thread_id: An id that `names.check_id` accepted.

    Raises:
        ThreadError: If another process holds it; the message says which.
        WorkspaceError: If the lock file cannot be made.
    """
    path = data / "locks" / f"{thread_id}.lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        msg = f"{path} cannot be used as a lock: {error.strerror}."
        raise WorkspaceError(msg, hint="Check who owns `.vivek/locks` and whether the disk can be written.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 64).decode("ascii", "replace").strip() or "another process"
            msg = f"Thread {thread_id} is in use by {holder}."
            raise ThreadError(msg, hint="Close the other vivek, or start a new thread.") from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"vivek, process {os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
