"""A review as SARIF 2.1.0."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from vivek.cli.render.review import Chosen
from vivek.cli.render.sarif import Json, Level, SarifEdit, SarifResult, SarifRule, SarifRun, SarifTool, sarif_log
from vivek.schema.findings import SEVERITIES, Finding, FixOutcome, ReviewReport, Severity, Standing
from vivek.schema.plain import as_plain

_LEVELS: dict[Severity, Level] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
_STATES: dict[Standing, Literal["new", "unchanged", "absent"]] = {
    "new": "new",
    "open": "unchanged",
    "fixed": "absent",
}


def review_log(report: ReviewReport, chosen: Chosen, version: str) -> Json:
    """Return a review as a SARIF log: what was found, what is ignored and why, what the baseline says is gone.

    Args:
        report: The review.
        chosen: The findings to write.
        version: The version of vivek.
    """
    compared = bool(report.baseline)
    tried = {(each.fingerprint, each.line): each for each in report.fixes}
    results = [_result(each, compared=compared, tried=tried) for each in (*chosen.findings, *report.fixed)]
    for each in report.suppressed:
        kind: Literal["inSource", "external"] = "inSource" if each.by == "comment" else "external"
        results.append(_result(each.finding, compared=False, ignored=(kind, each.reason)))
    skipped: list[tuple[Level, str]] = [
        ("warning", f"Not read: {each.path}, lines {each.first} to {each.last}: {each.skipped}")
        for each in report.receipts
        if not each.read_by
    ]
    told: list[tuple[Level, str]] = [("note", text) for text in report.told]
    properties = {"scope": report.scope.told, "status": report.status, "seconds": round(report.seconds, 3)}
    scored = {} if report.score is None else {"score": report.score}
    # SARIF has a place for fixes that are proposed, none for what became of them; what was kept is no result any more.
    mended = {"fixes": as_plain(report.fixes)} if report.fixes else {}
    return sarif_log(
        SarifTool(version, "review", {name: of for name, of in report.tools.items() if name != "vivek"}),
        _rules(report, chosen),
        results,
        SarifRun(report.status != "incomplete", [*told, *skipped], {**properties, **scored, **mended}),
    )


def _rules(report: ReviewReport, chosen: Chosen) -> list[SarifRule]:
    """Return the rules of all results; the gravest finding says what a rule is usually worth."""
    every = (*chosen.findings, *report.fixed, *(each.finding for each in report.suppressed))
    ranks = list(SEVERITIES)
    gravest: dict[str, Finding] = {}
    for each in every:
        held = gravest.setdefault(each.rule, each)
        if ranks.index(each.severity) < ranks.index(held.severity):
            gravest[each.rule] = each
    return [SarifRule(rule, each.cites or each.title, _LEVELS[each.severity]) for rule, each in gravest.items()]


def _result(
    finding: Finding,
    *,
    compared: bool,
    ignored: tuple[Literal["inSource", "external"], str] | None = None,
    tried: Mapping[tuple[str, int], FixOutcome] = MappingProxyType({}),
) -> SarifResult:
    fix = finding.fix
    told = "\n\n".join(part for part in (finding.title, finding.scenario) if part)
    properties: dict[str, object] = {
        "severity": finding.severity,
        "confidence": finding.confidence,
        "origins": list(finding.origins),
    }
    if finding.old:  # SARIF knows the new version alone: the place is told beside it
        properties |= {"oldLine": finding.line, "oldCode": finding.quote}
    outcome = None if fix is None else tried.get((finding.fingerprint, fix.line))
    if outcome is not None:
        properties["fix"] = {"result": outcome.result, "told": outcome.told}
    return SarifResult(
        rule=finding.rule,
        level=_LEVELS[finding.severity],
        message=told,
        path=finding.path,
        line=0 if finding.old else finding.line,
        end_line=finding.end_line,
        snippet=finding.quote,
        fingerprint=finding.fingerprint,
        state=_STATES[finding.standing] if compared else "",
        edits=() if fix is None else (SarifEdit(fix.path, fix.line, fix.end_line, fix.text, fix.before),),
        ignored=ignored,
        properties=properties,
    )
