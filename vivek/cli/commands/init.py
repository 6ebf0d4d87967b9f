"""`vivek init`: writes a first `vivek.md` out of what the project's files say. Needs no model, overwrites nothing."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption, look_at_terminal
from vivek.cli.render.safe_text import one_line, problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vivek.schema.first_page import Insight, Outcome
    from vivek.session.doors.run import Explained
    from vivek.session.place import Place
    from vivek.session.surveying import Surveyed

_LEFT = 1
_LONGEST = 500


def init(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing, write what was found.")] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the page, and write nothing.")] = False,
    analyze: Annotated[
        bool, typer.Option("--analyze", help="Measure the code: where it starts, its packages, conventions.")
    ] = False,
    run: Annotated[
        bool, typer.Option("--run", help="Run the commands that were found, in the sandbox; say which ones worked.")
    ] = False,
    form: ListFormatOption = "text",
) -> None:
    """Write a first `vivek.md`: what vivek and its models should know of this project.

    With `--run` the commands that files of the project name run as `vivek run` would run them: on a view of your
    files, without a network, and only after asking where that must be. One that did not end well is written with what
    became of it.
    """
    wanted = _Wanted(form, yes=yes, only_print=print_, analyze=analyze, run=run)
    ctx.ensure_object(Invocation).action = lambda: _init(wanted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How the page is made, and what becomes of it."""

    form: str
    yes: bool
    only_print: bool
    analyze: bool
    run: bool


def _init(wanted: _Wanted) -> int:
    import asyncio

    from vivek.session.place import open_place
    from vivek.session.surveying import existing_page, survey_project, write_page

    place = open_place()
    found = asyncio.run(survey_project(place))
    for notice in found.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    there = existing_page(place)
    asks = wanted.form == "text" and not wanted.yes and look_at_terminal().asks
    about = _ask() if asks and not (wanted.only_print or there) else ""
    insight = _measure(place) if wanted.analyze else None
    outcomes = asyncio.run(_try(place, found, asks=asks)) if wanted.run else {} if wanted.analyze else None
    page = found.page(about, insight, outcomes)
    written = not (wanted.only_print or there)
    if written:
        write_page(place, page)
    _say(found, page, wanted.form, outcomes, path=str(place.root / "vivek.md"), written=written)
    if there and not wanted.only_print:
        told = "There is a `vivek.md` already; it is left as it is. Above is what would have been written."
        sys.stderr.write(problem(told, "Take over by hand what you like.") + "\n")
        return _LEFT
    return 0


def _measure(place: "Place") -> "Insight":
    """Return what is measured of the code."""
    from vivek.cli.reports import progress
    from vivek.session.doors.first_page import measure

    with progress() as tell:
        return measure(place, on_progress=tell)


async def _try(place: "Place", found: "Surveyed", *, asks: bool) -> "dict[tuple[str, ...], Outcome]":
    """Run the commands that were found; who is there is asked where that must be."""
    from vivek.session.doors.first_page import try_commands
    from vivek.session.doors.run import CommandDoor
    from vivek.session.options import Choices

    door = CommandDoor(place, Choices(interactive=asks))
    for notice in door.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")

    async def ask(said: "Explained") -> bool:
        from vivek.cli.turn.permission import ask_to_run

        return await ask_to_run(said, door, sys.stderr)

    def tell(argv: "Sequence[str]") -> None:
        sys.stderr.write(f"runs: {one_line(' '.join(argv))}\n")
        sys.stderr.flush()

    return await try_commands(door, found.survey.commands, ask if asks else None, tell)


def _ask() -> str:
    """Ask what no file says."""
    sys.stderr.write("What is this project, in a sentence? (Enter to leave it out) ")
    sys.stderr.flush()
    return one_line(sys.stdin.readline().strip(), _LONGEST)


def _say(
    found: "Surveyed",
    page: str,
    form: str,
    outcomes: "Mapping[tuple[str, ...], Outcome] | None",
    *,
    path: str,
    written: bool,
) -> None:
    if form == "json":
        from vivek.cli.render.jsonl import VERSION, dump

        commands = [
            {
                "kind": each.kind,
                "command": list(each.argv),
                "source": each.source,
                "outcome": outcomes[each.argv].told if outcomes else None,
            }
            for each in found.survey.commands
        ]
        value = {
            "path": path,
            "written": written,
            "page": page,
            "languages": list(found.survey.languages),
            "commands": commands,
            "servers": list(found.servers),
            "models": list(found.models),
        }
        sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
        return
    if not written:
        sys.stdout.write(page)
        return
    sys.stderr.write(f"written: {one_line(path, _LONGEST)}\n")
    sys.stderr.write(f"languages: {', '.join(found.survey.languages) or 'none found'}\n")
    for each in found.survey.commands:
        became = f": {one_line(outcomes[each.argv].told)}" if outcomes else ""
        sys.stderr.write(f"{each.kind}: {one_line(' '.join(each.argv), 200)} (from {one_line(each.source)}){became}\n")
    sys.stderr.write(f"servers: {'; '.join(found.servers) or 'none answers'}\n")
    sys.stderr.write(f"models: {', '.join(found.models[:5]) or 'none found; `vivek doctor` says what to do'}\n")
    sys.stderr.write("Add what no file says: how you write code, what not to touch.\n")
