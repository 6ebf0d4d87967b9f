"""`vivek analyze diff`: how the architecture changed between two commits. Needs no model, checks nothing out."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from vivek.cli.options import Invocation, choice
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.drift import Drift

Form = Literal["text", "json", "markdown"]

FirstArgument = Annotated[str, typer.Argument(metavar="REV1", help="The earlier commit; or both, as REV1..REV2.")]
SecondArgument = Annotated[str | None, typer.Argument(metavar="[REV2]", help="The later commit; usually HEAD.")]
DiffFormOption = Annotated[str, choice("--format", Form, "What is printed.")]
DiffOutputOption = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]


def diff(
    ctx: typer.Context,
    old: FirstArgument,
    new: SecondArgument = None,
    form: DiffFormOption = "text",
    output: DiffOutputOption = None,
) -> None:
    """Tell how the architecture changed from one commit to another: modules, imports, cycles, rules, layers, hotspots.

    Both are read from git; your files are not touched. The rules are those of `.vivek/architecture.toml` as it is now.
    """
    ctx.ensure_object(Invocation).action = lambda: _diff(*_ends(old, new), cast(Form, form), output)


def _ends(old: str, new: str | None) -> tuple[str, str]:
    """Return both revisions.

    Raises:
        ConfigError: If they are named in a way that has no meaning here.
    """
    if "..." in old or (".." in old and new is not None):
        msg = f"`{old}` names no two commits to compare."
        raise ConfigError(msg, hint="Write `vivek analyze diff REV1 REV2`, or `REV1..REV2`.")
    first, dots, second = old.partition("..")
    return (first or "HEAD", second or "HEAD") if dots else (old, new or "HEAD")


def _diff(old: str, new: str, form: Form, output: str | None) -> int:
    from vivek.cli.render.safe_text import problem
    from vivek.session.doors.analyze_diff import diff as compare
    from vivek.session.place import open_place

    place = open_place()
    for notice in place.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    _write(compare(place, old, new), form, output)
    return 0


def _write(drift: "Drift", form: Form, output: str | None) -> None:
    from vivek.cli.render.drift import drift_lines, drift_object, drift_page
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.cli.reports import draw_lines, write_lines

    match form:
        case "text":
            draw_lines(drift_lines(drift), output)
        case "json":
            write_lines([dump({"version": VERSION, **drift_object(drift)})], output)
        case "markdown":
            write_lines(drift_page(drift), output)
