"""What a reviewer says of a change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Review:
    """A verdict.

    Attributes:
        score: 0.0 to 1.0; None when nothing could be judged.
        needs_work: Whether the reviewer asks for another round.
        feedback: What to mend, or why it is good.
    """

    score: float | None
    needs_work: bool
    feedback: str = ""
