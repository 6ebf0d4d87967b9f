"""`vivek undo`: takes back the files of the last applied turn of a thread."""

import sys

import typer

from vivek.cli.options import Invocation, ThreadOption
from vivek.cli.render.safe_text import one_line

_INCOMPLETE = 5


def undo(ctx: typer.Context, thread: ThreadOption = None) -> None:
    """Take back the last applied change to your files."""
    ctx.ensure_object(Invocation).action = lambda: _run(thread)


def _run(thread: str | None) -> int:
    from vivek.session.doors.undo import undo as take_back
    from vivek.session.place import open_place

    report = take_back(open_place(), thread)
    for path in report.restored:
        sys.stdout.write(f"restored {one_line(path)}\n")
    for path in report.kept:
        sys.stderr.write(f"kept {one_line(path)}: it was changed since\n")
    return _INCOMPLETE if report.kept else 0
