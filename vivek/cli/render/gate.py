"""A check of the architecture in every form: text, JSON, SARIF 2.1.0 and workflow commands of GitHub Actions."""

import hashlib
from collections.abc import Iterator
from typing import Literal

from vivek.cli.render.architecture import place_of
from vivek.cli.render.architecture_sarif import CYCLE
from vivek.cli.render.review_github import annotation
from vivek.cli.render.safe_text import one_line, visible
from vivek.cli.render.sarif import Json, Level, SarifResult, SarifRule, SarifRun, SarifTool, sarif_log
from vivek.schema.gate import GateFinding, GateReport, GateStanding
from vivek.schema.measures import Place
from vivek.schema.plain import as_plain

_HOTSPOT = "vivek/hotspot"
_LONGEST = 1_000
_STYLES: dict[GateStanding, str] = {"new": "bold red", "worse": "bold red", "known": "", "fixed": "green"}
_STATES: dict[GateStanding, Literal["new", "updated", "unchanged", "absent"]] = {
    "new": "new",
    "worse": "updated",
    "known": "unchanged",
    "fixed": "absent",
}
_RULES = {
    CYCLE: "Modules that import each other cannot be understood, tested or changed one by one.",
    _HOTSPOT: "Code that changes often should not become harder to follow.",
}


def gate_lines(report: GateReport) -> Iterator[tuple[str, str]]:
    """Yield a check as styled lines: what fails it with its places, what is fixed, and the verdict last."""
    for each in report.findings:
        yield _STYLES[each.standing], f"{each.standing} {each.kind}: {one_line(each.told, _LONGEST)}"
        if each.kind != "cycle":
            yield "", f"    {one_line(each.subject, _LONGEST)}"
        for place in each.places:
            yield "dim", f"    {place_of(place)}"
    for each in report.fixed:
        yield _STYLES["fixed"], f"fixed {each.kind}: {one_line(each.subject, _LONGEST)}"
    for told in report.told:
        yield "dim", one_line(told, _LONGEST)
    yield _STYLES["fixed" if report.passed else "new"], verdict_line(report)


def verdict_line(report: GateReport) -> str:
    """Return what a check comes to, in a line."""
    counts = {
        standing: sum(each.standing == standing for each in (*report.findings, *report.known, *report.fixed))
        for standing in _STATES
    }
    said = ", ".join(f"{number:,} {standing}" for standing, number in counts.items() if number) or "nothing found"
    judged = ", ".join(report.judged)
    if report.accepted:
        return f"{one_line(report.baseline)} is written: {said} ({judged})"
    against = f" against {one_line(report.baseline)}" if report.baseline else ""
    return f"{'passed' if report.passed else 'failed'}{against}: {said} (judged: {judged})"


def gate_object(report: GateReport) -> dict[str, object]:
    """Return a check as the object that `--format json` prints; the keys are a promise."""
    plain = as_plain(report)
    return {"passed": report.passed, **(plain if isinstance(plain, dict) else {})}


def gate_annotations(report: GateReport) -> Iterator[str]:
    """Yield an annotation for what fails the check, at the first place it comes from."""
    for each in report.findings:
        properties = {**_at(each.places), "title": one_line(f"{each.standing} {each.kind}")}
        others = [place_of(place) for place in each.places[1:]]
        told = [each.told, *([] if each.kind == "cycle" else [each.subject]), *others]
        yield annotation("error", properties, visible("\n".join(told)))
    if report.told:
        yield annotation("notice", {"title": "Not all was judged"}, visible(" ".join(report.told)))


def gate_log(report: GateReport, version: str) -> Json:
    """Return a check as a SARIF log.

    Args:
        report: The check.
        version: The version of vivek.
    """
    every = (*report.findings, *report.known, *report.fixed)
    used = dict.fromkeys(map(_rule, every))
    rules = [
        SarifRule(rule, _RULES.get(rule, "An import that breaks a rule of the project."), "error") for rule in used
    ]
    told: list[tuple[Level, str]] = [("note", one_line(text, _LONGEST)) for text in report.told]
    results = [_result(each, compared=bool(report.baseline)) for each in every]
    return sarif_log(SarifTool(version, "analyze-check"), rules, results, SarifRun(told=told))


def _at(places: tuple[Place, ...]) -> dict[str, str]:
    if not places:
        return {}
    place = places[0]
    return {"file": visible(place.path), **({"line": str(place.line)} if place.line else {})}


def _rule(finding: GateFinding) -> str:
    match finding.kind:
        case "cycle":
            return CYCLE
        case "hotspot":
            return _HOTSPOT
        case _:
            return f"architecture/{one_line(finding.subject.partition(': ')[0])}"


def _result(finding: GateFinding, *, compared: bool) -> SarifResult:
    place = finding.places[0] if finding.places else Place(_gone(finding))
    others = [place_of(each) for each in finding.places[1:]]
    return SarifResult(
        rule=_rule(finding),
        level="note" if finding.standing == "fixed" else "error",
        message="\n".join([visible(finding.told), *others]),
        path=place.path,
        line=place.line,
        fingerprint=hashlib.sha256(f"{finding.kind}\0{finding.subject}".encode("utf-8", "replace")).hexdigest()[:32],
        state=_STATES[finding.standing] if compared else "",
        properties={"subject": visible(finding.subject), "standing": finding.standing},
    )


def _gone(finding: GateFinding) -> str:
    """Return a file that a finding was about: what is fixed is nowhere any more."""
    match finding.kind:
        case "cycle":
            return finding.subject.partition(", ")[0]
        case "hotspot":
            return finding.subject.partition("::")[0]
        case _:
            return finding.subject.partition(": ")[2].partition(" -> ")[0]
