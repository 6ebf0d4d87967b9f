"""What a review by a model is made of: the questions, what they cost, what a model claims and what is thought of it."""

from dataclasses import dataclass
from typing import Final, Literal

from vivek.schema.findings import Confidence, Finding, Receipt, ReviewReport, Severity

ReviewEffort = Literal["quick", "normal", "deep"]
Condition = Literal["always", "code", "removed", "callers", "concurrent", "rules"]
Matter = Literal["wrong-result", "crash", "lost-error", "leak", "race", "security", "contract", "test", "rule"]

EFFORTS: Final[dict[ReviewEffort, str]] = {
    "quick": "the questions that find most; at most three minutes for 300 changed lines",
    "normal": "the usual questions, each finding traced again",
    "deep": "every question, and what is uncertain is traced twice",
}

MATTERS: Final[dict[Matter, str]] = {
    "wrong-result": "It runs, and what comes of it is wrong.",
    "crash": "It stops with an error that nobody expects there.",
    "lost-error": "Something fails, and nobody hears of it.",
    "leak": "A file, a lock, a connection or memory is not given back.",
    "race": "Two at a time, or another order of steps, give a wrong result.",
    "security": "Somebody gets, changes or runs what they must not.",
    "contract": "Those who use it rely on what no longer holds.",
    "test": "A defect that matters would pass the tests.",
    "rule": "It breaks a rule of the project.",
}
"""What a model's finding is about, with what it means; its rule is `review/` and this word."""


@dataclass(frozen=True, slots=True)
class Finder:
    """One question about a piece of a change.

    Attributes:
        id: Its name, such as `boundaries`.
        version: Changes whenever its text does: hex digits of its hash.
        text: What the model is asked.
        effort: The least effort at which it is asked.
        when: What a piece must have for the question to make sense.
    """

    id: str
    version: str
    text: str
    effort: ReviewEffort
    when: Condition = "always"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the project, from a file of its own.

    Attributes:
        id: `rules/money.md`.
        text: What it says; a finding cites it.
        paths: Globs of the files it is about; empty for all.
        severity: How grave breaking it is.
    """

    id: str
    text: str
    paths: tuple[str, ...] = ()
    severity: Severity = "medium"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a model says it found, before anything of it is believed.

    Attributes:
        rule: What it is about, a word of `MATTERS`.
        severity: How bad it says it is.
        confidence: How sure it says it is.
        quote: The code it says it is about.
        title: What is wrong, in a sentence.
        scenario: How it goes wrong.
        fix: What the quoted lines should be instead, "" for no answer.
        old: Whether the quote was taken from lines that are gone.
        cites: The id of the rule of the project it stands on, "" for none.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    quote: str
    title: str
    scenario: str
    fix: str = ""
    old: bool = False
    cites: str = ""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What came of tracing a scenario again.

    Attributes:
        verdict: `holds`, `refuted`, or `unsure` where neither could be shown.
        counter: The code that refutes it, quoted; without it nothing is refuted.
        told: Why, in a sentence.
    """

    verdict: Literal["holds", "refuted", "unsure"]
    counter: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class ReviewCost:
    """What a review will take, said before it begins.

    Attributes:
        chunks: Pieces of the change.
        finders: Questions about each.
        calls: Calls of the model that are left, without second looks; what is kept from earlier is not asked again.
        kept: Answers that are kept from earlier.
        tokens: Tokens those calls read for the first time, and the most they write.
        seconds: How long they take at the measured speed, None where no speed was measured yet.
        left_out: Pieces that this effort has no time for, the least risky ones; they count as unread.
        speed: Tokens it writes a second, as measured; None where nobody measured it yet.
        unasked: Pieces beside those, which no effort asks about: beyond the number that one review takes, or too large
            for the window; they count as unread, too.
    """

    chunks: int
    finders: int
    calls: int
    kept: int
    tokens: tuple[int, int]
    seconds: float | None
    left_out: int = 0
    speed: float | None = None
    unasked: int = 0


@dataclass(frozen=True, slots=True)
class ReviewPlanned:
    """Event: what the review will take."""

    cost: ReviewCost


@dataclass(frozen=True, slots=True)
class ChunkRead:
    """Event: a piece was read, or skipped: its receipt, and how many of how many are done."""

    receipt: Receipt
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FindingVerified:
    """Event: a finding that was traced again and is kept."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class ReviewEnded:
    """Event, always the last: the report, valid at whatever moment the review ended."""

    report: ReviewReport
