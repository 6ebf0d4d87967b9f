"""What a planner decides."""

from dataclasses import dataclass
from typing import Literal

PlanKind = Literal["answer", "change"]
ModeName = str
"""The name of a mode; which ones there are is checked where a name comes in, for users bring modes of their own."""

Depth = Literal["fast", "auto", "full"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one turn.

    Attributes:
        kind: Whether the turn answers or changes files.
        steps: What to do, in order; at least one.
        files: Files to look at, relative to the root.
        mode: The mode the executor works in.
        question: A question to the user that ends the turn, or "".
        choices: Answers to it that the user can pick; () where it has to be answered in words.
    """

    kind: PlanKind
    steps: tuple[str, ...]
    files: tuple[str, ...] = ()
    mode: ModeName = "peer"
    question: str = ""
    choices: tuple[str, ...] = ()
