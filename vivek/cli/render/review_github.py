"""A review as workflow commands of GitHub Actions, which annotate the lines of a pull request.

How they are written: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator, Mapping

from vivek.cli.render.review import Chosen, reading_lines
from vivek.cli.render.safe_text import one_line, visible
from vivek.schema.findings import Finding, Fix, ReviewReport, Severity

_COMMANDS: dict[Severity, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "notice",
    "info": "notice",
}


def annotation_lines(report: ReviewReport, chosen: Chosen) -> Iterator[str]:
    """Yield one annotation a finding, and one where some of the change was not read."""
    for finding in chosen.findings:
        properties = {"file": visible(finding.path), **_lines(finding), "title": one_line(_title(finding))}
        yield annotation(_COMMANDS[finding.severity], properties, _told(finding))
    if report.status == "incomplete":
        yield f"::warning title=Not all of the change was reviewed::{_message('; '.join(reading_lines(report)))}"


def annotation(command: str, properties: Mapping[str, str], message: str) -> str:
    """Return one annotation.

    Args:
        command: How grave it is: `error`, `warning` or `notice`.
        properties: Where it is, and its title.
        message: What it says.
    """
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command}{f' {said}' if said else ''}::{_message(message)}"


def _lines(finding: Finding) -> dict[str, str]:
    """Return the lines of a finding; those of the old version are not there any more."""
    if not finding.line or finding.old:
        return {}
    return {"line": str(finding.line), "endLine": str(finding.end_line)}


def _title(finding: Finding) -> str:
    return f"{finding.severity}: {finding.rule}"


def _told(finding: Finding) -> str:
    old = [f"Before the change, line {finding.line}: {finding.quote}"] if finding.old else []
    parts = [finding.title, *old, finding.scenario]
    if finding.fix is not None:
        parts.append(_mending(finding.fix))
    return visible("\n".join(part for part in parts if part))


def _mending(fix: Fix) -> str:
    if not fix.text:
        return f"What would mend it: lines {fix.line} to {fix.end_line} go."
    where = f"before line {fix.line}" if fix.end_line < fix.line else f"instead of lines {fix.line} to {fix.end_line}"
    return f"What would mend it, {where}:\n{fix.text.rstrip()}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
