"""`vivek review`: what is wrong with a change, for people or machines. A model is asked where there is one."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vivek.cli.options import (
    BaseUrlOption,
    Invocation,
    ModelOption,
    ModelOptions,
    WindowOption,
    build_choices,
    choice,
)
from vivek.cli.reviewing.forms import MOST, Form
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
from vivek.schema.reviewing import ReviewEffort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vivek.cli.render.review import Limits

_LARGEST = 32_000_000
_NO_BASELINE = (
    "`--update-baseline` needs the file to write.",
    "Name it: `--baseline .vivek/baseline.json --update-baseline`.",
)
_FIX_FIRST = ("`--fix` and `--update-baseline` exclude each other.", "Fix first; then write down what is left.")
_NO_FIX = ("`--yes` answers the questions of `--fix`, which is missing.", "Run `vivek review --fix --yes`.")
_NO_ANSWER = ("`--thread` goes on with a model's review; `--no-model` asks none.", "Leave one of them out.")
_HAS_CHANGE = ("The review that `--thread` names has its change already.", "Leave the others out, or review anew.")

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
NoModelOption = Annotated[bool, typer.Option("--no-model", help="Ask no model.")]
EffortOption = Annotated[str | None, choice("--effort", ReviewEffort, "How much the model is asked; usually quick.")]
ReviewThreadOption = Annotated[
    str | None, typer.Option("--thread", metavar="ID", help="Go on with this review: id or unique prefix.")
]
FixOption = Annotated[
    bool, typer.Option("--fix", help="Go through the fixes one by one; each is checked, then kept or dropped.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="With `--fix`: ask nothing, try every fix.")]


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
    effort: EffortOption = None,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    window: WindowOption = None,
    no_model: NoModelOption = False,
    thread: ReviewThreadOption = None,
    fix: FixOption = False,
    yes: YesOption = False,
) -> None:
    """Review a change: what tools, vivek's own rules and a model find in the lines that changed.

    Without an option the working tree is held against HEAD; where nothing is changed there, the branch against the
    place where it left the default branch. As text, findings of medium severity and above are shown, at most 10.

    The model is asked last; what it takes is said before. Ctrl-C ends it, and the report holds what was read by then.
    Where no model answers, or with `--no-model`, the rest is the review.

    Exits with 3 for `--fail-on`, with 5 when some of the change could not be read, with 130 when it was stopped, else
    with 0.
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
        from vivek.cli.render.safe_text import problem
        from vivek.cli.reviewing.running import Wanted, run_review
        from vivek.cli.reviewing.writing import Writing
        from vivek.session.place import open_place

        said = thread is not None and (paths or ingest or any(value not in (None, False) for value in scopes.values()))
        _refuse(
            (update_baseline and baseline is None, *_NO_BASELINE),
            (fix and update_baseline, *_FIX_FIRST),
            (yes and not fix, *_NO_FIX),
            (thread is not None and no_model, *_NO_ANSWER),
            (bool(said), *_HAS_CHANGE),
        )
        limits = _limits(cast(Form, form), cast(Confidence | None, min_confidence), max_findings, every=every, fix=fix)
        writing = Writing(cast(Form, form), output, limits, every, cast(Severity | None, fail_on))
        if fix:
            from vivek.cli.reviewing.mending import needs_terminal

            needs_terminal(yes=yes)
        place = open_place()
        for notice in place.notices:
            sys.stderr.write(problem(notice.text, notice.hint) + "\n")
        of_models = {"--model": model, "--base-url": base_url, "--window": window}
        if no_model:
            _say_idle({**of_models, "--effort": effort}, "with `--no-model`")
        elif thread is not None:
            _say_idle({"--effort": effort}, "on a review that is gone on with: it has its own")
        choices = build_choices(models=ModelOptions(model, base_url, window), interactive=False)
        wanted = Wanted(
            writing,
            None if no_model else choices,
            cast(ReviewEffort | None, effort),
            thread,
            None if baseline is None else Path(baseline).expanduser(),
            update_baseline,
            [_report_of(file) for file in ingest or ()],
            fix,
            yes,
        )
        return run_review(place, scope_wish(scopes, paths or [], place.root), wanted)

    ctx.ensure_object(Invocation).action = act


def _refuse(*cases: tuple[bool, str, str]) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigError: With the message and the hint of the first case that holds.
    """
    for holds, msg, hint in cases:
        if holds:
            raise ConfigError(msg, hint=hint)


def _say_idle(options: "Mapping[str, object]", where: str) -> None:
    """Say which of some options were given for nothing."""
    from vivek.cli.render.safe_text import problem

    given = [f"`{name}`" for name, value in options.items() if value is not None]
    if given:
        sys.stderr.write(
            problem(f"{' and '.join(given)} {'has' if len(given) == 1 else 'have'} no effect {where}.") + "\n"
        )


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


def _limits(form: Form, confidence: Confidence | None, most: str | None, *, every: bool, fix: bool) -> "Limits":
    """Return what is shown: people see the gravest findings first, machines and who mends all of them.

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
    if fix:
        return Limits(None, confidence, number, known=False)
    return Limits("medium", confidence, number or MOST, known=False)
