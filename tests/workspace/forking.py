"""Runs a piece of a test in a child process: to be killed, or to be somebody who is not root."""

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable

NOBODY = 65534


def killed_or_done(work: Callable[[], None]) -> bool:
    """Run `work` in a child; return True if it was killed and False if it came to its end."""
    status = _status_of(work)
    if status == -signal.SIGKILL:
        return True
    assert status == 0, f"the child ended with {status}"
    return False


def as_nobody(work: Callable[[], None]) -> None:
    """Run `work` in a child without root's rights; its failure is ours."""

    def unprivileged() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    assert _status_of(unprivileged) == 0, "the unprivileged child failed: see its traceback above"


def die() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _status_of(work: Callable[[], None]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the test runner's own threads, which do nothing here
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - told by its traceback and by the exit status
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
