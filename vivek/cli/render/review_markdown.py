"""A review as Markdown, for the page of a pull request; what others wrote cannot become markup."""

import re
from collections.abc import Iterator
from itertools import groupby

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

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$]|:(?=\S))")
_BEGIN = re.compile(r"[-+=]|\d+(?=[.)])")  # what makes a list or a heading of a line that it begins
_APART = "{}<!-- -->"  # the name or number behind it is no mention of anybody or anything
_TICKS = re.compile("`+")


def review_page(report: ReviewReport, chosen: Chosen) -> Iterator[str]:
    """Yield a review as the lines of a page."""
    yield "# Review"
    yield ""
    if report.status == "empty":
        yield f"Of {_plain(report.scope.told)}: nothing to review."
        return
    yield f"Of {_plain(report.scope.told)}. Score: {score_of(report.score)}."
    yield ""
    yield f"**{_plain(verdict_line(report, chosen))}**"
    yield ""
    yield from (f"- {_plain(line)}" for line in (*reading_lines(report), *standing_lines(report)))
    yield ""
    if report.summary.changed:
        yield from (_paragraph(report.summary.changed), "")
    yield from ("| file | change | lines | score |", "|---|---|---|---|")
    yield from map(_row, report.files)
    for path, findings in groupby(sorted(chosen.findings, key=lambda each: each.path), key=lambda each: each.path):
        yield ""
        yield f"## {_plain(path)}"
        for finding in findings:
            yield ""
            yield from _finding(finding)


def _row(file: FileVerdict) -> str:
    aside = f" ({_plain(file.aside)})" if file.aside else ""
    return f"| {_plain(file.path)} | {file.kind}{aside} | +{file.added:,} -{file.removed:,} | {score_of(file.score)} |"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"### {finding.severity}: {_plain(finding.title, 300)}"
    yield ""
    origins = f", by {_plain(', '.join(finding.origins))}" if finding.origins else ""
    yield f"{_code(place_of(finding))}, rule {_code(one_line(finding.rule))}, confidence {finding.confidence}{origins}."
    if finding.quote:
        yield ""
        yield from _fenced(visible(finding.quote))
    if finding.scenario:
        yield from ("", _paragraph(finding.scenario))
    if finding.cites:
        yield from ("", f"> {_plain(finding.cites, 1_000)}")
    if finding.fix is not None:
        yield from ("", "What would mend it:", "")
        yield from _fenced("\n".join(visible(line) for line in fix_lines(finding.fix)), "diff")


def _plain(text: str, limit: int = 300) -> str:
    """Return text on one line in which nothing is markup, a link or a name that would be notified."""
    return (
        _MARKUP.sub(r"\\\1", one_line(text, limit)).replace("@", _APART.format("@")).replace("\\#", _APART.format("#"))
    )


def _paragraph(text: str) -> str:
    """Return text as a line of its own."""
    plain = _plain(text, 1_000)
    begin = _BEGIN.match(plain)
    if begin is None:
        return plain
    return f"{begin[0]}\\{plain[begin.end() :]}" if begin[0].isdigit() else f"\\{plain}"


def _code(text: str) -> str:
    """Return text as code within a line, between more backticks than stand in it."""
    ticks = _longest_ticks(text) * "`" + "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _fenced(text: str, language: str = "") -> Iterator[str]:
    fence = "`" * max(3, _longest_ticks(text) + 1)
    yield f"{fence}{language}"
    yield from text.splitlines()
    yield fence


def _longest_ticks(text: str) -> int:
    return max((len(each) for each in _TICKS.findall(text)), default=0)
