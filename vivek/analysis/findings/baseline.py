"""What is known already: a review held against the findings of an earlier one, and the file that keeps them. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from vivek.config.redaction import MARK
from vivek.errors import ConfigError
from vivek.schema.changes import Changes
from vivek.schema.findings import SEVERITIES, Finding, ReviewReport, Severity, Standing

VERSION: Final = 1
"""Of the file; a newer one is refused, since it may mean something else."""

_KIND = "vivek review"
_BLANKS = re.compile(r"\s+")
_TEXTS = ("fingerprint", "rule", "path", "severity", "title", "quote")


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that a baseline knows; no line, since lines move."""

    fingerprint: str
    rule: str
    path: str
    severity: Severity
    title: str
    quote: str = ""


def parse_baseline(text: str, name: str) -> tuple[Known, ...]:
    """Return what a baseline knows.

    Args:
        text: The file.
        name: What it is called in messages.

    Raises:
        ConfigError: If it is no baseline, or one of a newer version.
    """
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_baseline(name) from error
    if not isinstance(read, dict) or read.get("kind") != _KIND:
        raise _no_baseline(name)
    version = read.get("version")
    if isinstance(version, int) and version > VERSION:
        msg = f"{name} is a baseline of version {version}; this vivek reads version {VERSION}."
        raise ConfigError(msg, hint="Use the vivek that wrote it, or write a new one with `--update-baseline`.")
    listed = read.get("findings")
    if version != VERSION or not isinstance(listed, list):
        raise _no_baseline(name)
    return tuple(_known(each, name) for each in listed)


def baseline_text(known: Iterable[Known]) -> str:
    """Return the file that keeps findings: one a line in a fixed order, so that its own diffs are short."""
    ordered = sorted(known, key=lambda each: (each.path, each.rule, each.fingerprint))
    lines = ",\n".join(
        f"    {json.dumps({name: getattr(each, name) for name in _TEXTS}, ensure_ascii=True)}" for each in ordered
    )
    head = f'{{\n  "kind": "{_KIND}",\n  "version": {VERSION},\n  "findings": ['
    return f"{head}\n{lines}\n  ]\n}}\n" if lines else f"{head}]\n}}\n"


def held_against(report: ReviewReport, known: Sequence[Known], changes: Changes, name: str) -> ReviewReport:
    """Return a review that says of each finding whether it is new or open, and what is fixed.

    Fixed is what stood in a file that was read and is not found any more, with its code gone. What lies outside of
    the review may be there still, so nothing is said of it.

    Args:
        report: The review, with everything that was found.
        known: What the baseline knows.
        changes: What was reviewed.
        name: The baseline's file, as it is named to the user.
    """
    before = {file.path: file.old_path for file in changes.files if file.kind == "renamed"}
    now = _Findings.of((*report.findings, *(each.finding for each in report.suppressed)), before)
    gone = [each for each in known if each not in now and _is_gone(each, changes)]
    then = {each.fingerprint for each in known}, {_likeness(each, each.path) for each in known}
    found = tuple(replace(each, standing=_standing(each, then, before)) for each in report.findings)
    return replace(report, findings=found, baseline=name, fixed=tuple(map(_fixed, gone)))


def renewed(report: ReviewReport, known: Sequence[Known], changes: Changes) -> tuple[Known, ...]:
    """Return what a baseline knows after a review: what was found, and what lies outside of what was read.

    Args:
        report: The review, held against the baseline.
        known: What the baseline knew.
        changes: What was reviewed.
    """
    now = [
        Known(each.fingerprint, each.rule, each.path, each.severity, each.title, each.quote) for each in report.findings
    ]
    before = {file.path: file.old_path for file in changes.files if file.kind == "renamed"}
    here = _Findings.of((*report.findings, *(each.finding for each in report.suppressed)), before)
    kept = [each for each in known if each not in here and not _is_gone(each, changes)]
    return tuple({each.fingerprint: each for each in (*kept, *now)}.values())


_Likeness = tuple[str, str, str]
"""Rule, path and code: what stays the same of a finding when its file gets another name."""


@dataclass(frozen=True, slots=True)
class _Findings:
    """Findings by their fingerprints, and by what stays the same in a renamed file."""

    prints: frozenset[str]
    alike: frozenset[_Likeness]

    @classmethod
    def of(cls, findings: Sequence[Finding], before: Mapping[str, str]) -> "_Findings":
        moved = (_likeness(each, before[each.path]) for each in findings if each.path in before)
        return cls(frozenset(each.fingerprint for each in findings), frozenset(moved))

    def __contains__(self, known: Known) -> bool:
        return known.fingerprint in self.prints or _likeness(known, known.path) in self.alike


def _standing(finding: Finding, then: tuple[set[str], set[_Likeness]], before: Mapping[str, str]) -> Standing:
    prints, alike = then
    moved = finding.path in before and _likeness(finding, before[finding.path]) in alike
    return "open" if finding.fingerprint in prints or moved else "new"


def _likeness(finding: Finding | Known, path: str) -> _Likeness:
    return finding.rule, path, _normal(finding.quote)


def _is_gone(known: Known, changes: Changes) -> bool:
    """Tell whether a finding that was not found again is gone, as far as this review can know."""
    file = next((file for file in changes.files if known.path in (file.path, file.old_path)), None)
    if file is None:
        return False
    if file.kind == "deleted":
        return True
    if file.aside or file.new_text is None:
        return False
    if changes.scope.kind == "files":
        return True
    return bool(known.quote) and not _stands(known.quote, file.new_text)


def _stands(quote: str, text: str) -> bool:
    """Tell whether a quote stands in a text, whatever its blanks are, and whatever stood where a secret is masked."""
    pieces = (re.escape(_normal(piece)) for piece in quote.split(MARK))
    return re.search("[^\n]*".join(pieces), _normal(text)) is not None


def _fixed(known: Known) -> Finding:
    return Finding(
        rule=known.rule,
        severity=known.severity,
        confidence="high",
        path=known.path,
        line=0,
        end_line=0,
        quote=known.quote,
        title=known.title,
        fingerprint=known.fingerprint,
        standing="fixed",
    )


def _known(entry: object, name: str) -> Known:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(each), str) for each in _TEXTS):
        raise _no_baseline(name)
    if entry["severity"] not in SEVERITIES or not entry["fingerprint"]:
        raise _no_baseline(name)
    severity = cast(Severity, entry["severity"])  # one of the names, see above
    return Known(entry["fingerprint"], entry["rule"], entry["path"], severity, entry["title"], entry["quote"])


def _no_baseline(name: str) -> ConfigError:
    return ConfigError(
        f"{name} is no baseline of a review.", hint="Write one with `vivek review --baseline FILE --update-baseline`."
    )


def _normal(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
