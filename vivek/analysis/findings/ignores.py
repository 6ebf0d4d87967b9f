"""Findings that somebody decided not to hear of, each with a reason: comments in the code, and a file. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Final

from vivek.errors import ConfigError
from vivek.schema.findings import Finding, ReviewReport, Suppressed

COMMENT: Final = "comment"
"""Who ignores a finding that a comment in the code ignores."""

WITHOUT_REASON: Final = "vivek/ignore-without-reason"
"""The rule about comments that nobody can judge later."""

_COMMENT = re.compile(r"(?:#|//|--|/\*|<!--|;|%)[ \t]*vivek:[ \t]*ignore\b(?:\[([^\]\n]*)\])?(.*)")
_FRAME = " \t-\u2013\u2014:*/>#}"  # what stands between the brackets and the reason, and what ends a comment
_KEYS = ("rule", "path", "fingerprint", "reason", "until")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry of the file: findings of a rule, in some files, or one finding by its fingerprint.

    Attributes:
        reason: Why.
        origin: Where it stands.
        rule: Which rule: `ruff/S101`, `S101`, `ruff/*`; "" where the fingerprint says it.
        path: In which files, "" for all.
        fingerprint: Of the one finding, "" for any.
        until: The last day on which it holds, None for always.
    """

    reason: str
    origin: str
    rule: str = ""
    path: str = ""
    fingerprint: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that ignores findings of its line, or of the line below it where it stands alone.

    Attributes:
        line: Where it stands, from 1.
        target: The line it is about.
        rules: Which rules, as they are written.
        reason: Why, "" where it does not say.
        text: Its line.
    """

    line: int
    target: int
    rules: tuple[str, ...]
    reason: str
    text: str


def parse_ignores(entries: object, name: str) -> tuple[Ignore, ...]:
    """Return the entries of a file.

    Args:
        entries: Its list of tables, as it was read.
        name: What the file is called.

    Raises:
        ConfigError: If an entry does not say what it ignores, or why.
    """
    if not isinstance(entries, list):
        raise _wrong(f"{name}: `ignore` is no list of tables.")
    return tuple(_ignore(entry, f"{name}, entry {number}") for number, entry in enumerate(entries, 1))


def notes_of(text: str) -> tuple[Note, ...]:
    """Return the comments of a text that ignore findings."""
    if "vivek:" not in text:
        return ()
    lines = text.split("\n")
    spots = {at: found for at, line in enumerate(lines) if (found := _COMMENT.search(line))}
    alone = {at for at, found in spots.items() if not lines[at][: found.start()].strip()}
    notes = []
    for at, found in spots.items():
        target = at
        while target in alone:
            target += 1
        rules = tuple(rule for each in (found[1] or "").split(",") if (rule := each.strip()))
        notes.append(Note(at + 1, target + 1, rules, found[2].strip(_FRAME), lines[at]))
    return tuple(notes)


def without_ignored(
    report: ReviewReport,
    ignores: Sequence[Ignore],
    notes: Mapping[str, Sequence[Note]],
    *,
    today: date,
    matches: Callable[[str, str], bool],
) -> ReviewReport:
    """Return a review without the findings that somebody ignores; they are kept beside it with the reasons.

    Args:
        report: The review.
        ignores: The entries of the file; those that are over are told and do not hold.
        notes: The comments, by path.
        today: The day.
        matches: Tells whether a pattern means a path.
    """
    holding = [each for each in ignores if each.until is None or each.until >= today]
    kept: list[Finding] = []
    suppressed = list(report.suppressed)
    for finding in report.findings:
        note = next((each for each in notes.get(finding.path, ()) if each.reason and _is_about(each, finding)), None)
        entry = next((each for each in holding if _means(each, finding, matches)), None)
        if note is not None:
            suppressed.append(Suppressed(finding, COMMENT, note.reason))
        elif entry is not None:
            suppressed.append(Suppressed(finding, entry.origin, entry.reason))
        else:
            kept.append(finding)
    over = tuple(
        f"{each.origin}: ignored until {each.until.isoformat()}, so it no longer is: {each.reason}"
        for each in ignores
        if each.until is not None and each.until < today
    )
    return replace(report, findings=tuple(kept), suppressed=tuple(suppressed), told=(*report.told, *over))


def unreasoned(
    notes: Mapping[str, Sequence[Note]], findings: Sequence[Finding], changed: Mapping[str, frozenset[int]]
) -> Iterator[Finding]:
    """Yield a finding for each comment that says no reason or no rule, and is new or would have ignored something.

    Args:
        notes: The comments, by path.
        findings: What was found.
        changed: The lines that were added, by path.
    """
    for path, each in notes.items():
        for note in each:
            used = any(finding.path == path and _is_about(note, finding) for finding in findings)
            if (note.reason and note.rules) or not (used or note.line in changed.get(path, frozenset())):
                continue
            missing = "which rule it ignores" if not note.rules else "why it ignores a finding"
            yield Finding(
                rule=WITHOUT_REASON,
                severity="low",
                confidence="high",
                path=path,
                line=note.line,
                end_line=note.line,
                quote=note.text,
                title=f"The comment does not say {missing}, so it does not hold",
                scenario="Nobody can tell later whether the finding was looked at, so it is reported as before.",
                origins=("vivek",),
            )


def _is_about(note: Note, finding: Finding) -> bool:
    if finding.old or note.target not in (finding.line, finding.end_line):
        return False
    return any(_is_rule(rule, finding.rule) for rule in note.rules)


def _is_rule(wanted: str, rule: str) -> bool:
    return fnmatchcase(rule, wanted) or ("/" not in wanted and fnmatchcase(rule.rpartition("/")[2], wanted))


def _means(entry: Ignore, finding: Finding, matches: Callable[[str, str], bool]) -> bool:
    if entry.fingerprint and entry.fingerprint != finding.fingerprint:
        return False
    if entry.rule and not _is_rule(entry.rule, finding.rule):
        return False
    return not entry.path or matches(entry.path, finding.path)


def _ignore(entry: object, origin: str) -> Ignore:
    if not isinstance(entry, dict):
        raise _wrong(f"{origin} is no table.")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise _wrong(f"{origin}: there is no `{unknown[0]}`.")
    texts = {key: entry.get(key, "") for key in ("rule", "path", "fingerprint", "reason")}
    if bad := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise _wrong(f"{origin}: `{bad[0]}` is no text.")
    if not texts["reason"].strip():
        raise _wrong(f"{origin} does not say why: `reason` is missing.")
    if not (texts["rule"] or texts["fingerprint"]):
        raise _wrong(f"{origin} does not say what it ignores: give it a `rule` or a `fingerprint`.")
    until = entry.get("until")
    if until is not None and type(until) is not date:  # a moment is a date, too, and cannot be compared with a day
        raise _wrong(f"{origin}: `until` is no date.")
    return Ignore(texts["reason"].strip(), origin, texts["rule"], texts["path"], texts["fingerprint"], until)


def _wrong(message: str) -> ConfigError:
    return ConfigError(message, hint='An entry is `[[ignore]]` with `rule = "ruff/S101"` and `reason = "..."`.')
