"""What is doubtful about a change set, found without a model."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["block", "ask", "note"]


@dataclass(frozen=True, slots=True)
class Concern:
    """One doubt.

    Attributes:
        check: The check that found it, such as `V07`.
        level: `block` goes back to the model, `ask` makes the approval look twice, `note` is only told.
        path: The file.
        text: What was found, in a sentence.
        line: Its line in the new text, from 1; None for the file as a whole.
    """

    check: str
    level: Level
    path: str
    text: str
    line: int | None = None
