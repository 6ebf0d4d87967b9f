"""What can be found in a change without a model: the validators' concerns as findings, and what only a review asks."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from vivek.analysis.findings.growth import grown
from vivek.analysis.findings.leaks import check_leaks
from vivek.analysis.findings.lost import check_lost
from vivek.analysis.findings.mistakes import check_conditions, check_ends, check_swallowed
from vivek.analysis.findings.outside import check_outside
from vivek.analysis.findings.rules import COMPLEXITY, CONFLICT, SYNTAX, Rule, rule_of
from vivek.analysis.findings.unawaited import check_awaits
from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.contents import (
    check_addresses,
    check_constructs,
    check_elision,
    check_hidden,
    check_markers,
    check_secrets,
    check_syntax,
)
from vivek.analysis.validators.dependencies import check_dependencies
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.imports import check_imports
from vivek.analysis.validators.names import check_members, check_names
from vivek.analysis.validators.places import check_later
from vivek.analysis.validators.sql import check_sql
from vivek.analysis.validators.weakening import check_weakening, is_test
from vivek.schema.changes import ChangedFile
from vivek.schema.concerns import Concern
from vivek.schema.findings import Finding, Severity
from vivek.syntax.check import broken_by, can_check

PER_FILE = 5
"""Findings of one rule that are told of one file; what is beyond is counted."""

_Check = Callable[[Changed, ProjectFacts], Iterable[Concern]]
# Of added lines, so that a piece of a file is enough for them.
_OF_LINES: tuple[_Check, ...] = (
    *(check_secrets, check_hidden, check_constructs, check_sql, check_addresses, check_markers),
)
_OF_WHOLE: tuple[_Check, ...] = (
    *(check_names, check_dependencies, check_syntax, check_elision, check_later),
    *(check_swallowed, check_conditions, check_ends, check_awaits),
    *(check_lost, check_leaks, check_outside),
)
_LINE = re.compile(r"line (\d+)")
# Not the blocks by which models write edits.
_MARK = re.compile(r"(?:<{7}|>{7}) (?!SEARCH|REPLACE)|={7}$")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as the validators take it, with the numbers that its lines have in the real one."""

    file: ChangedFile
    changed: Changed
    numbers: Mapping[int, int] | None = None

    def line(self, number: int) -> int:
        """Return the real number of a line, 0 where it has none."""
        return number if self.numbers is None else self.numbers.get(number, 0)


def static_findings(
    files: Sequence[ChangedFile], facts: ProjectFacts, *, locked: frozenset[str]
) -> tuple[Finding, ...]:
    """Return what is found in a change without a model, in the order of its files.

    Args:
        files: The files; those put aside are passed by.
        facts: The project around them as it is after the change; packages and hosts as they were before it.
        locked: Names of the packages in lists of dependencies after the change.
    """
    seen = [_seen(file) for file in files if not file.aside and (file.hunks or file.kind in ("deleted", "added"))]
    found = [*chain.from_iterable(_of_file(each, facts) for each in seen)]
    whole = [each.changed for each in seen if each.numbers is None]
    by_path = {each.changed.path: each for each in seen}
    of_set = chain(
        check_members(whole, facts),
        check_imports(whole, replace(facts, locked=locked)),
        check_weakening(_all(seen), facts),
    )
    found += [finding for concern in of_set for finding in _finding(concern, by_path[concern.path])]
    ordered = sorted(dict.fromkeys(found), key=lambda finding: (finding.path, finding.line, finding.rule))
    return tuple(_bounded(ordered))


def finding_of(file: ChangedFile, rule: Rule, title: str, line: int, *, severity: Severity | None = None) -> Finding:
    """Return a finding of vivek's own at a line of the new version; line 0 is the file as a whole."""
    grade = severity or (rule.in_tests if rule.in_tests and is_test(file.path) else rule.severity)
    quote = line_of(file, line)
    return Finding(
        rule=rule.id,
        severity=grade,
        confidence=rule.confidence,
        path=file.path,
        line=line if quote is not None else 0,
        end_line=line if quote is not None else 0,
        quote=quote or "",
        title=f"{title[:1].upper()}{title[1:]}.",
        scenario=rule.scenario,
        origins=("vivek",),
    )


def line_of(file: ChangedFile, line: int) -> str | None:
    """Return a line of the new version, None where it is not there or not known."""
    if line < 1:
        return None
    if file.new_text is not None:
        lines = file.new_text.split("\n", line)
        return lines[line - 1] if len(lines) >= line else None
    shown = (each for hunk in file.hunks for each in hunk.lines)
    return next((each.text for each in shown if each.new == line), None)


def _seen(file: ChangedFile) -> _Seen:
    created, deleted = file.kind == "added", file.kind == "deleted"
    if file.new_text is not None or file.old_text is not None:
        return _Seen(file, Changed(file.path, file.old_text, file.new_text, created, deleted))
    # Known from a patch alone: its lines one after the other, as if they were the file.
    sides: dict[str, list[str]] = {"-": [], "+": []}
    numbers: dict[int, int] = {}
    for line in (line for hunk in file.hunks for line in hunk.lines):
        if line.sign != "+":
            sides["-"].append(line.text)
        if line.sign != "-":
            sides["+"].append(line.text)
            numbers[len(sides["+"])] = line.new
    before, after = ("".join(f"{line}\n" for line in sides[sign]) for sign in "-+")
    texts = (None if created else before, None if deleted else after)
    return _Seen(file, Changed(file.path, *texts, created, deleted), numbers)


def _all(seen: Sequence[_Seen]) -> list[Changed]:
    return [each.changed for each in seen if each.file.kind != "whole"]


def _of_file(seen: _Seen, facts: ProjectFacts) -> Iterator[Finding]:
    checks = _OF_LINES if seen.numbers is not None else (*_OF_LINES, *_OF_WHOLE)
    for check in checks:
        for concern in check(seen.changed, facts):
            yield from _finding(concern, seen)
    yield from _markers_left(seen)
    if seen.numbers is not None:
        return
    for function, was in grown(seen.file, seen.changed):
        told = f"`{function.name}` has a cognitive complexity of {function.cognitive}"
        since = f", {was} before" if was else ""
        yield finding_of(seen.file, COMPLEXITY, told + since, function.line)
    if not can_check(seen.file.path) and seen.file.new_text is not None:
        fault = broken_by(seen.file.path, seen.file.old_text, seen.file.new_text)
        if fault is not None:
            at = _LINE.match(fault)
            yield finding_of(seen.file, SYNTAX, f"does not parse any more: {fault}", int(at[1]) if at else 0)


def _finding(concern: Concern, seen: _Seen) -> Iterator[Finding]:
    rule = rule_of(concern.check, concern.text)
    if rule is None:
        return
    line = seen.line(concern.line or 0)
    if seen.file.kind == "whole" and line and not _shown(seen.file, line):
        return
    severity: Severity | None = None
    if concern.check in ("V03", "V13") and concern.level == "note":
        severity = "info"
    elif concern.check == "V04" and ";" in concern.text:
        severity = "medium"
    yield finding_of(seen.file, rule, concern.text, line, severity=severity)


def _shown(file: ChangedFile, line: int) -> bool:
    return any(hunk.new <= line < hunk.new + len(hunk.lines) for hunk in file.hunks)


def _markers_left(seen: _Seen) -> Iterator[Finding]:
    """Say where an unfinished merge stands in the new text; the three marks count together only."""
    marks = [(number, line) for number, line in seen.changed.added if _MARK.match(line)]
    if {"<", "=", ">"} <= {line[0] for _, line in marks}:
        first = next(number for number, line in marks if line[0] == "<")
        yield finding_of(seen.file, CONFLICT, "holds the marks of a merge that was not finished", seen.line(first))


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    kept: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kept.setdefault((finding.rule, finding.path), []).append(finding)
    for group in kept.values():
        yield from group[:PER_FILE]
        if len(group) > PER_FILE:
            beyond = len(group) - PER_FILE
            last = group[PER_FILE]
            yield Finding(
                rule=last.rule,
                severity=last.severity,
                confidence=last.confidence,
                path=last.path,
                line=last.line,
                end_line=last.end_line,
                quote=last.quote,
                title=last.title
                if beyond == 1
                else f"{last.title[:-1]}, and {beyond - 1} more of this kind behind it.",
                scenario=last.scenario,
                origins=last.origins,
            )
