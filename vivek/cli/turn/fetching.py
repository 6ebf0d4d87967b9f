"""Runs a download with its view: Ctrl-C stops it and says how to go on."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts
from vivek.cli.options import Terminal
from vivek.cli.render.fetching import FetchView, LiveFetch, PlainFetch
from vivek.errors import TurnCancelledError

if TYPE_CHECKING:
    from vivek.session.models.fetching import Job


def open_fetch_view(terminal: Terminal) -> FetchView:
    """Return what shows a download on standard error: a bar where that can draw, else lines."""
    if not (terminal.shows and terminal.draws):
        return PlainFetch(sys.stderr)
    from rich.console import Console

    return LiveFetch(Console(stderr=True))


async def fetch(
    job: "Job", open_view: Callable[[], FetchView], *, command: str, interrupts: Interrupts | None = None
) -> None:
    """Fetch something and show how far it is.

    Args:
        job: What is fetched.
        open_view: Gives what shows it.
        command: What goes on with it later.
        interrupts: What stops it.

    Raises:
        TurnCancelledError: If Ctrl-C stopped it; what came is kept.
        VivekError: If it cannot be fetched.
        SignalledError: If a signal asks the process to end.
    """
    view = open_view()
    try:
        await (interrupts or Interrupts(time.monotonic)).run(job.run(view.show))
    except TurnCancelledError as error:
        msg = "Stopped; what has come so far is kept."
        raise TurnCancelledError(msg, hint=f"`{command}` goes on where it stopped") from error
    finally:
        view.close()
