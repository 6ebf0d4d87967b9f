"""`/threads` and `/resume`: which conversation this is."""

import shutil
import time
from dataclasses import replace

from vivek.cli.render.safe_text import one_line
from vivek.cli.render.tables import thread_table
from vivek.cli.slash.desk import Desk

_OPEN = ("unfinished", "needs_approval")


async def list_threads(desk: Desk, _words: str) -> None:
    """Show the threads of this project."""
    from vivek.session.threads import ThreadIndex

    with ThreadIndex.open() as index:
        threads = index.list(desk.place.root)
    if not threads:
        desk.tell("This project has no threads yet.")
        return
    desk.tell(thread_table(threads, now=time.time(), width=shutil.get_terminal_size().columns))


async def resume(desk: Desk, words: str) -> None:
    """Go on with the open turn of this thread, or change to another thread."""
    if not words:
        await desk.run(None)
        return
    from vivek.session.threads import ThreadIndex

    with ThreadIndex.open() as index:
        found = index.find(words, desk.place.root)
    if await desk.reopen(replace(desk.choices, thread=found.id, latest=False)) is None:
        return
    desk.tell(f"thread {found.id}: {one_line(found.title)}")
    if found.status in _OPEN:
        await desk.run(None)
