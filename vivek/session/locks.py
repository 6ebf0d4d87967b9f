"""One lock a thread: two vivek processes never work on the same one."""

import fcntl
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from vivek.errors import ThreadError, WorkspaceError

_ANOTHER = "another process"
_LONGEST = 256  # bytes of what a holder says of itself


@contextmanager
def thread_lock(data: Path, thread_id: str, *, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Hold the lock of a thread; the kernel gives it back when the process ends, however it ends.

    Args:
        data: The project's data folder.
        thread_id: An id that `names.check_id` accepted.
        clock: Seconds since the epoch.

    Raises:
        ThreadError: If another process holds it; the message says which, since when, and what it was called for.
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
            msg = f"Thread {thread_id} is in use by {_holder(os.read(handle, _LONGEST), clock())}."
            raise ThreadError(msg, hint="Close the other vivek, or start a new thread.") from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps([_command(), os.getpid(), clock()]).encode(), 0)
        yield
    finally:
        os.close(handle)


def _command() -> str:
    """Return `vivek` and the name of its command; nothing else of the command line, which holds what was asked."""
    named = sys.argv[1] if len(sys.argv) > 1 and re.fullmatch(r"[a-z]{2,12}", sys.argv[1]) else ""
    return f"vivek {named}".rstrip()


def _holder(said: bytes, now: float) -> str:
    """Return who holds a lock, by what it wrote down; `another process` where that cannot be read."""
    try:
        command, process, since = json.loads(said)
        began, today = (datetime.fromtimestamp(each, UTC).astimezone() for each in (float(since), now))
        when = f"{began:%H:%M}" if began.date() == today.date() else f"{began:%Y-%m-%d %H:%M}"
        named = re.fullmatch(r"vivek( [a-z]{2,12})?", str(command))
        return f"`{named[0]}` (process {int(process)}) since {when}" if named else _ANOTHER
    except (ValueError, TypeError, OverflowError, OSError):
        return _ANOTHER
