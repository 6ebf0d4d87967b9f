"""What every form of a review shares: which findings are shown, who read what, the form for machines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vivek.cli.render.safe_text import one_line
from vivek.schema.findings import CONFIDENCES, SEVERITIES, Confidence, Finding, Receipt, ReviewReport, Severity
from vivek.schema.plain import as_plain

_RANKS: Final = {name: rank for rank, name in enumerate(SEVERITIES)}
_SURENESS: Final = {name: rank for rank, name in enumerate(CONFIDENCES)}
_FINDER = "finder:"
_NAMED = 3  # files that are named for a reason; of the others the number is said


@dataclass(frozen=True, slots=True)
class Limits:
    """Which findings are shown.

    Attributes:
        severity: The least severity, None for any.
        confidence: The least confidence, None for any.
        most: How many at most, None for all of them.
        known: Whether those that the baseline knows are shown, too.
    """

    severity: Severity | None = None
    confidence: Confidence | None = None
    most: int | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings that are shown, and how many of which severity are not."""

    findings: tuple[Finding, ...]
    left_out: dict[Severity, int]


def choose(report: ReviewReport, limits: Limits) -> Chosen:
    """Return the findings within some limits; the gravest stay."""
    within = [each for each in report.findings if _within(each, limits)]
    kept = within if limits.most is None else within[: limits.most]
    missing = Counter(each.severity for each in report.findings)
    missing.subtract(each.severity for each in kept)
    return Chosen(tuple(kept), {name: missing[name] for name in SEVERITIES if missing[name]})


def grave(report: ReviewReport, severity: Severity, confidence: Confidence | None) -> tuple[Finding, ...]:
    """Return the findings that a threshold is about: at least that grave, sure enough, and not known before."""
    limits = Limits(severity, confidence, known=False)
    return tuple(each for each in report.findings if _within(each, limits))


def by_file(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings with those of one file together; a file stands where its first finding puts it."""
    places: dict[str, int] = {}
    for at, finding in enumerate(findings):
        places.setdefault(finding.path, at)
    return sorted(findings, key=lambda each: places[each.path])


def review_object(report: ReviewReport, chosen: Chosen) -> dict[str, object]:
    """Return a review as the object that `--format json` prints; the keys are a promise."""
    plain = as_plain(report)
    shown = {"findings": as_plain(chosen.findings), "left_out": as_plain(chosen.left_out)}
    return {**(plain if isinstance(plain, dict) else {}), **shown}


def counted(number: int, word: str) -> str:
    """Return a number with its word, `1 file` or `2 files`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def severities_of(counts: dict[Severity, int]) -> str:
    """Return how many there are of which severity: `1 high, 2 medium`."""
    return ", ".join(f"{counts[name]:,} {name}" for name in SEVERITIES if counts.get(name))


def place_of(finding: Finding) -> str:
    """Return `path:line`, the path alone for the file as a whole."""
    path = one_line(finding.path)
    if not finding.line:
        return path
    return f"{path}:{finding.line}{' (before the change)' if finding.old else ''}"


def head_line(report: ReviewReport) -> str:
    """Return what was looked at, how much it is, and the score."""
    added, removed = sum(file.added for file in report.files), sum(file.removed for file in report.files)
    size = f"{counted(len(report.files), 'file')}, +{added:,} -{removed:,}"
    return f"{one_line(report.scope.told)}: {size}, score {score_of(report.score)}"


def score_of(score: float | None) -> str:
    """Return a score in two digits; `unknown` where nothing was read."""
    return "unknown" if score is None else f"{score:.2f}"


def verdict_line(report: ReviewReport, chosen: Chosen) -> str:
    """Return how many findings there are; `No findings` is said of code that was read and of nothing else."""
    if report.findings:
        counts = Counter(each.severity for each in report.findings)
        return f"{counted(len(report.findings), 'finding')}: {severities_of(dict(counts))}{_hidden(chosen)}."
    read = [each for each in report.receipts if each.read_by]
    if report.status == "empty":
        return "There is nothing to review."
    if not read:
        return "Nothing of it was read, so there is nothing to say of it."
    whole = report.status == "done" and not _lines(each for each in report.receipts if not each.read_by)
    return "No findings." if whole else "No findings in what was read."


def reading_lines(report: ReviewReport) -> Iterator[str]:
    """Yield in short who read what, and what was not read and why."""
    read = [each for each in report.receipts if each.read_by]
    readers = list(dict.fromkeys(name for each in read for name in each.read_by))
    if read:
        named = ", ".join(_versioned(name, report) for name in readers)
        nobody = "" if any(name.startswith(_FINDER) for name in readers) else "; no model read them"
        yield f"read: {counted(_lines(read), 'changed line')} by {named}{nobody}"
    partly = [each for each in read if each.skipped]
    if partly:
        size = counted(_lines(partly), "changed line")
        yield f"not read by the model, or not with each question: {size}: {'; '.join(_reasons(partly))}"
    unread = [each for each in report.receipts if not each.read_by]
    if unread:
        size = f"{counted(_lines(unread), 'changed line')}: " if _lines(unread) else ""
        yield f"not read: {size}{'; '.join(_reasons(unread))}"


def standing_lines(report: ReviewReport) -> Iterator[str]:
    """Yield what the baseline and those who ignore findings make of them."""
    if report.baseline:
        standing = Counter(each.standing for each in report.findings)
        counts = f"{standing['new']:,} new, {standing['open']:,} open, {len(report.fixed):,} fixed"
        yield f"baseline {one_line(report.baseline)}: {counts}"
    if report.fixes:
        results = Counter(each.result for each in report.fixes)
        yield f"fixes: {', '.join(f'{number:,} {result}' for result, number in results.items())}"
    if report.suppressed:
        yield f"ignored, with a reason: {counted(len(report.suppressed), 'finding')}"
    if report.dropped:
        reasons = ", ".join(f"{number:,} {one_line(why)}" for why, number in sorted(report.dropped.items()))
        yield f"dropped of what the model said: {reasons}"


def _within(finding: Finding, limits: Limits) -> bool:
    if limits.severity is not None and _RANKS[finding.severity] > _RANKS[limits.severity]:
        return False
    if limits.confidence is not None and _SURENESS[finding.confidence] > _SURENESS[limits.confidence]:
        return False
    return limits.known or finding.standing != "open"


def _hidden(chosen: Chosen) -> str:
    number = sum(chosen.left_out.values())
    if not number:
        return ""
    return f"; not shown: {severities_of(chosen.left_out)}"


def _lines(receipts: Iterable[Receipt]) -> int:
    return sum(each.lines for each in receipts)


def _versioned(name: str, report: ReviewReport) -> str:
    version = report.tools.get(name, "")
    return one_line(f"{name} {version}".strip())


def _reasons(unread: Sequence[Receipt]) -> Iterator[str]:
    return _grouped([(each.skipped or "nobody read it", each.path) for each in unread])


def _grouped(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield each reason once, with some of the files it holds for."""
    files: dict[str, list[str]] = {}
    for why, path in pairs:
        files.setdefault(why, []).append(path)
    for why, paths in files.items():
        once = list(dict.fromkeys(paths))
        named = ", ".join(one_line(path) for path in once[:_NAMED])
        more = f" and {len(once) - _NAMED:,} more" if len(once) > _NAMED else ""
        yield f"{one_line(why)} ({named}{more})"
