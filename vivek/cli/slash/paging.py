"""A diff on the screen, page by page; where nothing is drawn, as plain text at once."""

import shutil
import sys
from collections.abc import Sequence

from vivek.cli.keys import SignalledError
from vivek.cli.options import look_at_terminal
from vivek.cli.render.safe_text import FRAME, visible
from vivek.cli.slash.desk import Desk
from vivek.schema.marks import MarkedLine

_MORE = f"{FRAME} Enter shows more, q stops: "


async def page_diff(desk: Desk, diff: str, lines: Sequence[MarkedLine]) -> None:
    """Show a diff.

    Args:
        desk: Who asks between two pages.
        diff: The diff as it is.
        lines: The same with the words that changed marked.
    """
    if not look_at_terminal().draws:
        sys.stdout.write(visible(diff))
        sys.stdout.flush()
        return
    from rich.console import Console

    from vivek.cli.render.diff import diff_pages

    console, size = Console(), shutil.get_terminal_size()
    pages = list(diff_pages(lines, columns=size.columns, rows=size.lines))
    for number, page in enumerate(pages, 1):
        console.print(page)
        if number < len(pages) and not await _goes_on(desk):
            return


async def _goes_on(desk: Desk) -> bool:
    try:
        return not (await desk.asker.ask(_MORE)).strip()
    except SignalledError:
        raise
    except KeyboardInterrupt:
        return False
