"""What a chat says last: how to come back to its thread."""

import sys
from contextlib import suppress
from pathlib import Path

from vivek.errors import VivekError


def way_back(root: Path, thread: str) -> str:
    """Return the command that goes on with a thread, by the shortest words; "" if nothing was said in it."""
    from vivek.session.threads.index import ThreadIndex

    try:
        with ThreadIndex.open() as index:
            latest, known = index.latest(root, kind="chat"), index.get(thread, root)
    except VivekError:
        latest = known = None  # the list cannot be read now, and it is time to go
    if latest is None or latest.id == thread:
        return f"resume: vivek --continue ({thread})"
    return f"resume: vivek --thread {thread}" if known else ""


def tell_aside(text: str) -> None:
    """Write a line where errors go, if there is still somebody to read it: the terminal may be gone."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
