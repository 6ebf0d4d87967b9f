"""What a narrative keeps beside its state: the plan and its passages; as JSON texts, and back."""

from dataclasses import dataclass, replace

from vivek.flows.piecewise import NARRATIVE, pack
from vivek.prompts.transcript import Entry, Transcript
from vivek.schema.narrative import Fact, Passage


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the repository as it is asked about.

    Attributes:
        name: The package, or the folder of several.
        shown: The facts as they are shown.
        tokens: What that takes.
        facts: The facts that are shown.
    """

    name: str
    shown: str
    tokens: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a narrative asks, and of what; all that it needs to go on elsewhere.

    Attributes:
        parts: The parts, in the order in which they are asked about.
        facts: Facts about the whole.
        room: Tokens that may be shown before a question.
        told: What is left out.
        key: What tells these facts from every other.
    """

    parts: tuple[Part, ...]
    facts: tuple[Fact, ...]
    room: int
    told: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one question.

    Attributes:
        passage: What was written and holds.
        why: Why nothing was written, or "".
        by: `provider/model` of who wrote it.
    """

    passage: Passage
    why: str = ""
    by: str = ""


def results_of(transcript: Transcript, head: str | None) -> tuple[Told, ...]:
    """Return what came of the questions up to a row, in the order in which they were asked."""
    return tuple(NARRATIVE.unpack(Told, entry.content) for entry in transcript.entries(head)) if head else ()


def kept_row(told: Told, model: str) -> Entry:
    """Return what came of a question that a model was asked as a row of the chain of results."""
    return Entry("assistant", "result", pack(replace(told, by=model)), 0)
