"""What breaks the architecture, as SARIF 2.1.0: imports against the rules, and cycles."""

import hashlib
from collections.abc import Iterator, Sequence

from vivek.cli.render.architecture import edge_line, limit_lines, way_of
from vivek.cli.render.safe_text import one_line
from vivek.cli.render.sarif import Json, Level, SarifResult, SarifRule, SarifRun, SarifTool, sarif_log
from vivek.schema.architecture import Architecture, Cycle, Edge, Violation
from vivek.schema.measures import Place

CYCLE = "vivek/import-cycle"
"""The rule that a cycle breaks."""

_LONGEST = 2_000


def architecture_log(report: Architecture, version: str) -> Json:
    """Return a report as a SARIF log: a result for each cycle and each import against a rule.

    Args:
        report: What was measured.
        version: The version of vivek.
    """
    results = [*map(_violation, report.violations), *map(_cycle, report.cycles)]
    told: list[tuple[Level, str]] = [("note", text) for text in limit_lines(report)]
    run = SarifRun(True, told, {"extent": report.extent.told})
    return sarif_log(SarifTool(version, "analyze"), list(_rules(report)), results, run)


def _rules(report: Architecture) -> Iterator[SarifRule]:
    for rule, told in {each.rule: each.told for each in reversed(report.violations)}.items():
        yield SarifRule(_named(rule), one_line(told, _LONGEST), "error")
    if report.cycles:
        yield SarifRule(CYCLE, "Modules that import each other cannot be understood, tested or changed one by one.")


def _violation(violation: Violation) -> SarifResult:
    where = _where(violation.edges)
    ends = [name for edge in violation.edges for name in (edge.source, edge.target)]
    return SarifResult(
        rule=_named(violation.rule),
        level="error",
        message=_told(violation.told, violation.edges),
        path=where.path,
        line=where.line,
        fingerprint=_print(violation.rule, *ends),
        properties={"imports": [edge_line(edge) for edge in violation.edges]},
    )


def _cycle(cycle: Cycle) -> SarifResult:
    where = _where(cycle.cut or cycle.edges)
    way = " -> ".join(map(one_line, way_of(cycle)))
    return SarifResult(
        rule=CYCLE,
        level="warning",
        message=_told(f"{len(cycle.modules):,} modules import each other: {way}.", cycle.cut),
        path=where.path or cycle.modules[0],
        line=where.line,
        fingerprint=_print(CYCLE, *cycle.modules),
        properties={"modules": [one_line(name) for name in cycle.modules]},
    )


def _told(told: str, edges: Sequence[Edge]) -> str:
    """Return a sentence with the imports it is about."""
    lines = [one_line(told, _LONGEST), *map(edge_line, edges)]
    return "\n".join(lines)


def _where(edges: Sequence[Edge]) -> Place:
    """Return where the first of some imports is written."""
    if not edges:
        return Place("")
    return edges[0].places[0] if edges[0].places else Place(edges[0].source)


def _named(rule: str) -> str:
    return f"architecture/{one_line(rule)}"


def _print(*parts: str) -> str:
    """Return a fingerprint that stays the same when lines move."""
    whole = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(whole).hexdigest()[:32]
