"""`vivek analyze impact`, `why` and `tour`: what hangs on what, and where to begin reading. Needs no model."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from vivek.cli.options import Invocation, ListFormatOption

if TYPE_CHECKING:
    from vivek.session.place import Place

_NO_WAY = 1

Value = TypeVar("Value")


def impact(
    ctx: typer.Context,
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="A name, FILE::NAME, or a file.")],
    form: ListFormatOption = "text",
) -> None:
    """Tell what a change of a name or a file may break: who uses it, who depends on those, which tests reach it."""

    def act() -> int:
        from vivek.cli.render.impact import impact_lines
        from vivek.session.doors import analyze_impact as door

        _tell(_place(), lambda place: door.impact(place, symbol), impact_lines, form)
        return 0

    ctx.ensure_object(Invocation).action = act


def why(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="A", help="The module that imports: a file, or its dotted name.")],
    end: Annotated[str, typer.Argument(metavar="B", help="The module that is imported.")],
    form: ListFormatOption = "text",
) -> None:
    """Tell why one module needs another: the shortest way of imports, and one back if there is any.

    Exits with 1 where A does not need B.
    """

    def act() -> int:
        from vivek.cli.render.impact import way_lines
        from vivek.session.doors import analyze_impact as door

        way = _tell(_place(), lambda place: door.why(place, start, end), way_lines, form)
        return 0 if way.edges or way.start == way.end else _NO_WAY

    ctx.ensure_object(Invocation).action = act


def tour(ctx: typer.Context, form: ListFormatOption = "text") -> None:
    """Tell a newcomer what to read, in which order, and why."""

    def act() -> int:
        from vivek.cli.render.impact import tour_lines
        from vivek.session.doors import analyze_impact as door

        _tell(_place(), door.tour, tour_lines, form)
        return 0

    ctx.ensure_object(Invocation).action = act


def _place() -> "Place":
    from vivek.cli.render.safe_text import problem
    from vivek.session.place import open_place

    place = open_place()
    for notice in place.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    return place


def _tell(place: "Place", find: Callable[["Place"], Value], draw: Callable[[Value], Iterable[str]], form: str) -> Value:
    """Print what is found in a form, and return it."""
    from vivek.cli.reports import write_lines

    value = find(place)
    if form == "json":
        from vivek.cli.render.impact import plain_object
        from vivek.cli.render.jsonl import VERSION, dump

        write_lines([dump({"version": VERSION, **plain_object(value)})])
    else:
        write_lines(draw(value))
    return value
