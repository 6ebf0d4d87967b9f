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
    """Show the prompts, modes, chat commands and rules that this project brings, and let them be used.

    What is trusted is their text as it is now: when it changes, it is not used until it is trusted again.
    """
    ctx.ensure_object(Invocation).action = lambda: _templates(yes=yes)


@app.command()
def settings(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Use them without being asked, as they are now.")] = False,
) -> None:
    """Show the models that this project asks for, and let it choose them.

    What is trusted is what it asks for now: when that changes, it is not used until it is trusted again.
    """
    ctx.ensure_object(Invocation).action = lambda: _settings(yes=yes)


@app.command()
def commands(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Let them run without being asked.")] = False,
) -> None:
    """Show the tests and linters that this project names, and let them check changes, in the sandbox.

    What is trusted is each command as it is now: when it changes, it does not run until it is trusted again.
    """
    ctx.ensure_object(Invocation).action = lambda: _commands(yes=yes)


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
            if each.kind in ("template", "mode", "command", "rule"):
                what = {"template": "prompt"}.get(each.kind, each.kind)
                sys.stdout.write(f"  {each.answer} use the {what} {one_line(each.source)}\n")
                continue
            if each.kind == "settings":
                sys.stdout.write(f"  {each.answer} use the settings of {one_line(each.source)}\n")
                continue
            sys.stdout.write(f"  {each.answer} run the {one_line(each.kind)} command of {one_line(each.source)}\n")
        for key in folder.allowed:
            sys.stdout.write(f"  always run `{one_line(key, 500)}`\n")
    if not folders:
        sys.stdout.write("Nothing is trusted anywhere.\n")
    return 0


def _templates(*, yes: bool) -> int:
    from vivek.cli.options import look_at_terminal
    from vivek.session.pages.page import FOLDERS, project_pages, trust_page
    from vivek.session.pages.page import is_trusted as is_trusted_page
    from vivek.session.pages.templates import check_templates, is_trusted, project_templates, trust_templates
    from vivek.session.place import open_place
    from vivek.session.trust import Trust

    place, trust = open_place(), Trust.open()
    brought = project_templates(place)
    left = [each for each in brought if not is_trusted(each, place, trust)]
    pages = [page for kind in FOLDERS for page in project_pages(kind, place)[0]]
    left_pages = [page for page in pages if not is_trusted_page(page, place, trust)]
    for each in left:
        sys.stdout.write(f"{one_line(each.origin)}, instead of the prompt `{each.name}`:\n\n{visible(each.text)}\n\n")
    for page in left_pages:
        what = f"the command /{page.name}" if page.kind == "command" else f"the {page.kind} `{page.name}`"
        sys.stdout.write(f"{one_line(page.origin)}, {what}:\n\n{visible(page.text)}\n\n")
    if not (left or left_pages):
        told = (
            "All prompts that this project brings are used." if brought or pages else "This project brings no prompts."
        )
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
    for page in left_pages:
        trust_page(page, place, trust)
    used = [*(each.origin for each in left), *(page.origin for page in left_pages)]
    sys.stdout.write(f"used from now on: {', '.join(map(one_line, used))}\n")
    return 0


def _settings(*, yes: bool) -> int:
    from vivek.cli.options import look_at_terminal
    from vivek.cli.render.configuration import value_text
    from vivek.session.asked import is_trusted, trust_asked
    from vivek.session.origins import project_asks
    from vivek.session.place import open_place
    from vivek.session.trust import Trust

    place = open_place()
    left = [each for each in project_asks(place) if not is_trusted(each.values, each.source, place)]
    for each in left:
        for key, entry in each.values.items():
            sys.stdout.write(f"{one_line(each.source)}: {key} = {one_line(value_text(entry.value), 200)}\n")
    if not left:
        sys.stdout.write("This project asks for no settings that need your trust, or all of them are used.\n")
        return 0
    if not yes:
        if not look_at_terminal().asks:
            msg = "Nobody can be asked here whether these settings are to be used."
            raise ConfigError(msg, hint="Read them, then run `vivek trust settings --yes`.")
        sys.stderr.write("Use these settings in this folder? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return _NOTHING
    trust = Trust.open()
    for each in left:
        trust_asked(each, place, trust)
    sys.stdout.write(f"used from now on: {', '.join(one_line(each.source) for each in left)}\n")
    return 0


def _commands(*, yes: bool) -> int:
    from vivek.cli.options import look_at_terminal
    from vivek.session.place import open_place
    from vivek.session.project_commands import decide_commands, undecided_commands

    place = open_place()
    left = undecided_commands(place)
    if not left:
        sys.stdout.write("This project names no tests or linters that you did not decide on.\n")
        return 0
    for each in left:
        sys.stdout.write(f"{one_line(each.command.source)}: {one_line(each.line, 500)}\n")
    if not yes:
        if not look_at_terminal().asks:
            msg = "Nobody can be asked here whether these commands may run."
            raise ConfigError(msg, hint="Read them, then run `vivek trust commands --yes`.")
        sys.stderr.write("Let them check changes in this folder? [y/n/never] ")
        sys.stderr.flush()
        said = sys.stdin.readline().strip().lower()
        if said not in ("y", "yes", "never"):
            return _NOTHING
        yes = said != "never"
    decide_commands(place, left, run=yes)
    sys.stdout.write(
        f"{'may run' if yes else 'never run'} from now on: {', '.join(one_line(each.line) for each in left)}\n"
    )
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
