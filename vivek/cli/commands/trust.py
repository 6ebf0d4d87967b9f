"""`vivek trust`: what may run in which folder without being asked for, and forgetting it. Needs no model."""

import sys
from typing import Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption
from vivek.cli.render.safe_text import one_line, problem

_NOTHING = 1

app = typer.Typer(
    name="trust", help="Show what may run in which folder, and forget it.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(ctx: typer.Context, form: ListFormatOption = "text") -> None:
    """List the folders with what was answered there."""
    ctx.ensure_object(Invocation).action = lambda: _list(form)


@app.command()
def forget(
    ctx: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="The folder; this project when left out.")
    ] = None,
) -> None:
    """Forget all answers for a folder: it is asked for again."""
    ctx.ensure_object(Invocation).action = lambda: _forget(folder)


def _list(form: str) -> int:
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.session.trust import Trust

    trust = Trust.open()
    for notice in trust.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    folders = sorted(trust.folders.values(), key=lambda folder: folder.path)
    if form == "json":
        listed = [
            {
                "folder": folder.path,
                "commands": [
                    {"kind": each.kind, "source": each.source, "answer": each.answer} for each in folder.commands
                ],
                "allowed": list(folder.allowed),
            }
            for folder in folders
        ]
        sys.stdout.write(dump({"version": VERSION, "folders": listed}) + "\n")
        return 0
    for folder in folders:
        sys.stdout.write(f"{one_line(folder.path, 500)}\n")
        for each in folder.commands:
            sys.stdout.write(f"  {each.answer} run the {one_line(each.kind)} command of {one_line(each.source)}\n")
        for key in folder.allowed:
            sys.stdout.write(f"  always run `{one_line(key, 500)}`\n")
    if not folders:
        sys.stdout.write("Nothing is trusted anywhere.\n")
    return 0


def _forget(folder: str | None) -> int:
    from pathlib import Path

    from vivek.session.place import open_place
    from vivek.session.trust import Trust

    root = open_place().root if folder is None else Path(folder)
    if Trust.open().forget(root):
        sys.stdout.write(f"forgotten: {one_line(str(root.resolve()), 500)}\n")
        return 0
    sys.stderr.write(problem(f"Nothing was answered for {root.resolve()}.", "`vivek trust list` shows all.") + "\n")
    return _NOTHING
