"""A review for the terminal: grouped by file, each finding with its code and its fix; styled lines, drawn elsewhere."""

from collections.abc import Iterator
from itertools import groupby

from vivek.cli.render.review import (
    Chosen,
    by_file,
    head_line,
    place_of,
    reading_lines,
    score_of,
    severities_of,
    standing_lines,
    verdict_line,
)
from vivek.cli.render.safe_text import fit, one_line, visible
from vivek.schema.findings import FileVerdict, Finding, Fix, ReviewReport, Severity, Suppressed

Line = tuple[str, str]
"""A style and the text in it, without a line end."""

_STYLES: dict[Severity, str] = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "info": "dim",
}
_WIDE = 160
_MOST_QUOTED = 8
_MOST_FIXED = 20


def review_lines(report: ReviewReport, chosen: Chosen, *, whole: bool = False) -> Iterator[Line]:
    """Yield a review line by line.

    Args:
        report: The review.
        chosen: The findings to show.
        whole: Whether what is ignored, and what the baseline says is fixed, is named one by one.
    """
    if report.status == "empty":
        yield "", f"{one_line(report.scope.told)}: nothing to review"
        return
    yield "bold", head_line(report)
    if report.summary.changed:
        yield "", one_line(report.summary.changed, 1_000)
    yield "", ""
    verdicts = {file.path: file for file in report.files}
    for path, findings in groupby(by_file(chosen.findings), key=lambda each: each.path):
        yield "bold", _file_line(path, verdicts.get(path))
        for finding in findings:
            yield from finding_lines(finding, compared=bool(report.baseline))
        yield "", ""
    if whole:
        yield from _apart("fixed", [_short(each) for each in report.fixed])
        yield from _apart("ignored", [_ignored(each) for each in report.suppressed])
    yield "bold", verdict_line(report, chosen)
    for line in (*reading_lines(report), *standing_lines(report)):
        yield "dim", line
    if chosen.left_out and not whole:
        yield "", f"hint: `--all` shows {severities_of(chosen.left_out)} more"


def short_lines(report: ReviewReport, chosen: Chosen) -> Iterator[str]:
    """Yield a review in short, one line a finding."""
    if report.status == "empty":
        yield f"{one_line(report.scope.told)}: nothing to review"
        return
    yield head_line(report)
    yield from (f"  {_short(each)}" for each in chosen.findings)
    yield verdict_line(report, chosen)
    yield from reading_lines(report)


def fix_lines(fix: Fix) -> Iterator[str]:
    """Yield a fix as the lines of a diff, without its head."""
    for sign, text in (("-", fix.before), ("+", fix.text)):
        yield from (f"{sign}{line}" for line in text.removesuffix("\n").split("\n") if text)


def _file_line(path: str, file: FileVerdict | None) -> str:
    if file is None:
        return one_line(path)
    return f"{one_line(path)}  {file.kind}, +{file.added:,} -{file.removed:,}, score {score_of(file.score)}"


def finding_lines(finding: Finding, *, compared: bool = False, fixed: bool = True) -> Iterator[Line]:
    """Yield a finding: what is wrong, its code, its scenario.

    Args:
        finding: The finding.
        compared: Whether it was held against a baseline.
        fixed: Whether its fix is shown, too.
    """
    yield _STYLES[finding.severity], _short(finding)
    origins = f"by {', '.join(map(one_line, finding.origins))}, " if finding.origins else ""
    standing = f", {finding.standing}" if compared else ""
    yield "dim", f"    {origins}confidence {finding.confidence}{standing}"
    yield from (("", f"    {line}") for line in _quoted(finding))
    if finding.scenario:
        yield "", f"    {one_line(finding.scenario, 600)}"
    if finding.cites:
        yield "dim", f"    rule: {one_line(finding.cites, 600)}"
    if finding.fix is not None and fixed:
        yield from _fix(finding.fix)


def _quoted(finding: Finding) -> Iterator[str]:
    lines = finding.quote.split("\n") if finding.quote else []
    wide = len(str(finding.line + len(lines)))
    for number, line in enumerate(lines[:_MOST_QUOTED], finding.line):
        yield f"{number:>{wide}} | {fit(visible(line), _WIDE)}"
    if len(lines) > _MOST_QUOTED:
        yield f"{'':>{wide}} | … {len(lines) - _MOST_QUOTED:,} more lines"


def _fix(fix: Fix) -> Iterator[Line]:
    lines = list(fix_lines(fix))
    yield "dim", f"    fix, line {fix.line}:"
    for line in lines[:_MOST_FIXED]:
        yield "green" if line.startswith("+") else "red", f"    {fit(visible(line), _WIDE)}"
    if len(lines) > _MOST_FIXED:
        yield "dim", f"    … {len(lines) - _MOST_FIXED:,} more lines"


def _short(finding: Finding) -> str:
    return f"{place_of(finding)}: {finding.severity}: {one_line(finding.title, 300)} [{one_line(finding.rule)}]"


def _ignored(each: Suppressed) -> str:
    return f"{_short(each.finding)}: {one_line(each.by)}: {one_line(each.reason)}"


def _apart(title: str, lines: list[str]) -> Iterator[Line]:
    if lines:
        yield "bold", title
        yield from (("", f"  {line}") for line in lines)
        yield "", ""
