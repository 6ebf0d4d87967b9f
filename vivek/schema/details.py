"""All that is known of one model, each fact with who says so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        name: What it is about.
        value: What is so; numbers as numbers.
        source: Who says so.
    """

    name: str
    value: str | int | float | bool
    source: str


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """One model.

    Attributes:
        name: `provider/model`.
        place: Where it is served.
        facts: What its server or its file says.
        window: Tokens that a thread would have.
        window_why: Why so many.
        size: The class of size it is treated as.
        treatment: Sampling and limits in force, with where each value comes from.
        measured: What was measured here, by probes and in turns.
        profile: The file that keeps what was measured.
    """

    name: str
    place: str
    facts: tuple[Fact, ...]
    window: int
    window_why: str
    size: str
    treatment: tuple[Fact, ...]
    measured: tuple[Fact, ...]
    profile: str
