"""`vivek review`: what is wrong with a change, in the form that people or machines read. Needs no model."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from vivek.cli.options import Invocation, choice
from vivek.cli.scope import (
    BaseOption,
    CommitOption,
    FilesOption,
    LinesOption,
    PatchOption,
    PathsArgument,
    PrOption,
    RangeOption,
    Scopes,
    StagedOption,
    scope_wish,
)
from vivek.errors import ConfigError
from vivek.schema.findings import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vivek.cli.render.review import Chosen, Limits
    from vivek.schema.findings import ReviewReport

Form = Literal["text", "json", "markdown", "sarif", "github"]

FINDINGS = 3
"""Exit code where something is at least as grave as `--fail-on` says."""

_INCOMPLETE = 5
_MOST = 10
_LARGEST = 32_000_000

ReviewFormatOption = Annotated[str, choice("--format", Form, "What is printed.")]
OutputOption = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Show every finding, and what is ignored or fixed.")]
FailOption = Annotated[
    str | None, choice("--fail-on", Severity, "Exit with 3 where a finding is at least that grave and not known.")
]
ConfidenceOption = Annotated[
    str | None, choice("--min-confidence", Confidence, "Leave out what is less sure; usually nothing.")
]
MostOption = Annotated[
    str | None, typer.Option("--max-findings", metavar="N", help="Show at most so many; usually 10 as text, else all.")
]
BaselineOption = Annotated[
    str | None, typer.Option("--baseline", metavar="FILE", help="Tell what is new, open and fixed against this file.")
]
UpdateOption = Annotated[bool, typer.Option("--update-baseline", help="Write what is found into the baseline.")]
IngestOption = Annotated[
    list[str] | None,
    typer.Option("--ingest", metavar="FILE", help="Take in what another tool found: SARIF, or JSON of ruff or eslint."),
]
NoModelOption = Annotated[bool, typer.Option("--no-model", help="Ask no model; this version never does.")]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is done with a review.

    Attributes:
        form: How it is written.
        output: Into which file, None for standard output.
        fail_on: From which severity on it fails, None for never.
        whole: Whether everything is shown.
        limits: What is shown.
        baseline: The file of the baseline.
        update: Whether that is written.
        reports: What other tools wrote.
    """

    form: Form
    output: str | None
    fail_on: Severity | None
    whole: bool
    limits: "Limits"
    baseline: Path | None
    update: bool
    reports: "Sequence[str]"


def review(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    paths: PathsArgument = None,
    staged: StagedOption = False,
    base: BaseOption = None,
    range_: RangeOption = None,
    commit: CommitOption = None,
    pr: PrOption = None,
    patch: PatchOption = None,
    files: FilesOption = False,
    lines: LinesOption = None,
    form: ReviewFormatOption = "text",
    output: OutputOption = None,
    every: AllOption = False,
    fail_on: FailOption = None,
    min_confidence: ConfidenceOption = None,
    max_findings: MostOption = None,
    baseline: BaselineOption = None,
    update_baseline: UpdateOption = False,
    ingest: IngestOption = None,
    no_model: NoModelOption = False,
) -> None:
    """Review a change: what tools and vivek's own rules find in the lines that changed.

    Without an option the working tree is held against HEAD; where nothing is changed there, the branch against the
    place where it left the default branch. As text, findings of medium severity and above are shown, at most 10.

    Exits with 3 for `--fail-on`, with 5 when some of the change could not be read, else with 0.
    """
    scopes: Scopes = {
        "staged": staged,
        "base": base,
        "range": range_,
        "commit": commit,
        "pr": pr,
        "patch": patch,
        "files": files,
        "lines": lines,
    }

    def act() -> int:
        limits = _limits(cast(Form, form), cast(Confidence | None, min_confidence), max_findings, every=every)
        if update_baseline and baseline is None:
            msg = "`--update-baseline` needs the file to write."
            raise ConfigError(msg, hint="Name it: `--baseline .vivek/baseline.json --update-baseline`.")
        kept = None if baseline is None else Path(baseline).expanduser()
        wanted = _Wanted(
            cast(Form, form), output, cast(Severity | None, fail_on), every, limits, kept, update_baseline, ingest or ()
        )
        return _review(scopes, paths or [], wanted)

    ctx.ensure_object(Invocation).action = act


def _review(scopes: Scopes, paths: list[str], wanted: _Wanted) -> int:
    from vivek.cli.render.review import choose, counted, grave
    from vivek.cli.render.safe_text import problem
    from vivek.session.doors.review import collect_changes, ingest, review_static
    from vivek.session.doors.review_settling import settle
    from vivek.session.place import open_place

    place = open_place()
    for notice in place.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    changes = collect_changes(place, scope_wish(scopes, paths, place.root))
    told = [each for file in wanted.reports for each in ingest(place, _report_of(file))]
    found = review_static(place, changes, told=told)
    report = settle(place, changes, found, baseline=wanted.baseline, update=wanted.update)
    for said in report.told:
        sys.stderr.write(problem(said) + "\n")
    _write(report, choose(report, wanted.limits), wanted)
    if wanted.fail_on is not None and (failing := grave(report, wanted.fail_on, wanted.limits.confidence)):
        sys.stderr.write(f"{counted(len(failing), 'finding')} of severity {wanted.fail_on} or above\n")
        return FINDINGS
    return _INCOMPLETE if report.status == "incomplete" else 0


def _report_of(file: str) -> bytes:
    """Return what another tool wrote.

    Raises:
        ConfigError: If it cannot be read.
    """
    try:
        with Path(file).expanduser().open("rb") as stream:
            return stream.read(_LARGEST * 2)
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Name the report that another tool wrote.") from error


def _limits(form: Form, confidence: Confidence | None, most: str | None, *, every: bool) -> "Limits":
    """Return what is shown: people see the gravest findings first, machines all of them.

    Raises:
        ConfigError: If the number is none.
    """
    from vivek.cli.render.review import Limits

    if most is not None and not (most.isascii() and most.isdigit() and 0 < int(most) < 10**9):
        msg = f"{most!r} is no number for `--max-findings`."
        raise ConfigError(msg, hint="Write it in digits, such as `--max-findings 20`.")
    number = None if most is None else int(most)
    if every or form not in ("text", "markdown"):
        return Limits(None, confidence, number)
    return Limits("medium", confidence, number or _MOST, known=False)


def _write(report: "ReviewReport", chosen: "Chosen", wanted: _Wanted) -> None:
    from vivek.cli.reports import draw_lines, write_lines

    if wanted.form == "text":
        from vivek.cli.render.review_text import review_lines

        draw_lines(review_lines(report, chosen, whole=wanted.whole), wanted.output)
        return
    write_lines(_lines(report, chosen, wanted.form), wanted.output)


def _lines(report: "ReviewReport", chosen: "Chosen", form: Form) -> "Iterable[str]":
    """Return a review in a form, line by line."""
    match form:
        case "sarif":
            from vivek import __version__
            from vivek.cli.render.jsonl import dump
            from vivek.cli.render.review_sarif import review_log

            return [dump(review_log(report, chosen, __version__))]
        case "github":
            from vivek.cli.render.review_github import annotation_lines

            return annotation_lines(report, chosen)
        case "markdown":
            from vivek.cli.render.review_markdown import review_page

            return review_page(report, chosen)
        case _:
            from vivek.cli.render.jsonl import VERSION, dump
            from vivek.cli.render.review import review_object

            return [dump({"version": VERSION, **review_object(report, chosen)})]
