"""`vivek threads`: what was talked about, and going on with it. Only `resume` needs a model."""

import sys
import time
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vivek.cli.limits import LimitOptions, MaxCallsOption, MaxTokensOption, TimeoutOption
from vivek.cli.options import (
    ApproveOption,
    Format,
    FormatOption,
    GuardOptions,
    Invocation,
    ListFormatOption,
    NoStreamOption,
    build_choices,
    choice,
    look_at_terminal,
)
from vivek.cli.render.safe_text import problem
from vivek.errors import ConfigError
from vivek.schema.plain import as_plain
from vivek.schema.threads import ThreadKind, ThreadStatus

if TYPE_CHECKING:
    from pathlib import Path

    from vivek.schema.events import Notice
    from vivek.schema.threads import ThreadSummary

_OPEN = ("unfinished", "needs_approval")
_MOST = 100
_WIDE = 10_000  # columns of a pipe: nothing is cut

AllOption = Annotated[bool, typer.Option("--all", help="The threads of all projects.")]
KindOption = Annotated[str | None, choice("--kind", ThreadKind, "Only threads of this kind.")]
StatusOption = Annotated[str | None, choice("--status", ThreadStatus, "Only threads that stand so.")]
LimitOption = Annotated[
    str | None, typer.Option("--limit", "-n", metavar="N", help="Only the newest N, 0 for all; 100 on a terminal.")
]
TreeOption = Annotated[bool, typer.Option("--tree", help="Show its turns, its forks and what was set aside.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]

app = typer.Typer(name="threads", help="List threads and go on with them.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    ctx: typer.Context,
    everywhere: AllOption = False,
    kind: KindOption = None,
    status: StatusOption = None,
    limit: LimitOption = None,
    form: ListFormatOption = "text",
) -> None:
    """List the threads of this project, newest first."""
    ctx.ensure_object(Invocation).action = lambda: _list(kind, status, limit, form, everywhere=everywhere)


@app.command()
def show(ctx: typer.Context, id_: IdArgument, tree: TreeOption = False, form: ListFormatOption = "text") -> None:
    """Show what was said in a thread."""
    ctx.ensure_object(Invocation).action = lambda: _tree(id_, form) if tree else _show(id_, form)


@app.command()
def resume(
    ctx: typer.Context,
    id_: IdArgument,
    approve: ApproveOption = None,
    timeout: TimeoutOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    no_stream: NoStreamOption = False,
    form: FormatOption = "text",
) -> None:
    """Go on with an open turn, a waiting change, or a review or an analysis that was broken off."""
    limits = LimitOptions(timeout, max_calls, max_tokens)
    ctx.ensure_object(Invocation).action = lambda: _resume(
        id_, approve, cast(Format, form), limits, stream=not no_stream
    )


@app.command()
def rename(
    ctx: typer.Context,
    id_: IdArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its new title.")],
    form: ListFormatOption = "text",
) -> None:
    """Give a thread another title."""
    ctx.ensure_object(Invocation).action = lambda: _rename(id_, title, form)


def _list(kind: str | None, status: str | None, limit: str | None, form: str, *, everywhere: bool) -> int:
    from vivek.session.place import open_place
    from vivek.session.threads.finding import Wanted
    from vivek.session.threads.index import ThreadIndex

    terminal = look_at_terminal()
    most = _number(limit) if limit is not None else (_MOST if terminal.draws and form == "text" else 0)
    chosen, stands = cast("ThreadKind | None", kind), cast("ThreadStatus | None", status)  # the parser let no other in
    place = None if everywhere else open_place()
    root = place.root if place else None
    with ThreadIndex.open() as index:
        again: tuple[Notice, ...] = ()
        if place is not None and not index.knows(place.root):
            from vivek.session.threads.relisting import relist

            again = relist(place, index)
        threads = index.list(root, wanted=Wanted(chosen, stands, most=most or None))
        fitting = index.count(root, wanted=Wanted(chosen, stands)) if most else len(threads)
        here = index.count(root) if kind or status else fitting
        elsewhere = 0 if everywhere or threads else index.count() - here
    sys.stderr.write("".join(problem(notice.text, notice.hint) + "\n" for notice in again))
    if form == "json":
        return _print_json({"threads": [as_plain(thread) for thread in threads], "left_out": fitting - len(threads)})
    if threads:
        from shutil import get_terminal_size

        from vivek.cli.render.tables import thread_table

        width = get_terminal_size().columns if terminal.draws else _WIDE
        sys.stdout.write(thread_table(threads, now=time.time(), width=width, directories=everywhere) + "\n")
        sys.stdout.flush()
    told = [] if here else ["There are no threads yet." if everywhere else "This project has no threads yet."]
    told += [f"{fitting - len(threads):,} older threads are not shown; `--limit 0` shows all."] * (
        fitting > len(threads)
    )
    told += [f"{here - fitting:,} others are left out by `--kind` and `--status`."] * (here > fitting)
    told += [f"Other projects have {elsewhere:,}; `--all` shows them."] * (elsewhere > 0)
    sys.stderr.write("".join(f"{line}\n" for line in told))
    return 0


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    msg = f"{text!r} is no number of threads."
    raise ConfigError(msg, hint="`--limit 20` shows the newest 20, `--limit 0` all.")


def _tree(given: str, form: str) -> int:
    from vivek.session.doors.travel import thread_tree
    from vivek.session.place import open_place

    tree = thread_tree(open_place(), given)
    if form == "json":
        return _print_json({"tree": as_plain(tree)})
    from shutil import get_terminal_size

    from vivek.cli.render.travel import tree_lines

    width = get_terminal_size().columns if look_at_terminal().draws else _WIDE
    sys.stdout.writelines(f"{line}\n" for line in tree_lines(tree, width))
    return 0


def _show(given: str, form: str) -> int:
    from vivek.session.doors.history import open_request, read_thread, show_thread
    from vivek.session.place import open_place

    place = open_place()
    thread = _find(given, place.root, aside=True)
    if form == "json":
        said = [{"role": role, "text": text} for role, text in show_thread(place, thread.id)]
        return _print_json({"thread": as_plain(thread), "messages": said})
    from vivek.cli.render.tables import conversation

    told, asked = False, open_request(place, thread)
    for piece in conversation(chain(read_thread(place, thread.id), [("user", iter([asked]))] if asked else [])):
        sys.stdout.write(piece)
        told = True
    news = "" if told else f"Nothing was said in {thread.id} yet.\n"
    if asked or (not told and thread.status in (*_OPEN, "needs_answer")):
        news = f"The last turn of {thread.id} is open.\nhint: `vivek threads resume {thread.id}` goes on with it\n"
    sys.stderr.write(news)
    return 0


def _resume(given: str, approve: str | None, form: Format, limits: LimitOptions, *, stream: bool) -> int:
    from vivek.cli.turn.once import report_errors

    return report_errors(form, given, lambda: _go_on(given, approve, form, limits, stream=stream))


def _go_on(given: str, approve: str | None, form: Format, limits: LimitOptions, *, stream: bool) -> int:
    """Go on in a chat when there is somebody to talk to, else run the open turn alone."""
    from vivek.cli.turn.once import start_once
    from vivek.session.place import open_place

    place = open_place()
    thread = _find(given, place.root)
    terminal = look_at_terminal()
    asks = terminal.asks and form == "text"
    choices = build_choices(thread=thread.id, guards=GuardOptions(approve), interactive=asks)
    choices, seconds = replace(choices, limits=limits.limits()), limits.seconds()
    if thread.kind == "review":
        from vivek.cli.reviewing.running import go_on_review

        return go_on_review(place, choices, thread.id, form, seconds=seconds)
    if thread.kind == "analyze":
        from vivek.cli.telling import go_on_telling

        return go_on_telling(place, choices, thread.id, form, seconds=seconds)
    if not asks or approve is not None or limits.given:
        return start_once(choices, None, form=form, terminal=terminal, stream=stream, seconds=seconds)
    from vivek.cli.start import start_chat

    return start_chat(place, choices, terminal, first=None, resume=thread.status in _OPEN, stream=stream)


def _rename(given: str, title: str, form: str) -> int:
    from vivek.session.threads.index import ThreadIndex

    if not title.strip():
        msg = "A title is not empty."
        raise ConfigError(msg, hint=f'Give one: `vivek threads rename {given} "TITLE"`.')
    root = _root()
    with ThreadIndex.open() as index:
        thread = index.find(given, root)
        index.rename(thread.id, " ".join(title.split()), root)
    if form == "json":
        return _print_json({"thread": as_plain(replace(thread, title=" ".join(title.split())))})
    sys.stdout.write(f"renamed {thread.id}\n")
    return 0


def _root() -> "Path":
    from vivek.session.place import open_place

    return open_place().root


def _find(given: str, root: "Path", *, aside: bool = False) -> "ThreadSummary":
    from vivek.session.threads.index import ThreadIndex

    with ThreadIndex.open() as index:
        return index.find(given, root, aside=aside)


def _print_json(value: dict[str, object]) -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return 0
