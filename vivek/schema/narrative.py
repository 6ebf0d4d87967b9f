"""What a model says of how a repository is built, each sentence with what it stands on."""

from dataclasses import dataclass, field
from typing import Final, Literal

from vivek.schema.architecture import Sentence
from vivek.schema.measures import Place

PASSAGES: Final = {
    "what": "What it is",
    "built": "How it is built",
    "hurts": "Where it hurts",
    "first": "What to do first",
}
"""What is told of the whole, in this order, and the headings."""

NarrativeStatus = Literal["done", "incomplete"]

Removal = Literal[
    "no citation",
    "unknown citation",
    "wrong number",
    "wrong name",
    "wrong direction",
    "unbacked comparison",
    "unproven",
]
"""Why a sentence was removed; `unproven`: it says something that what it cites does not say."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was measured or read, with the id that a sentence cites it by.

    Attributes:
        id: `M12`, or `path:line` for a line of code.
        kind: What is measured, as `analysis.evidence` names it: `fan-in`, `cycle`, `code` ...
        told: It in words, as the model is shown it.
        subjects: What it is about: paths or names; empty where it is about the whole repository.
        others: What it relates that to, such as the module that is imported.
        value: The figure, None where there is none.
        rank: Its place among all of its kind, from 1 for the most; 0 where nobody ranked it, or it shares its place.
        place: Where to look.
    """

    id: str
    kind: str
    told: str
    subjects: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    value: float | None = None
    rank: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the narrative that was checked.

    Attributes:
        about: What it is about: the name of a package, or one of `PASSAGES` for the whole.
        title: Its heading.
        sentences: Those that held, in the order in which they were written.
        removed: How many did not, by reason.
    """

    about: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    removed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Narrative:
    """What a model said of a repository, without what could not be proved.

    Attributes:
        whole: What it is, how it is built, where it hurts, what to do first; without what nothing was left of.
        parts: The packages, each in a few sentences; without those nothing was left of.
        facts: What the sentences cite, in the order of first use.
        kept: How many sentences held.
        removed: How many did not, by reason.
        status: `incomplete` where not all parts could be asked about.
        told: What limits it: why it is incomplete, what was left out.
        model: `provider/model`, several with commas between them where one went on with what another had begun.
        thread_id: Where to go on, "" for one that was kept from earlier.
    """

    whole: tuple[Passage, ...] = ()
    parts: tuple[Passage, ...] = ()
    facts: tuple[Fact, ...] = ()
    kept: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    status: NarrativeStatus = "done"
    told: tuple[str, ...] = ()
    model: str = ""
    thread_id: str = ""


@dataclass(frozen=True, slots=True)
class NarrativeCost:
    """What a narrative will take, said before it begins.

    Attributes:
        parts: Packages it tells of.
        calls: Calls of the model that are left.
        kept: Answers that are kept from earlier.
        tokens: Tokens those calls read for the first time, and the most they write.
        seconds: How long they take at the measured speed, None where no speed was measured yet.
    """

    parts: int
    calls: int
    kept: int
    tokens: tuple[int, int]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class NarrativePlanned:
    """Event: what the narrative will take."""

    cost: NarrativeCost


@dataclass(frozen=True, slots=True)
class PassageWritten:
    """Event: a passage was written and checked, and how many of how many are done."""

    passage: Passage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class NarrativeEnded:
    """Event, always the last: the narrative, valid at whatever moment it ended."""

    narrative: Narrative
