"""`vivek init`: writes a first `vivek.md` out of what the project's files say. Needs no model, overwrites nothing."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption, look_at_terminal
from vivek.cli.render.safe_text import one_line, problem

if TYPE_CHECKING:
    from vivek.session.surveying import Surveyed

_LEFT = 1
_LONGEST = 500


def init(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing, write what was found.")] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the page, and write nothing.")] = False,
    form: ListFormatOption = "text",
) -> None:
    """Write a first `vivek.md`: what vivek and its models should know of this project."""
    ctx.ensure_object(Invocation).action = lambda: _init(form, yes=yes, only_print=print_)


def _init(form: str, *, yes: bool, only_print: bool) -> int:
    import asyncio

    from vivek.session.place import open_place
    from vivek.session.surveying import existing_page, survey_project, write_page

    place = open_place()
    found = asyncio.run(survey_project(place))
    for notice in found.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    there = existing_page(place)
    asks = form == "text" and not (yes or only_print or there) and look_at_terminal().asks
    page = found.page(_ask() if asks else "")
    written = not (only_print or there)
    if written:
        write_page(place, page)
    _say(found, page, form, path=str(place.root / "vivek.md"), written=written)
    if there and not only_print:
        told = "There is a `vivek.md` already; it is left as it is. Above is what would have been written."
        sys.stderr.write(problem(told, "Take over by hand what you like.") + "\n")
        return _LEFT
    return 0


def _ask() -> str:
    """Ask what no file says."""
    sys.stderr.write("What is this project, in a sentence? (Enter to leave it out) ")
    sys.stderr.flush()
    return one_line(sys.stdin.readline().strip(), _LONGEST)


def _say(found: "Surveyed", page: str, form: str, *, path: str, written: bool) -> None:
    if form == "json":
        from vivek.cli.render.jsonl import VERSION, dump

        commands = [
            {"kind": each.kind, "command": list(each.argv), "source": each.source} for each in found.survey.commands
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
        sys.stderr.write(f"{each.kind}: {one_line(' '.join(each.argv), 200)} (from {one_line(each.source)})\n")
    sys.stderr.write(f"servers: {'; '.join(found.servers) or 'none answers'}\n")
    sys.stderr.write(f"models: {', '.join(found.models[:5]) or 'none found; `vivek doctor` says what to do'}\n")
    sys.stderr.write("Add what no file says: how you write code, what not to touch.\n")
