"""Keeps Python's collector away from work that makes many objects and no circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_from_collector() -> Iterator[None]:
    """Keep Python from looking for circles among objects: trees and facts have none, and the search takes long.

    It looks again at all there is whenever there is a quarter more, which is up to a third of the work.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
