"""Holds what a review found against what was planted; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from benchmarks.review.cases import KINDS, LANGUAGES, Case
from vivek.analysis.findings.locate import quoted
from vivek.schema.changes import ChangedFile, Changes
from vivek.schema.findings import SEVERITIES, Finding

SHOWN: Final = frozenset({"critical", "high", "medium"})
"""What the terminal shows unless it is asked for more: a false alarm in it costs most."""

_WRONG, _SECURITY = ("review/wrong-result", "review/crash"), ("review/security",)
ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "off-by-one": (*_WRONG, *_SECURITY, "vivek/off-by-one"),
    "wrong-operator": (
        *_WRONG,
        *_SECURITY,
        "review/lost-error",
        "vivek/constant-condition",
        "vivek/compared-objects",
        "ruff/F632",
    ),
    "missing-await": (*_WRONG, "review/race", "review/lost-error", "review/contract", "vivek/missing-await"),
    "resource-leak": ("review/leak", "review/lost-error", "vivek/resource-leak"),
    "sql-injection": (*_SECURITY, "vivek/sql-injection", "ruff/S608"),
    "path-traversal": (*_SECURITY, "vivek/archive", "vivek/path-traversal"),
    "swallowed-error": (*_WRONG, "review/lost-error", "review/contract", "vivek/swallowed-error", "ruff/S110"),
    "race": ("review/race", *_WRONG, "vivek/race"),
    "broken-contract": ("review/contract", *_WRONG, "review/race", "review/leak"),
    "weakened-test": ("review/test", *_WRONG, "review/contract", "vivek/weaker-test"),
}
"""The rules that speak of a kind of defect: a finding of another rule on the same line did not find it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a review came to.

    Attributes:
        case: The change.
        right: Findings of the defect.
        wrong: All others; notes do not count.
        misplaced: Findings whose quote does not stand where they say.
        outside: Findings outside of the files and pieces of the change.
        dropped: Findings of a model that were dropped, by reason.
        calls: Calls of a model.
        tokens: Tokens they read and wrote; None for what the server did not count.
        seconds: What the review took.
    """

    case: Case
    right: tuple[Finding, ...]
    wrong: tuple[Finding, ...]
    misplaced: int = 0
    outside: int = 0
    dropped: Mapping[str, int] | None = None
    calls: int = 0
    tokens: tuple[int | None, int | None] = (0, 0)
    seconds: float = 0.0


def judged(case: Case, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings of a case that are right, and those that are wrong; a note is neither."""
    counted = [finding for finding in findings if finding.severity != "info"]
    right = tuple(finding for finding in counted if is_right(case, finding))
    return right, tuple(finding for finding in counted if finding not in right)


def is_right(case: Case, finding: Finding) -> bool:
    """Tell whether a finding is that of the planted defect: one of its lines, and a rule that speaks of its kind."""
    if not any(fnmatchcase(finding.rule, rule) for rule in ABOUT.get(case.kind, ())):
        return False
    file = next((each for each in case.files if each.path == finding.path), None)
    version = None if file is None else file.old if finding.old else file.new
    if file is None or version is None:
        return False
    if not finding.line:  # of the file as a whole: one version of it must hold the defect
        return any(each is not None and each.marked for each in (file.old, file.new))
    return not version.marked.isdisjoint(range(finding.line, finding.end_line + 1))


def is_misplaced(changes: Changes, finding: Finding) -> bool:
    """Tell whether the quote of a finding stands elsewhere than where the finding says."""
    file = _file(changes, finding)
    text = None if file is None else file.old_text if finding.old else file.new_text
    if not finding.line:
        return bool(finding.quote)
    return text is None or quoted(text, (finding.line, finding.end_line)) != finding.quote


def is_outside(changes: Changes, finding: Finding) -> bool:
    """Tell whether a finding lies outside of the files of a change, or of the pieces that a reviewer is shown."""
    file = _file(changes, finding)
    if file is None or not finding.line:
        return file is None
    shown = {line.old if finding.old else line.new for hunk in file.hunks for line in hunk.lines}
    return shown.isdisjoint(range(finding.line, finding.end_line + 1))


def precision(outcomes: Iterable[Outcome], *, shown: bool) -> tuple[int, int]:
    """Return how many findings are right, of how many; `shown` counts those alone that a terminal shows unasked."""
    right, wrong = 0, 0
    for outcome in outcomes:
        right += sum(not shown or each.severity in SHOWN for each in outcome.right)
        wrong += sum(not shown or each.severity in SHOWN for each in outcome.wrong)
    return right, right + wrong


def found_by(outcomes: Iterable[Outcome], groups: Sequence[str], *, kind: bool) -> dict[str, tuple[int, int]]:
    """Return how many defects were found of how many, for each kind or for each language."""
    planted = [outcome for outcome in outcomes if outcome.case.kind]
    found: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for outcome in planted:
        group = outcome.case.kind if kind else outcome.case.language
        every[group] += 1
        found[group] += bool(outcome.right)
    return {group: (found[group], every[group]) for group in groups}


def tables(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the defects found by kind and by language, and the false alarms, as lines of Markdown."""
    lines = []
    for title, groups, kind in (("kind", KINDS, True), ("language", LANGUAGES, False)):
        lines += [f"| {title} | found | of |", "|---|---:|---:|"]
        counted = found_by(outcomes, groups, kind=kind).items()
        lines += [f"| {group} | {found} | {every} |" for group, (found, every) in counted] + [""]
    alarms = [(each, outcome.case) for outcome in outcomes for each in outcome.wrong]
    if not alarms:
        return [*lines, "No false alarm."]
    grades = list(SEVERITIES)
    ordered = sorted(alarms, key=lambda alarm: (grades.index(alarm[0].severity), alarm[0].rule, alarm[1].name))
    told = [f"| {each.rule} | {each.severity} | {case.name} | {each.line} |" for each, case in ordered]
    return [*lines, "| false alarm | severity | change | line |", "|---|---|---|---:|", *told]


def _file(changes: Changes, finding: Finding) -> ChangedFile | None:
    return next((each for each in changes.files if each.path == finding.path), None)
