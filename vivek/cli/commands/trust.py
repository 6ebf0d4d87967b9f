"""`vivek trust`: what may run in which folder without being asked for, and forgetting it. Needs no model."""

import sys
from typing import Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption
from vivek.cli.render.safe_text import one_line, problem, visible
from vivek.errors import ConfigError

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


@app.command()
def templates(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Use them without being asked, as they are now.")] = False,
) -> None:
    """Show the prompts that this project brings, and let them stand in for vivek's own.

    What is trusted is their text as it is now: when it changes, it is not used until it is trusted again.
    """
    ctx.ensure_object(Invocation).action = lambda: _templates(yes=yes)


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
            if each.kind == "template":
                sys.stdout.write(f"  {each.answer} use the prompt {one_line(each.source)}\n")
                continue
            sys.stdout.write(f"  {each.answer} run the {one_line(each.kind)} command of {one_line(each.source)}\n")
        for key in folder.allowed:
            sys.stdout.write(f"  always run `{one_line(key, 500)}`\n")
    if not folders:
        sys.stdout.write("Nothing is trusted anywhere.\n")
    return 0


def _templates(*, yes: bool) -> int:
    from vivek.cli.options import look_at_terminal
    from vivek.session.place import open_place
    from vivek.session.templates import check_templates, is_trusted, project_templates, trust_templates
    from vivek.session.trust import Trust

    place, trust = open_place(), Trust.open()
    brought = project_templates(place)
    left = [each for each in brought if not is_trusted(each, place, trust)]
    for each in left:
        sys.stdout.write(f"{one_line(each.origin)}, instead of the prompt `{each.name}`:\n\n{visible(each.text)}\n\n")
    if not left:
        told = "All prompts that this project brings are used." if brought else "This project brings no prompts."
        sys.stdout.write(f"{told}\n")
        return 0
    check_templates(left)
    if not yes:
        if not look_at_terminal().asks:
            msg = "Nobody can be asked here whether these prompts are to be used."
            raise ConfigError(msg, hint="Read them, then run `vivek trust templates --yes`.")
        sys.stderr.write("Use these prompts in this folder? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return _NOTHING
    trust_templates(left, place, trust)
    sys.stdout.write(f"used from now on: {', '.join(one_line(each.origin) for each in left)}\n")
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
