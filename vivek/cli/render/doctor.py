"""An examination as one screen, or as one JSON object."""

from itertools import groupby

from vivek.cli.render.safe_text import visible
from vivek.schema.doctor import Examination, Finding, Mark
from vivek.schema.plain import as_plain

_MARKS: dict[Mark, str] = {"good": "ok  ", "note": "    ", "poor": "poor", "broken": "FAIL"}


def examination_text(found: Examination) -> str:
    """Return a line for each finding, by topic, hints below; at the end what would make turns faster."""
    lines = []
    wide = max((len(finding.name) for finding in found.findings), default=0)
    for topic, group in groupby(found.findings, key=lambda finding: finding.topic):
        lines.append(topic)
        for finding in group:
            lines.append(f"  {_MARKS[finding.mark]}  {finding.name:<{wide}}  {visible(finding.text)}")
            if finding.hint:
                lines.append(f"        {'':<{wide}}  hint: {visible(finding.hint)}")
    faster = [finding for finding in found.findings if finding.makes_faster]
    if faster:
        lines.append("what would make it faster")
        lines += [f"  {number}. {_advice(finding)}" for number, finding in enumerate(faster, 1)]
    return "\n".join(lines)


def examination_object(found: Examination) -> dict[str, object]:
    """Return the examination as one JSON object."""
    return {"version": 1, "findings": [as_plain(finding) for finding in found.findings]}


def _advice(finding: Finding) -> str:
    return f"{visible(finding.name)}: {visible(finding.hint)}"
