"""`vivek threads`: what was talked about, and going on with it. Only `resume` needs a model."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vivek.cli.options import (
    ApproveOption,
    Format,
    FormatOption,
    GuardOptions,
    Invocation,
    ListFormatOption,
    NoStreamOption,
    build_choices,
    look_at_terminal,
)
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from vivek.schema.threads import ThreadSummary

_OPEN = ("unfinished", "needs_approval")
_WIDE = 10_000  # columns of a pipe: nothing is cut

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]

app = typer.Typer(name="threads", help="List threads and go on with them.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    ctx: typer.Context,
    everywhere: Annotated[bool, typer.Option("--all", help="The threads of all projects.")] = False,
    form: ListFormatOption = "text",
) -> None:
    """List the threads of this project, newest first."""
    ctx.ensure_object(Invocation).action = lambda: _list(everywhere=everywhere, form=form)


@app.command()
def show(ctx: typer.Context, id_: IdArgument, form: ListFormatOption = "text") -> None:
    """Show what was said in a thread."""
    ctx.ensure_object(Invocation).action = lambda: _show(id_, form)


@app.command()
def resume(
    ctx: typer.Context,
    id_: IdArgument,
    approve: ApproveOption = None,
    no_stream: NoStreamOption = False,
    form: FormatOption = "text",
) -> None:
    """Go on with an open turn or a waiting change."""
    ctx.ensure_object(Invocation).action = lambda: _resume(id_, approve, cast(Format, form), stream=not no_stream)


@app.command()
def rename(
    ctx: typer.Context,
    id_: IdArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its new title.")],
    form: ListFormatOption = "text",
) -> None:
    """Give a thread another title."""
    ctx.ensure_object(Invocation).action = lambda: _rename(id_, title, form)


@app.command()
def delete(
    ctx: typer.Context,
    id_: IdArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    form: ListFormatOption = "text",
) -> None:
    """Forget a thread; files it changed stay as they are."""
    ctx.ensure_object(Invocation).action = lambda: _delete(id_, form, yes=yes)


def _list(*, everywhere: bool, form: str) -> int:
    from vivek.session.threads import ThreadIndex

    root = None if everywhere else _root()
    with ThreadIndex.open() as index:
        threads = index.list(root)
    if form == "json":
        return _print_json({"threads": [_plain(thread) for thread in threads]})
    if not threads:
        sys.stderr.write("There are no threads yet.\n" if everywhere else "This project has no threads yet.\n")
        return 0
    from shutil import get_terminal_size

    from vivek.cli.render.tables import thread_table

    width = get_terminal_size().columns if look_at_terminal().draws else _WIDE
    sys.stdout.write(thread_table(threads, now=time.time(), width=width, directories=everywhere) + "\n")
    return 0


def _show(given: str, form: str) -> int:
    from vivek.session.doors.history import read_thread, show_thread
    from vivek.session.place import open_place

    place = open_place()
    thread = _find(given, place.root)
    if form == "json":
        said = [{"role": role, "text": text} for role, text in show_thread(place, thread.id)]
        return _print_json({"thread": _plain(thread), "messages": said})
    from vivek.cli.render.tables import conversation

    told = False
    for piece in conversation(read_thread(place, thread.id)):
        sys.stdout.write(piece)
        told = True
    if not told:
        sys.stderr.write(f"Nothing was said in {thread.id} yet.\n")
    return 0


def _resume(given: str, approve: str | None, form: Format, *, stream: bool) -> int:
    from vivek.cli.turn.once import report_errors

    return report_errors(form, given, lambda: _go_on(given, approve, form, stream=stream))


def _go_on(given: str, approve: str | None, form: Format, *, stream: bool) -> int:
    """Go on in a chat when there is somebody to talk to, else run the open turn alone."""
    from vivek.cli.turn.once import start_once
    from vivek.session.place import open_place

    place = open_place()
    thread = _find(given, place.root)
    terminal = look_at_terminal()
    asks = terminal.asks and form == "text"
    choices = build_choices(thread=thread.id, guards=GuardOptions(approve), interactive=asks)
    if not asks or approve is not None:
        return start_once(choices, None, form=form, terminal=terminal, stream=stream)
    from vivek.cli.repl import start_chat

    return start_chat(place, choices, terminal, first=None, resume=thread.status in _OPEN, stream=stream)


def _rename(given: str, title: str, form: str) -> int:
    from dataclasses import replace

    from vivek.session.threads import ThreadIndex

    if not title.strip():
        msg = "A title is not empty."
        raise ConfigError(msg, hint=f'Give one: `vivek threads rename {given} "TITLE"`.')
    root = _root()
    with ThreadIndex.open() as index:
        thread = index.find(given, root)
        index.rename(thread.id, " ".join(title.split()), root)
    if form == "json":
        return _print_json({"thread": _plain(replace(thread, title=" ".join(title.split())))})
    sys.stdout.write(f"renamed {thread.id}\n")
    return 0


def _delete(given: str, form: str, *, yes: bool) -> int:
    from vivek.session.doors.history import delete_thread
    from vivek.session.place import open_place

    place = open_place()
    thread = _find(given, place.root)
    if not yes and not _agrees(thread):
        sys.stderr.write("Nothing was deleted.\n")
        return 0
    delete_thread(place, thread.id)
    if form == "json":
        return _print_json({"deleted": thread.id})
    sys.stdout.write(f"deleted {thread.id}\n")
    return 0


def _agrees(thread: "ThreadSummary") -> bool:
    from vivek.cli.render.safe_text import one_line

    if not look_at_terminal().asks:
        msg = "Deleting asks first, and there is no terminal to ask on."
        raise ConfigError(msg, hint=f"Run `vivek threads delete {thread.id} --yes`.")
    answer = typer.prompt(f"Delete {thread.id} ({one_line(thread.title, 60)})? [y/N]", default="", show_default=False)
    return str(answer).strip().lower() in ("y", "yes")


def _root() -> "Path":
    from vivek.session.place import open_place

    return open_place().root


def _find(given: str, root: "Path") -> "ThreadSummary":
    from vivek.session.threads import ThreadIndex

    with ThreadIndex.open() as index:
        return index.find(given, root)


def _plain(thread: "ThreadSummary") -> object:
    from vivek.schema.plain import as_plain

    return as_plain(thread)


def _print_json(value: dict[str, object]) -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return 0
