"""`vivek analyze`: how a repository is built, where it hurts and what to mend first; all of it is measured."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer
from typer.core import TyperGroup

from vivek.cli.options import (
    BaseUrlOption,
    Invocation,
    ModelOption,
    ModelOptions,
    WindowOption,
    build_choices,
    choice,
    look_at_terminal,
)
from vivek.errors import ConfigError
from vivek.schema.architecture import Focus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivek.schema.architecture import Architecture
    from vivek.schema.narrative import Narrative
    from vivek.session.options import Choices
    from vivek.session.place import Place

Form = Literal["text", "json", "markdown", "html", "sarif", "mermaid"]
Scope = Literal["all", "changed"]

_INNER: Final = "vivek.analyze.inner"
_WITHOUT_WORDS: Final = ("sarif", "mermaid")

FocusOption = Annotated[str, choice("--focus", Focus, "What is told; usually all of it.")]
ScopeOption = Annotated[str | None, choice("--scope", Scope, "The whole project, or what changed.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="REV", help="What changed since this branch left REV.")
]
FormOption = Annotated[str, choice("--format", Form, "What is printed.")]
OutputOption = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]
NoModelOption = Annotated[bool, typer.Option("--no-model", help="Ask no model, which is usual.")]
NarrativeOption = Annotated[
    bool, typer.Option("--narrative", help="Have a model tell of it too; each sentence is checked against the figures.")
]
TellingThreadOption = Annotated[
    str | None, typer.Option("--thread", metavar="ID", help="Go on with this narrative: id or unique prefix.")
]
PathArgument = Annotated[str | None, typer.Argument(metavar="PATH", help="Only this file or folder.")]


class _Analyze(TyperGroup):
    """A command that takes a path, beside commands of its own: a first word that is one of their names means that."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # Any: typer does not name the type publicly
        """Take the words apart; those of an inner command are its own."""
        ctx.meta[_INNER] = bool(args) and args[0] in self.commands
        ctx.allow_interspersed_args = not ctx.meta[_INNER]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Any: as above
        """Return the inner command; behind a path there is none."""
        if not ctx.meta[_INNER]:
            ctx.fail(f"{args[0]!r} is one path too many; a command of `vivek analyze` comes first.")
        return super().resolve_command(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:  # Any: as above
        """Return the parameters; before an inner command there is no path."""
        params = super().get_params(ctx)
        inner = ctx.meta.get(_INNER, False)
        return [each for each in params if not inner or each.param_type_name != "argument"]


app = typer.Typer(name="analyze", cls=_Analyze, invoke_without_command=True, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is reported, and how.

    Attributes:
        focus: What it tells of.
        path: A file or folder as it was typed, None for the whole project.
        changed: Whether only what changed counts.
        since: The revision that it changed since, "" for none.
        form: How it is written.
        output: Into which file, None for standard output.
        choices: What the command line says of the model; None where none is asked.
        thread: The narrative that is gone on with, None for a new one.
    """

    focus: Focus
    path: str | None
    changed: bool
    since: str
    form: Form
    output: str | None
    choices: "Choices | None" = None
    thread: str | None = None


@app.callback()
def analyze(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    path: PathArgument = None,
    focus: FocusOption = "all",
    scope: ScopeOption = None,
    since: SinceOption = None,
    form: FormOption = "text",
    output: OutputOption = None,
    narrative: NarrativeOption = False,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    window: WindowOption = None,
    no_model: NoModelOption = False,
    thread: TellingThreadOption = None,
) -> None:
    """Tell how a project is built, where it hurts and what to mend first; every figure is measured.

    With `--narrative`, or a model that is named, a model tells of it as well; that takes a call a package, and what it
    says without a proof is left out.

    `vivek analyze impact` tells of the command of that name; a folder called so is `./impact`.
    """
    if ctx.invoked_subcommand is not None:
        return

    def act() -> int:
        if since is not None and scope == "all":
            msg = "`--since` is about what changed, `--scope all` about everything."
            raise ConfigError(msg, hint="Leave one of them out.")
        changed = scope == "changed" or since is not None
        wanted = _Wanted(cast(Focus, focus), path, changed, since or "", cast(Form, form), output)
        if not (narrative or model is not None or thread is not None):
            return _analyze(wanted)
        if no_model or form in _WITHOUT_WORDS:
            msg = f"`{'--no-model' if no_model else f'--format {form}'}` has no place for what a model tells."
            raise ConfigError(msg, hint="Leave one of them out.")
        options = ModelOptions(model=model, base_url=base_url, window=window)
        return _analyze(replace(wanted, choices=build_choices(models=options, interactive=False), thread=thread))

    ctx.ensure_object(Invocation).action = act


def _analyze(wanted: _Wanted) -> int:
    from vivek.cli.render.safe_text import problem
    from vivek.cli.reports import progress
    from vivek.session.doors.analyze import analyze as measure
    from vivek.session.doors.analyze_extent import beneath, narrow
    from vivek.session.place import open_place

    place = open_place()
    for notice in place.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    path = "" if wanted.path is None else beneath(place, wanted.path, Path.cwd())
    with progress() as tell:
        whole = measure(place, on_progress=tell)
    report = narrow(place, whole, path=path, changed=wanted.changed, since=wanted.since)
    if wanted.choices is None:
        _write(report, None, wanted, place)
        return 0
    from vivek.cli.telling import have_told

    told = have_told(place, report, wanted.choices, thread=wanted.thread)
    _write(report, told.narrative, wanted, place)
    return told.code


def _write(report: "Architecture", narrative: "Narrative | None", wanted: _Wanted, place: "Place") -> None:
    from vivek.cli.reports import draw_lines, write_lines

    if wanted.form == "text":
        from vivek.cli.render.architecture_text import SCREEN, report_lines

        wide = get_terminal_size().columns if wanted.output is None and look_at_terminal().draws else SCREEN
        draw_lines(report_lines(report, wanted.focus, narrative=narrative, columns=wide), wanted.output)
        return
    lines = _drawn(report, wanted.focus) if wanted.form == "mermaid" else _lines(report, narrative, wanted, place)
    write_lines(lines, wanted.output)


def _drawn(report: "Architecture", focus: Focus) -> list[str]:
    """Return one diagram; what it leaves out is said beside it.

    Raises:
        ConfigError: If there is no picture of this focus.
    """
    from vivek.cli.render.architecture_markdown import picture_of
    from vivek.cli.render.mermaid import checked

    diagram = picture_of(report, focus)
    if diagram is None:
        msg = f"There is no picture of {focus}."
        raise ConfigError(
            msg, hint="`--format mermaid` draws modules; `--focus dependencies` packages, `structure` layers."
        )
    for told in diagram.told if diagram.nodes else ("There is nothing to draw: no module, or no layer, is known.",):
        sys.stderr.write(f"{told}\n")
    return checked(diagram)


def _lines(report: "Architecture", narrative: "Narrative | None", wanted: _Wanted, place: "Place") -> "Iterable[str]":
    """Return a report in a form, line by line."""
    from vivek import __version__

    match wanted.form:
        case "sarif":
            from vivek.cli.render.architecture_sarif import architecture_log
            from vivek.cli.render.jsonl import dump

            return [dump(architecture_log(report, __version__))]
        case "markdown":
            from vivek.cli.render.architecture_markdown import architecture_page

            return architecture_page(report, wanted.focus, place.root.name, narrative=narrative)
        case "html":
            from vivek.cli.render.html.page import architecture_html

            return architecture_html(report, place.root.name, __version__, focus=wanted.focus, narrative=narrative)
        case _:
            from vivek.cli.render.architecture import architecture_object
            from vivek.cli.render.jsonl import VERSION, dump

            return [dump({"version": VERSION, **architecture_object(report, wanted.focus, narrative)})]
