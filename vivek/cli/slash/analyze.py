"""`/analyze`: how the project is built, where it hurts and what to mend first, in short; no model is asked."""

import asyncio
import threading
import time
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from vivek.cli.keys import Interrupts
from vivek.cli.render.architecture import limit_lines
from vivek.cli.render.architecture_text import screen_lines
from vivek.cli.slash.desk import Desk
from vivek.errors import TurnCancelledError

if TYPE_CHECKING:
    from vivek.schema.architecture import Architecture
    from vivek.session.place import Place

_MORE = "hint: `vivek analyze` has the details; ask what breaks if you change a name, or where to start reading"


async def analyze(desk: Desk, words: str) -> None:
    """Tell in short how the project, or a file or folder of it, is built.

    Raises:
        ConfigError: If this is no project, there is no such path, or the rules have a mistake.
        IndexingError: If the index cannot be read or written.
    """
    left = threading.Event()
    try:
        work = asyncio.to_thread(_measured, desk.place, words.strip(), left)
        report = await Interrupts(time.monotonic).run(work)
    except TurnCancelledError:
        desk.tell("stopped")
        return
    finally:
        left.set()
    lines = [text for _, text in screen_lines(report, "all", columns=get_terminal_size().columns)]
    desk.tell("\n".join([*lines[:-1], *(f"limit: {line}" for line in limit_lines(report)), _MORE]))


def _measured(place: "Place", path: str, left: threading.Event) -> "Architecture":
    from vivek.session.doors.analyze import analyze as measure
    from vivek.session.doors.analyze_extent import beneath, narrow

    inside = beneath(place, path, Path.cwd()) if path else ""
    return narrow(place, measure(place, stop=left.is_set), path=inside)
