"""Which conversation this is: another one, an earlier turn of it, a branch, a new one."""

import shutil
import time
from dataclasses import replace

from vivek.cli.render.safe_text import one_line
from vivek.cli.render.tables import thread_table
from vivek.cli.slash.agreeing import agrees
from vivek.cli.slash.desk import Desk
from vivek.schema.travel import RewindPlan

_OPEN = ("unfinished", "needs_approval")


async def list_threads(desk: Desk, _words: str) -> None:
    """Show the threads of this project."""
    from vivek.session.threads.index import ThreadIndex

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
    from vivek.session.threads.index import ThreadIndex

    with ThreadIndex.open() as index:
        found = index.find(words, desk.place.root)
    if await desk.reopen(replace(desk.choices, thread=found.id, latest=False)) is None:
        return
    desk.tell(f"thread {found.id}: {one_line(found.title)}")
    if found.status in _OPEN:
        await desk.run(None)


async def rewind(desk: Desk, words: str) -> None:
    """Go back to the end of a turn, files included, or undo that; what would happen is shown first.

    Raises:
        ThreadError: If there is no such turn.
        WorkspaceError: If a file is read-only or the disk fails; nothing has happened then.
    """
    from vivek.session.doors.travel import preview_rewind, preview_undo_rewind, rewind_thread, undo_rewind

    thread, place = desk.thread, desk.place
    if thread is None:
        desk.tell("Nothing was said in this thread yet.")
        return
    await desk.release()
    if words == "undo":
        plan = preview_undo_rewind(place, thread)
    else:
        to = words or str(max(0, _turns(desk, thread) - 1))
        plan = preview_rewind(place, thread, to)
    desk.tell("\n".join(_planned(plan)))
    if plan.is_empty or not await agrees(desk, "Go back?", default=not plan.kept):
        return
    done = undo_rewind(place, thread) if words == "undo" else rewind_thread(place, thread, to)
    desk.spent = None
    hint = "" if words == "undo" else "\nhint: `/rewind undo` brings it all back"
    where = f"at the end of turn {done.plan.turn}" if done.plan.turn else "at its beginning"
    desk.tell(f"The thread is {where}.{hint}")


async def fork(desk: Desk, words: str) -> None:
    """Branch off, at the end of a turn if one is named, and go on in the branch; files stay as they are.

    Raises:
        ThreadError: If there is no such turn.
    """
    from vivek.session.doors.travel import fork_thread

    if desk.thread is None:
        desk.tell("Nothing was said in this thread yet.")
        return
    await desk.release()
    forked = fork_thread(desk.place, desk.thread, at=words or None)
    if await desk.reopen(replace(desk.choices, thread=forked.thread, latest=False)) is None:
        return
    desk.spent = None
    back = f"hint: `/resume {forked.parent}` goes back to the thread it left"
    desk.tell("\n".join([f"thread {forked.thread}, of {forked.parent} after turn {forked.turn}", *forked.notes, back]))


async def clear(desk: Desk, _words: str) -> None:
    """Begin a new thread; what was said before is kept in its own."""
    before = desk.thread
    await desk.renew()
    kept = f"\nhint: `/resume {before}` goes back to the one before" if before else ""
    desk.tell(f"A new thread begins with the next message.{kept}")


def _turns(desk: Desk, thread: str) -> int:
    from vivek.session.threads.index import ThreadIndex

    with ThreadIndex.open() as index:
        return index.find(thread, desk.place.root).turns


def _planned(plan: RewindPlan) -> list[str]:
    """Return what a return would do, a line for each thing."""
    lines = [f"sets turn {line.number} aside: {one_line(line.request, 60)}" for line in plan.dropped]
    lines += [f"brings turn {line.number} back: {one_line(line.request, 60)}" for line in plan.restored]
    lines += [f"restores {one_line(file.path)} ({file.kind})" for file in plan.files]
    lines += [f"leaves {one_line(file.path)}: {file.reason}" for file in plan.kept]
    return [*lines, *plan.notes] or ["The thread is there already."]
