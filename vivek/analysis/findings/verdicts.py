"""From findings to verdicts: duplicates become one, the gravest comes first, files get scores and risks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from vivek.analysis.validators.weakening import is_test
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import SEVERITIES, Confidence, FileVerdict, Finding, Severity
from vivek.schema.sensitive import why_sensitive

WEIGHTS: Final[Mapping[Severity, float]] = {"critical": 1.0, "high": 0.5, "medium": 0.2, "low": 0.05, "info": 0.0}
"""What one finding takes from the score of its file."""

SURE: Final[Mapping[Confidence, float]] = {"high": 1.0, "medium": 0.7, "low": 0.4}
"""How much of that counts."""

# What other tools call the things that vivek finds itself.
_SAME: Mapping[str, str] = {
    **dict.fromkeys(("ruff/F821", "ruff/F822", "eslint/no-undef", "mypy/name-defined"), "vivek/undefined-name"),
    **dict.fromkeys(("ruff/E999", "ruff/invalid-syntax", "mypy/syntax", "eslint/syntax"), "vivek/syntax-error"),
    **dict.fromkeys(
        ("ruff/S102", "ruff/S307", "eslint/no-eval", "eslint/no-implied-eval", "eslint/no-new-func"),
        "vivek/code-execution",
    ),
    **dict.fromkeys(("mypy/import-not-found", "tsc/TS2307"), "vivek/unknown-import"),
    **dict.fromkeys(("ruff/S602", "ruff/S604", "ruff/S605"), "vivek/shell"),
    **dict.fromkeys(("ruff/S301", "ruff/S302", "ruff/S403", "ruff/S506"), "vivek/unsafe-loading"),
    **dict.fromkeys(("ruff/S501",), "vivek/certificates"),
    **dict.fromkeys(("ruff/S324", "ruff/S303"), "vivek/weak-hash"),
    **dict.fromkeys(("ruff/S608",), "vivek/sql-injection"),
    **dict.fromkeys(("ruff/S105", "ruff/S106", "ruff/S107"), "vivek/secret"),
    **dict.fromkeys(("ruff/S202",), "vivek/archive"),
    **dict.fromkeys(("ruff/S306",), "vivek/temporary-name"),
    **dict.fromkeys(("ruff/S201",), "vivek/debugging"),
    **dict.fromkeys(("mypy/attr-defined",), "vivek/undefined-name"),
    **dict.fromkeys(("vivek/private-key",), "vivek/secret"),
    **dict.fromkeys(("ruff/C901", "eslint/complexity", "clippy/cognitive_complexity"), "vivek/complexity"),
    **dict.fromkeys(("tsc/TS2304", "tsc/TS2552", "tsc/TS2305", "tsc/TS2339"), "vivek/undefined-name"),
    **dict.fromkeys(("eslint/no-cond-assign", "eslint/no-constant-condition"), "vivek/constant-condition"),
    **dict.fromkeys(("eslint/no-empty", "ruff/S110", "ruff/S112", "ruff/E722"), "vivek/swallowed-error"),
    **dict.fromkeys(("mypy/unused-coroutine", "eslint/@typescript-eslint/no-floating-promises"), "vivek/missing-await"),
}
_SYNTAX, _CONFLICT = "vivek/syntax-error", "vivek/conflict-marker"
_GRADES: Final = {severity: at for at, severity in enumerate(SEVERITIES)}
_HALF = 60  # changed lines at which size counts half


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without repetitions: same file, lines in common, and the same thing by any of its names.

    The first one stays, with the gravest severity, the highest confidence, and the origins of all.
    """
    kept: list[Finding] = []
    places: dict[tuple[str, str, bool], list[int]] = {}
    for finding in findings:
        key = (finding.path, _SAME.get(finding.rule, finding.rule), finding.old)
        at = next((at for at in places.get(key, ()) if same_place(kept[at], finding)), None)
        if at is None:
            places.setdefault(key, []).append(len(kept))
            kept.append(finding)
        else:
            kept[at] = joined(kept[at], finding)
    return tuple(kept)


def without_echoes(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that follow from another: where a file does not parse, one says so.

    Args:
        findings: Findings without repetitions.
    """
    unmerged = {each.path for each in findings if each.rule == _CONFLICT}
    told: set[str] = set()
    kept = []
    for each in sorted(findings, key=lambda each: each.line):
        if _SAME.get(each.rule, each.rule) == _SYNTAX:
            if each.path in unmerged | told:
                continue
            told.add(each.path)
        kept.append(each)
    return tuple(kept)


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the gravest first, of those the surest, then by place."""
    sure = list(SURE)
    return tuple(
        sorted(
            findings,
            key=lambda each: (_GRADES[each.severity], sure.index(each.confidence), each.path, each.line, each.rule),
        )
    )


def verdicts(
    files: Sequence[ChangedFile], findings: Sequence[Finding], *, read: frozenset[str]
) -> tuple[FileVerdict, ...]:
    """Return a verdict for each file.

    The score of a file is 1 less the weight of each finding times how sure it is, and never below 0.

    Args:
        files: The files of the change.
        findings: What was found in them.
        read: The paths that were read; the others have no score.
    """
    taken: dict[str, float] = {}
    for finding in findings:
        taken[finding.path] = taken.get(finding.path, 0.0) + WEIGHTS[finding.severity] * SURE[finding.confidence]
    tested = any(is_test(file.path) for file in files)
    return tuple(
        FileVerdict(
            path=file.path,
            kind=file.kind,
            added=file.added,
            removed=file.removed,
            score=round(max(0.0, 1.0 - taken.get(file.path, 0.0)), 3) if file.path in read else None,
            risk=_risk(file, tested=tested),
            aside=file.aside,
        )
        for file in files
    )


def overall(files: Sequence[FileVerdict]) -> float | None:
    """Return the score of the whole: half of it the mean of the files, by changed lines, half the lowest of them."""
    scored = [(file.score, max(1, file.added + file.removed)) for file in files if file.score is not None]
    if not scored:
        return None
    mean = sum(score * lines for score, lines in scored) / sum(lines for _, lines in scored)
    return round((mean + min(score for score, _ in scored)) / 2, 3)


def reading_order(files: Sequence[FileVerdict]) -> tuple[str, ...]:
    """Return the files in the order that reads best: code by risk, then tests, then what is put aside."""
    return tuple(
        file.path
        for file in sorted(files, key=lambda file: (bool(file.aside), is_test(file.path), -file.risk, file.path))
    )


def _risk(file: ChangedFile, *, tested: bool) -> float:
    """Return how much attention a file deserves, from what changed in it.

    Half of it is size, where 60 changed lines count half of that; the rest is whether lines go, whether no test
    changes along, and whether the file runs by itself later. Tests count half, what is put aside a tenth.
    """
    changed = file.added + file.removed
    size = changed / (changed + _HALF)
    gone = file.removed / changed if changed else 0.0
    risk = 0.5 * size + 0.15 * gone + 0.15 * (not tested) + 0.2 * bool(why_sensitive(file.path))
    return round(risk * (0.1 if file.aside else 0.5 if is_test(file.path) else 1.0), 3)


def same_place(one: Finding, other: Finding) -> bool:
    """Tell whether two findings of a file have lines in common."""
    return one.line <= other.end_line and other.line <= one.end_line


def joined(first: Finding, other: Finding) -> Finding:
    """Return the first of two findings with the gravest severity, the highest confidence, and the origins of both."""
    return replace(
        first,
        severity=min(first.severity, other.severity, key=lambda severity: _GRADES[severity]),
        confidence=min(first.confidence, other.confidence, key=list(SURE).index),
        fix=first.fix or other.fix,
        scenario=first.scenario or other.scenario,
        origins=tuple(dict.fromkeys((*first.origins, *other.origins))),
    )
