"""What a review finds, where, how sure it is, and what of the change was read."""

from dataclasses import dataclass, field
from typing import Final, Literal

from vivek.schema.changes import ReviewScope

Severity = Literal["critical", "high", "medium", "low", "info"]
Confidence = Literal["high", "medium", "low"]
Standing = Literal["new", "open", "fixed"]
ReviewStatus = Literal["done", "incomplete", "empty"]
FixResult = Literal["kept", "dropped", "declined", "refused"]

SEVERITIES: Final[dict[Severity, str]] = {
    "critical": "Loses or reveals data, runs what a stranger sent, or stops everybody from working.",
    "high": "Gives wrong results, fails or can be misused in a way that users will meet.",
    "medium": "Gives wrong results or fails in cases that are rare, or makes the next mistake likely.",
    "low": "Works, but is harder to read, test or change than it needs to be.",
    "info": "Worth knowing; nothing has to be done.",
}
"""From the gravest down, each with what it means."""

CONFIDENCES: Final[dict[Confidence, str]] = {
    "high": "A tool computed it, or the scenario was traced again and holds.",
    "medium": "The scenario fits the code that was read.",
    "low": "Nobody could confirm it, and nobody could refute it.",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend a finding: lines `line` to `end_line` of the new version become `text`, each line ended.

    An `end_line` before `line` puts the text before that line. `before` is what stands there now, "" where nobody
    looked.
    """

    path: str
    line: int
    end_line: int
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; its lines are derived from the quote, never taken from a model.

    Attributes:
        rule: What it is an instance of: `vivek/swallowed-error`, `ruff/F401`, `rules/money.md`.
        severity: How bad it is, see `SEVERITIES`.
        confidence: How sure it is, see `CONFIDENCES`.
        path: The file.
        line: First line of the quote in its version, from 1; 0 for the file as a whole.
        end_line: Last line of the quote.
        quote: The code it is about, exactly as it stands there; "" for the file as a whole.
        title: What is wrong, in a sentence.
        scenario: How it goes wrong: what has to happen, and what comes of it.
        fix: What would mend it, or None.
        origins: Who found it, the first one first: `ruff`, `vivek`, `finder:boundaries`.
        old: Whether the quote stands in the old version: what a deleted line promised.
        fingerprint: The same for the same finding when lines move, in hex.
        standing: Whether it is new, was known to the baseline, or is gone.
        cites: The text of the rule it stands on, "" for none.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    path: str
    line: int
    end_line: int
    quote: str
    title: str
    scenario: str = ""
    fix: Fix | None = None
    origins: tuple[str, ...] = ()
    old: bool = False
    fingerprint: str = ""
    standing: Standing = "new"
    cites: str = ""


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """What became of a finding's fix.

    Attributes:
        rule: The rule of the finding.
        path: The file that it mends.
        line: The line of the fix in the version that was reviewed.
        result: `kept` where it is in the file now, `dropped` where a check was against it, `declined` where the user
            was, `refused` where it could not be tried: its lines are not as they were.
        told: Why, or what checked it.
        fingerprint: That of the finding.
        edited: Whether the user changed it before.
    """

    rule: str
    path: str
    line: int
    result: FixResult
    told: str = ""
    fingerprint: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not reported, with who says so and why."""

    finding: Finding
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one piece of the change: every changed line belongs to exactly one.

    Attributes:
        id: Stable for the same text.
        path: The file.
        lines: How many changed lines it holds.
        first: Its first line in the new version, from 1; in the old one where nothing is left.
        last: Its last line.
        read_by: The finders and tools that read it.
        skipped: Why it was not read, "" where it was.
    """

    id: str
    path: str
    lines: int
    first: int
    last: int
    read_by: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file of a review.

    Attributes:
        path: The file.
        kind: What happened to it, as `schema.changes` names it.
        added: Lines added.
        removed: Lines taken away.
        score: 1.0 where nothing was found, down to 0.0; None where it was not read.
        risk: How much attention it deserves, 0.0 to 1.0, from what changed and not from what was found.
        aside: Why it was not read, or "".
    """

    path: str
    kind: str
    added: int
    removed: int
    score: float | None
    risk: float = 0.0
    aside: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a person wants to know first.

    Attributes:
        changed: What changed, in a few sentences; "" without a model.
        order: Files in the order that reads best.
        untested: Changed definitions that no test touches, as `path::name`.
        promise: What the author's message says and the change does not do; "" where nothing is missing or none says.
    """

    changed: str = ""
    order: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()
    promise: str = ""


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """A whole review.

    Attributes:
        scope: What was looked at.
        status: `incomplete` where some of it was not read.
        findings: The gravest first, without those that are suppressed.
        files: One entry a changed file.
        receipts: What was read by whom.
        suppressed: What was found and is not reported.
        baseline: The file that the findings were held against, "" for none.
        fixed: Findings of the baseline that are gone.
        dropped: How many of a model's findings were dropped, by reason: `no scenario`, `quote not found`, `refuted` ...
        score: Of the whole, 0.0 to 1.0; None where nothing was read.
        summary: What a person wants to know first.
        tools: Who looked: name to version, the model with its prompt version among them.
        told: What the user should know.
        thread_id: The thread that can be gone on with, "" without a model.
        calls: Calls of the model.
        tokens: Tokens they read and wrote; None for what the server did not count.
        seconds: Wall time.
        fixes: What became of the fixes that were gone through, in that order.
    """

    scope: ReviewScope
    status: ReviewStatus
    findings: tuple[Finding, ...] = ()
    files: tuple[FileVerdict, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    baseline: str = ""
    fixed: tuple[Finding, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    score: float | None = None
    summary: ReviewSummary = field(default_factory=ReviewSummary)
    tools: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    thread_id: str = ""
    calls: int = 0
    tokens: tuple[int | None, int | None] = (0, 0)
    seconds: float = 0.0
    fixes: tuple[FixOutcome, ...] = ()
