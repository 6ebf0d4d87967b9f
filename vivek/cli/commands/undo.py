"""`vivek undo` and `vivek redo`: the files of a turn as they were before, and as they were after."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption, ThreadOption
from vivek.cli.render.undone import files_of, kept_of, summary_of

if TYPE_CHECKING:
    from vivek.schema.undo import UndoReport

_INCOMPLETE = 5

TurnOption = Annotated[
    str | None, typer.Option("--turn", metavar="N", help="Take back this turn only; the last one applied by default.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]


def undo(
    ctx: typer.Context,
    thread: ThreadOption = None,
    turn: TurnOption = None,
    dry_run: DryRunOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Take back the last applied change to your files."""
    ctx.ensure_object(Invocation).action = lambda: _undo(thread, turn, form, dry_run=dry_run)


def redo(
    ctx: typer.Context, thread: ThreadOption = None, dry_run: DryRunOption = False, form: ListFormatOption = "text"
) -> None:
    """Bring again what `vivek undo` took back."""
    ctx.ensure_object(Invocation).action = lambda: _redo(thread, form, dry_run=dry_run)


def _undo(thread: str | None, turn: str | None, form: str, *, dry_run: bool) -> int:
    from vivek.errors import ConfigError
    from vivek.session.doors.undo import undo as take_back
    from vivek.session.place import open_place

    if turn is not None and not (turn.isascii() and turn.isdigit()):
        msg = f"{turn!r} is no number of a turn."
        raise ConfigError(msg, hint="Count the turns of the thread from 1.")
    return _tell(take_back(open_place(), thread, turn=None if turn is None else int(turn), dry_run=dry_run), form)


def _redo(thread: str | None, form: str, *, dry_run: bool) -> int:
    from vivek.session.doors.undo import redo as bring_again
    from vivek.session.place import open_place

    return _tell(bring_again(open_place(), thread, dry_run=dry_run), form)


def _tell(report: "UndoReport", form: str) -> int:
    if form == "json":
        from dataclasses import asdict

        from vivek.cli.render.jsonl import VERSION, dump

        sys.stdout.write(dump({"version": VERSION, **asdict(report)}) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in files_of(report)))
        sys.stderr.write("".join(f"{line}\n" for line in [*kept_of(report), *summary_of(report, "vivek ")]))
    return _INCOMPLETE if report.kept else 0
