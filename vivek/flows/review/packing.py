"""What a review keeps beside its state: the plan, and what came of each piece; as JSON texts, and back."""

from dataclasses import dataclass, field

from vivek.flows.piecewise import REVIEW
from vivek.prompts.transcript import Transcript
from vivek.schema.changes import Changes
from vivek.schema.findings import Finding, Receipt, ReviewReport
from vivek.schema.reviewing import Finder, Rule


@dataclass(frozen=True, slots=True)
class Planned:
    """A piece as it is asked about.

    Attributes:
        id: The id of the piece.
        path: Its file.
        shared: What every question about it begins with.
        tokens: What that takes, at most.
        finders: The ids of the questions that make sense for it, in their order.
        rules: The rules of the project for its file.
    """

    id: str
    path: str
    shared: str
    tokens: int
    finders: tuple[str, ...]
    rules: tuple[Rule, ...] = ()

    def rules_of(self, finder: Finder) -> tuple[Rule, ...]:
        """Return the rules that a question is about."""
        return self.rules if finder.when == "rules" else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a review asks, and of what; all that it needs to go on elsewhere.

    Attributes:
        changes: What is reviewed.
        static: What was found in it without a model.
        budget: Tokens of a piece, by which the change was cut.
        pieces: The pieces, the riskiest first.
        left: The ids of pieces that are not read, with why.
    """

    changes: Changes
    static: ReviewReport
    budget: int
    pieces: tuple[Planned, ...]
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one piece.

    Attributes:
        receipt: Who read it, and why somebody did not.
        findings: What was found.
        dropped: What was claimed and dropped, by reason.
        calls: Calls of the model.
        read: Tokens they read, None where the server did not count them all.
        written: Tokens they wrote, None as above.
        seconds: What they took.
        by: `provider/model` of who read it.
    """

    receipt: Receipt
    findings: tuple[Finding, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    read: int | None = 0
    written: int | None = 0
    seconds: float = 0.0
    by: str = ""


def results_of(transcript: Transcript, head: str) -> tuple[Result, ...]:
    """Return what came of the pieces that are done, from the chain that `head` ends.

    Raises:
        ThreadError: If it cannot be read.
    """
    return tuple(REVIEW.unpack(Result, row.content) for row in transcript.entries(head)) if head else ()
