"""`vivek analyze check`: fails where the architecture got worse than a baseline says. Needs no model."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from vivek.cli.options import Invocation, choice
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.gate import GateReport

Form = Literal["text", "json", "sarif", "github"]

_FINDINGS = 3

CheckFormOption = Annotated[str, choice("--format", Form, "What is printed.")]
CheckOutputOption = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]
CheckBaselineOption = Annotated[
    str | None, typer.Option("--baseline", metavar="FILE", help="Fail only for what is new or worse than this says.")
]
CheckUpdateOption = Annotated[
    bool, typer.Option("--update-baseline", help="Write what there is into the baseline, and fail for nothing.")
]


def check(
    ctx: typer.Context,
    baseline: CheckBaselineOption = None,
    update_baseline: CheckUpdateOption = False,
    form: CheckFormOption = "text",
    output: CheckOutputOption = None,
) -> None:
    """Fail where the architecture has a cycle of imports or breaks a rule of `.vivek/architecture.toml`.

    With a baseline only what is new or worse fails, and hotspots are judged too: one that became more involved is
    worse. The baseline survives moved lines and renamed files; commit it.

    Exits with 3 where something fails, else with 0.
    """

    def act() -> int:
        if update_baseline and baseline is None:
            msg = "`--update-baseline` needs the file to write."
            raise ConfigError(msg, hint="Name it: `--baseline .vivek/architecture-baseline.json --update-baseline`.")
        kept = None if baseline is None else Path(baseline).expanduser()
        return _check(kept, cast(Form, form), output, update=update_baseline)

    ctx.ensure_object(Invocation).action = act


def _check(baseline: Path | None, form: Form, output: str | None, *, update: bool) -> int:
    from vivek.cli.render.safe_text import problem
    from vivek.cli.reports import progress
    from vivek.session.doors.analyze_check import check as judge
    from vivek.session.place import open_place

    place = open_place()
    for notice in place.notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")
    with progress() as tell:
        report = judge(place, baseline=baseline, update=update, on_progress=tell)
    _write(report, form, output)
    return 0 if report.passed else _FINDINGS


def _write(report: "GateReport", form: Form, output: str | None) -> None:
    from vivek import __version__
    from vivek.cli.render.gate import gate_annotations, gate_lines, gate_log, gate_object
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.cli.reports import draw_lines, write_lines

    match form:
        case "text":
            draw_lines(gate_lines(report), output)
        case "json":
            write_lines([dump({"version": VERSION, **gate_object(report)})], output)
        case "sarif":
            write_lines([dump(gate_log(report, __version__))], output)
        case "github":
            write_lines(gate_annotations(report), output)
