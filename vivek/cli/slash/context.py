"""`/context` and `/compact`: what fills the window, and making room in it."""

import shutil

from vivek.cli.render.context import context_text
from vivek.cli.render.safe_text import problem
from vivek.cli.slash.desk import Desk
from vivek.errors import TurnCancelledError
from vivek.schema.context import ContextReport


async def show_context(desk: Desk, _words: str) -> None:
    """Show what fills the window, and what came from the cache."""
    conversation = desk.opened()
    report = ContextReport() if conversation is None else await conversation.context()
    desk.tell(context_text(report, desk.spent, shutil.get_terminal_size().columns))


async def compact(desk: Desk, words: str) -> None:
    """Sum the conversation up now; what is said behind it is kept above all."""
    if desk.thread is None:
        desk.tell("Nothing was said in this thread yet.")
        return
    conversation = desk.opened() or await desk.reopen(desk.choices)
    if conversation is None:
        return
    desk.tell("Summing the conversation up.")
    try:
        notices = await desk.stoppable(conversation.compact(words))
    except TurnCancelledError:
        desk.tell("stopped; the conversation is as it was")
        return
    desk.spent = None
    for notice in notices:
        desk.tell(problem(notice.text, notice.hint))
