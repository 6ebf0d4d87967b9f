"""What becomes of a review's findings: ignored ones set apart, known ones marked, fixes shown in full. No model."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from vivek.analysis.findings.baseline import baseline_text, held_against, parse_baseline, renewed
from vivek.analysis.findings.ignores import COMMENT, Ignore, Note, notes_of, parse_ignores, unreasoned, without_ignored
from vivek.analysis.findings.locate import with_fingerprints
from vivek.analysis.findings.verdicts import overall, ranked, verdicts
from vivek.config.formats import load_toml
from vivek.errors import ConfigError
from vivek.project.globbing import matching
from vivek.schema.changes import Changes
from vivek.schema.findings import FileVerdict, Finding, FixOutcome, ReviewReport
from vivek.session.doors.baselines import load_baseline, store_baseline
from vivek.session.place import Place

IGNORES = ".vivek/review.toml"
"""The file of a project that says which findings are ignored, and why."""

_MARKS = "*?[{"


def settle(
    place: Place,
    changes: Changes,
    report: ReviewReport,
    *,
    baseline: Path | None = None,
    update: bool = False,
    clock: Callable[[], float] = time.time,
) -> ReviewReport:
    """Return a review as it is told: without what is ignored, and held against a baseline.

    Args:
        place: The project.
        changes: What was reviewed.
        report: What was found.
        baseline: The file of a baseline, None for none.
        update: Whether it is written anew.
        clock: Seconds since the epoch.

    Raises:
        ConfigError: If the baseline or the file of ignored findings cannot be used.
        WorkspaceError: If the baseline cannot be written.
    """
    text = None if baseline is None else load_baseline(baseline, "a review", missing=update)
    known = () if text is None else parse_baseline(text, str(baseline))
    if report.status != "empty":
        today = datetime.fromtimestamp(clock(), tz=UTC).date()
        report = _with_full_fixes(_told_apart(report, changes, _load_ignores(place), today), changes)
    if baseline is None:
        return report
    held = held_against(report, known, changes, str(baseline))
    if update:
        store_baseline(baseline, baseline_text(renewed(held, known, changes)))
    return held


def without_fixed(report: ReviewReport, changes: Changes, outcomes: Sequence[FixOutcome]) -> ReviewReport:
    """Return a review with what became of its fixes; what was mended is no finding any more.

    Args:
        report: What was found.
        changes: What was reviewed.
        outcomes: What became of the fixes that were gone through.
    """
    kept = {(each.fingerprint, each.line) for each in outcomes if each.result == "kept"}
    left = tuple(each for each in report.findings if each.fix is None or (each.fingerprint, each.fix.line) not in kept)
    judged = _judged(report, changes, left)
    return replace(report, findings=left, files=judged, score=overall(judged), fixes=tuple(outcomes))


def _judged(report: ReviewReport, changes: Changes, findings: Sequence[Finding]) -> tuple[FileVerdict, ...]:
    if not changes.files:  # a review of earlier, of which only the report is known
        return report.files
    seen = frozenset(receipt.path for receipt in report.receipts if receipt.read_by)
    return verdicts(changes.files, findings, read=seen)


def _told_apart(report: ReviewReport, changes: Changes, ignores: Sequence[Ignore], today: date) -> ReviewReport:
    """Return a review without what is ignored; comments without a reason are findings."""
    read = ((file.path, notes_of(file.new_text)) for file in changes.files if file.new_text)
    notes = {path: each for path, each in read if each}
    added = {
        file.path: frozenset(line.new for hunk in file.hunks for line in hunk.lines if line.sign == "+")
        for file in changes.files
    }
    more = tuple(unreasoned(notes, report.findings, added))
    files = {file.path: file for file in changes.files}
    found = ranked((*report.findings, *with_fingerprints(more, files)))
    settled = without_ignored(replace(report, findings=found), ignores, notes, today=today, matches=_matches)
    if len(settled.findings) != len(report.findings) or more:
        judged = _judged(report, changes, settled.findings)
        settled = replace(settled, files=judged, score=overall(judged))
    told = tuple(_own_exceptions(settled, notes, added))
    return replace(settled, told=(*settled.told, *told))


def _own_exceptions(
    report: ReviewReport, notes: Mapping[str, Sequence[Note]], added: Mapping[str, frozenset[int]]
) -> list[str]:
    """Return what to say where a change decides itself what is not said of it."""
    told = []
    by_comment = [each.finding for each in report.suppressed if each.by == COMMENT]
    fresh = [
        finding
        for finding in by_comment
        if any(
            note.line in added.get(finding.path, ()) and note.target in (finding.line, finding.end_line)
            for note in notes.get(finding.path, ())
        )
    ]
    if fresh:
        told.append(f"The change ignores findings of its own by comments it adds: {len(fresh)}.")
    if any(file.path == IGNORES for file in report.files):
        told.append(f"The change edits {IGNORES}, which says what is ignored.")
    return told


def _with_full_fixes(report: ReviewReport, changes: Changes) -> ReviewReport:
    """Return a review whose fixes say what stands there now."""
    named = {each.fix.path for each in report.findings if each.fix is not None}
    lines = {file.path: file.new_text.split("\n") for file in changes.files if file.new_text and file.path in named}

    def full(finding: Finding) -> Finding:
        fix = finding.fix
        if fix is None or fix.before or fix.path not in lines:
            return finding
        before = "".join(f"{line}\n" for line in lines[fix.path][fix.line - 1 : fix.end_line])
        return replace(finding, fix=replace(fix, before=before))

    return replace(report, findings=tuple(map(full, report.findings)))


def _load_ignores(place: Place) -> tuple[Ignore, ...]:
    entries = load_toml(place.root / IGNORES)
    if unknown := [key for key in entries if key != "ignore"]:
        msg = f"{entries[unknown[0]].place}: there is no `{unknown[0]}`."
        raise ConfigError(msg, hint="The file is a list of tables: `[[ignore]]`.")
    return parse_ignores(entries["ignore"].value, IGNORES) if entries else ()


def _matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern means a path; one without marks names a file or a folder."""
    if any(mark in pattern for mark in _MARKS):
        return bool(matching(pattern, [path]))
    plain = pattern.removeprefix("./").rstrip("/")
    return path == plain or path.startswith(f"{plain}/")
