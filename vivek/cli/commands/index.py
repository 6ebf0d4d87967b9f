"""`vivek index`: what is known of the project's code, asked without a model."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption
from vivek.cli.reports import progress
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.index import IndexStatus
    from vivek.session.doors.index import ProjectIndex

_NOTHING = 1
_INTERRUPTED = 128 + signal.SIGINT
_MAP_TOKENS = 2_000
_MOST = 100
_INSTEAD = {"case": "have the name in other letter case", "begin": "begin with it"}

RefreshOption = Annotated[
    bool, typer.Option("--no-refresh", help="Answer from the index as it is, without a look at the files.")
]
LimitOption = Annotated[str | None, typer.Option("--limit", metavar="N", help="List at most so many; usually 100.")]

app = typer.Typer(
    name="index",
    help="Find definitions and text in this project, and draw a map of it. Needs no model.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def build(ctx: typer.Context, form: ListFormatOption = "text") -> None:
    """Bring the index up to date; Ctrl-C keeps what is done."""
    ctx.ensure_object(Invocation).action = lambda: _build(form)


@app.command()
def status(ctx: typer.Context, form: ListFormatOption = "text") -> None:
    """Tell how far the index is and what could not be read."""
    ctx.ensure_object(Invocation).action = lambda: _status(form)


@app.command()
def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text within one line, in any letter case.")],
    limit: LimitOption = None,
    no_refresh: RefreshOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Find the lines that hold a text."""
    ctx.ensure_object(Invocation).action = lambda: _search(text, limit, form, fresh=not no_refresh)


@app.command()
def symbols(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="`total`, `Till.total`, or a pattern such as `Query*`.")],
    limit: LimitOption = None,
    no_refresh: RefreshOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Find where something is defined."""
    ctx.ensure_object(Invocation).action = lambda: _symbols(name, limit, form, fresh=not no_refresh)


@app.command("map")
def map_(
    ctx: typer.Context,
    tokens: Annotated[str | None, typer.Option("--tokens", metavar="N", help="Its size; usually 2000.")] = None,
    no_refresh: RefreshOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Draw a map of the project: its files and what they define, the most used first."""
    ctx.ensure_object(Invocation).action = lambda: _map(tokens, form, fresh=not no_refresh)


def _build(form: str) -> int:
    with _index() as index:
        done, stopped = _refreshed(index)
        _print_status(done, index.folder, form)
    return _INTERRUPTED if stopped else 0


def _status(form: str) -> int:
    with _index() as index:
        _print_status(index.status(), index.folder, form)
    return 0


def _search(text: str, limit: str | None, form: str, *, fresh: bool) -> int:
    from vivek.cli.render.index import hit_line, hit_objects

    most = _number(limit, "--limit", _MOST)
    if not text.strip() or "\n" in text:
        msg = "A search is for one line of text."
        raise ConfigError(msg, hint='Give one: `vivek index search "def total"`.')
    with _index(fresh=fresh) as index:
        found = index.search(text, limit=most)
    if form == "json":
        return _print_json({"hits": hit_objects(found)}) or (0 if found else _NOTHING)
    sys.stdout.write("".join(f"{hit_line(hit)}\n" for hit in found))
    if len(found) == most:
        sys.stderr.write(f"The first {most:,} lines are listed; `--limit` lists more.\n")
    return 0 if found else _NOTHING


def _symbols(name: str, limit: str | None, form: str, *, fresh: bool) -> int:
    from vivek.cli.render.index import definition_line, definition_objects
    from vivek.cli.render.safe_text import one_line

    most = _number(limit, "--limit", _MOST)
    if not name.strip():
        msg = "A name is not empty."
        raise ConfigError(msg, hint="Give one: `vivek index symbols NAME`.")
    with _index(fresh=fresh) as index:
        found = index.symbols(name.strip(), limit=most)
    if found.instead and found.definitions:
        sys.stderr.write(f"Nothing is named exactly {one_line(name)}; these {_INSTEAD[found.instead]}.\n")
    if form == "json":
        _print_json({"symbols": definition_objects(found.definitions)})
    else:
        sys.stdout.write("".join(f"{definition_line(each)}\n" for each in found.definitions))
        if len(found.definitions) == most:
            sys.stderr.write(f"The first {most:,} are listed; `--limit` lists more.\n")
    return 0 if found.definitions else _NOTHING


def _map(tokens: str | None, form: str, *, fresh: bool) -> int:
    from vivek.cli.render.safe_text import visible

    room = _number(tokens, "--tokens", _MAP_TOKENS)
    with _index(fresh=fresh) as index:
        drawn, size = index.map(room)
    if form == "json":
        return _print_json({"tokens": size, "map": drawn})
    sys.stdout.write(f"{visible(drawn).rstrip()}\n" if drawn else "")
    if not drawn:
        sys.stderr.write("There is nothing to draw.\n")
    return 0


@contextmanager
def _index(*, fresh: bool = False) -> "Iterator[ProjectIndex]":
    """Open the index of this project, brought up to date if it is to be fresh; tell what there is to tell."""
    from vivek.cli.render.safe_text import problem
    from vivek.session.doors.index import find_home, open_project_index
    from vivek.session.place import open_place

    place = open_place()
    home = find_home(place)
    for notice in home.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    with open_project_index(place, home) as index:
        if fresh and _refreshed(index)[1]:
            raise KeyboardInterrupt
        yield index


def _refreshed(index: "ProjectIndex") -> "tuple[IndexStatus, bool]":
    """Bring an index up to date; return how far it is, and whether Ctrl-C stopped it: what was done is kept."""
    from vivek.cli.render.safe_text import problem

    stopped: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: stopped.append(number))
    try:
        with progress() as tell:
            done = index.refresh(tell, lambda: bool(stopped))
    finally:
        signal.signal(signal.SIGINT, before)
    for told in done.told:
        sys.stderr.write(problem(told) + "\n")
    return done, bool(stopped)


def _print_status(status_: "IndexStatus", folder: str, form: str) -> None:
    from vivek.cli.render.index import status_object, status_text

    if form == "json":
        _print_json(status_object(status_, folder))
        return
    sys.stdout.write(status_text(status_, folder) + "\n")


def _print_json(value: dict[str, object]) -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return 0


def _number(given: str | None, option: str, usual: int) -> int:
    if given is None:
        return usual
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 10**9):
        msg = f"{given!r} is no number for `{option}`."
        raise ConfigError(msg, hint=f"Write it in digits, such as `{option} {usual}`.")
    return int(given)
