"""One turn without a chat: open the session, run, print what was asked for, return the exit code."""

import asyncio
import errno
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from vivek import errors
from vivek.cli.keys import Keyboard, SignalledError
from vivek.cli.options import Format, Terminal
from vivek.cli.render.going_on import ways_in_shell
from vivek.cli.render.jsonl import JsonLines, Silent, dump, report_object
from vivek.cli.render.plain import PlainView
from vivek.cli.render.safe_text import wrapped
from vivek.cli.troubles import link_of
from vivek.cli.turn.approval import editor_of
from vivek.cli.turn.asking import Asker
from vivek.cli.turn.draw import Turn
from vivek.cli.turn.ending import GRACE, Ending, Stepping
from vivek.cli.turn.parties import Opener, View
from vivek.errors import LimitReachedError, VivekError
from vivek.schema.report import ErrorReport, TurnReport, TurnStatus

if TYPE_CHECKING:
    from vivek.session.options import Choices
    from vivek.session.place import Place

EXIT_CODES: dict[TurnStatus, int] = {
    "done": 0,
    "declined": 0,
    "failed": 1,
    "incomplete": 5,
    "needs_approval": 6,
    "needs_answer": 6,
    "cancelled": 130,
}
"""Exit codes of turns that ended without an error; an error has the one of its class."""


def choose_view(
    form: Format,
    terminal: Terminal,
    *,
    stream: bool,
    clock: Callable[[], float] = time.monotonic,
    chat: bool = False,
) -> View:
    """Return what shows a turn: JSON lines, nothing, a drawn terminal, or plain text, beside a patch on the side."""
    if form == "jsonl":
        return JsonLines(sys.stdout)
    if form == "json":
        return Silent()
    if form == "patch":
        return PlainView(sys.stderr, sys.stderr, clock=clock, stream=stream, progress=terminal.shows)
    if not (terminal.draws and stream):
        return PlainView(sys.stdout, sys.stderr, clock=clock, stream=stream, progress=terminal.shows, chat=chat)
    from rich.console import Console

    from vivek.cli.render.console import LiveView
    from vivek.session.doors.editing import mark_words

    return LiveView(Console(), clock=clock, mark=mark_words, chat=chat)


def tell_terminal(text: str) -> None:
    """Write lines to the terminal, broken between words; to nobody where it is gone."""
    try:
        sys.stdout.write(wrapped(text, shutil.get_terminal_size().columns) + "\n")
        sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def exit_code(report: TurnReport) -> int:
    """Return the exit code of a turn; an error has the one of its class."""
    if report.error is not None and report.status in ("failed", "incomplete"):
        kind = getattr(errors, report.error.type, None)
        if isinstance(kind, type) and issubclass(kind, VivekError):
            return kind.exit_code
    return EXIT_CODES[report.status]


def report_errors(form: Format, thread: str | None, work: Callable[[], int]) -> int:
    """Do some work; for machines an error becomes the one object that they wait for.

    Raises:
        VivekError: If `form` is for people.
    """
    try:
        return work()
    except VivekError as error:
        if form in ("text", "patch"):
            raise
        told = ErrorReport(type(error).__name__, error.message, error.hint or None)
        status: TurnStatus = "incomplete" if isinstance(error, LimitReachedError) else "failed"
        _print_report(TurnReport(thread or "", status, error=told), form)
        return error.exit_code


def start_once(
    choices: "Choices",
    text: str | None,
    *,
    form: Format,
    terminal: Terminal,
    stream: bool,
    seconds: float | None = None,
) -> int:
    """Run one turn of this project; return the exit code.

    Args:
        choices: What the command line asked for.
        text: What the user asks; None goes on with the open turn of the thread.
        form: What is printed.
        terminal: Facts of the terminal.
        stream: Whether the answer shows as it comes.
        seconds: What all of it may take, None for no limit.

    Raises:
        VivekError: If the session cannot be opened, or there is no turn to go on with.
        SignalledError: If a signal asks the process to end.
    """
    from vivek.session.opening import open_session
    from vivek.session.place import open_place

    view = choose_view(form, terminal, stream=stream)
    asker = Keyboard() if choices.interactive else None
    # Somebody at a terminal sees the turn stop at once.
    ending = Ending(time.monotonic, seconds=seconds, grace=0.0 if choices.interactive else GRACE)
    return asyncio.run(
        run_once(open_place(), choices, text, form=form, view=view, asker=asker, opener=open_session, ending=ending)
    )


async def run_once(
    place: "Place",
    choices: "Choices",
    text: str | None,
    *,
    form: Format,
    view: View,
    asker: Asker | None,
    opener: Opener,
    ending: Ending | None = None,
) -> int:
    """Run one turn, print it, and return the exit code.

    Args:
        place: The project.
        choices: What the command line asked for.
        text: What the user asks; None goes on with the open turn of the thread.
        form: What is printed.
        view: What shows it.
        asker: Who is asked, or None when there is nobody.
        opener: Opens the session.
        ending: What ends the turn from outside; only signals when None.

    Raises:
        VivekError: If the session cannot be opened, or there is no turn to go on with.
        SignalledError: If a signal asks the process to end.
    """
    ending = ending or Ending(time.monotonic)
    async with AsyncExitStack() as stack:
        conversation = await ending.in_time(stack.enter_async_context(opener(place, choices)))
        for notice in conversation.notices:
            view.show(notice)
        shown = Stepping(view, ending)
        turn = Turn(conversation, shown, asker=asker, interrupts=ending, edit=editor_of(place))
        try:
            report = await turn.run(text)
        except SignalledError:
            if turn.report is not None:
                _print_report(turn.report, form)
            raise
        if report.status not in ("needs_approval", "cancelled"):  # these tell how to go on
            view.tell(f"thread {report.thread_id}: `vivek chat --thread {report.thread_id}` goes on")
        view.tell(ways_in_shell(report))
        view.tell(link_of(report) if sys.stderr.isatty() else "")
    for notice in conversation.take_news():
        view.show(notice)
    _print_report(report, form)
    if ending.drained:
        raise SignalledError(signal.SIGTERM)
    return exit_code(report)


def _print_report(report: TurnReport, form: Format) -> None:
    if form == "text":
        return
    sys.stdout.write(report.diff if form == "patch" else dump(report_object(report)) + "\n")
    sys.stdout.flush()
