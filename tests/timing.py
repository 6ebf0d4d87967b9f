"""Limits of time that hold on a busy machine too: the least of several runs, in CPU seconds of one thread."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(limit: float, work: Callable[[], T], tries: int = 3) -> T:
    """Run something that must not take long; what else the process and the machine do is not counted against it.

    Args:
        limit: CPU seconds of this thread that one of the runs has to keep to.
        work: What is run, once if that is quick enough.
        tries: After so many slow runs it is slow.

    Raises:
        AssertionError: No run kept to the limit.
    """
    taken = []
    for _ in range(tries):
        gc.collect()
        gc.disable()
        try:
            before = time.thread_time()
            result = work()
            taken.append(time.thread_time() - before)
        finally:
            gc.enable()
        if taken[-1] < limit:
            return result
    raise AssertionError(f"took {min(taken):.2f} s of CPU or more, the limit is {limit:g} s")
