"""A review as Markdown, for the page of a pull request; what others wrote cannot become markup."""

from collections.abc import Iterator
from itertools import groupby

from vivek.cli.render.markup import code, fenced, paragraph, plain
from vivek.cli.render.review import (
    Chosen,
    place_of,
    reading_lines,
    score_of,
    standing_lines,
    verdict_line,
)
from vivek.cli.render.review_text import fix_lines
from vivek.cli.render.safe_text import one_line, visible
from vivek.schema.findings import FileVerdict, Finding, ReviewReport


def review_page(report: ReviewReport, chosen: Chosen) -> Iterator[str]:
    """Yield a review as the lines of a page."""
    yield "# Review"
    yield ""
    if report.status == "empty":
        yield f"Of {plain(report.scope.told)}: nothing to review."
        return
    yield f"Of {plain(report.scope.told)}. Score: {score_of(report.score)}."
    yield ""
    yield f"**{plain(verdict_line(report, chosen))}**"
    yield ""
    yield from (f"- {plain(line)}" for line in (*reading_lines(report), *standing_lines(report)))
    yield ""
    if report.summary.changed:
        yield from (paragraph(report.summary.changed), "")
    yield from ("| file | change | lines | score |", "|---|---|---|---|")
    yield from map(_row, report.files)
    for path, findings in groupby(sorted(chosen.findings, key=lambda each: each.path), key=lambda each: each.path):
        yield ""
        yield f"## {plain(path)}"
        for finding in findings:
            yield ""
            yield from _finding(finding)


def _row(file: FileVerdict) -> str:
    aside = f" ({plain(file.aside)})" if file.aside else ""
    return f"| {plain(file.path)} | {file.kind}{aside} | +{file.added:,} -{file.removed:,} | {score_of(file.score)} |"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"### {finding.severity}: {plain(finding.title, 300)}"
    yield ""
    origins = f", by {plain(', '.join(finding.origins))}" if finding.origins else ""
    yield f"{code(place_of(finding))}, rule {code(one_line(finding.rule))}, confidence {finding.confidence}{origins}."
    if finding.quote:
        yield ""
        yield from fenced(visible(finding.quote))
    if finding.scenario:
        yield from ("", paragraph(finding.scenario))
    if finding.cites:
        yield from ("", f"> {plain(finding.cites, 1_000)}")
    if finding.fix is not None:
        yield from ("", "What would mend it:", "")
        yield from fenced("\n".join(visible(line) for line in fix_lines(finding.fix)), "diff")
