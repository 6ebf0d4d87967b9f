"""What a first page of notes may tell beyond names of files: what was measured, and what became of commands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Insight:
    """What was measured of a project, in lines for people.

    Attributes:
        entries: Where it starts.
        layout: Its packages, from the top down, and what they need.
        conventions: What most of its files do.
    """

    entries: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: whether it was run and ended well, and that in words."""

    worked: bool
    told: str
