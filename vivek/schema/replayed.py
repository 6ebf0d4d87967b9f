"""What came of running a recorded thread again."""

from dataclasses import dataclass
from typing import Literal

Differing = Literal["prompt", "output", "way", "calls"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first node that did something else than it did when it was recorded.

    Attributes:
        node: The node.
        step: Its place in the turn, from 1.
        kind: What differs: what it asked the model, what it returned, that another node came, or how often it asked.
        place: Where, such as `message 2, line 7` or the name of a value.
        recorded: What was there then, shortened.
        now: What is there now, shortened.
        turn: The turn.
    """

    node: str
    step: int
    kind: Differing
    place: str
    recorded: str
    now: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay.

    Attributes:
        thread_id: The thread.
        turns: The turns that were run again.
        steps: The nodes that did the same as then.
        skipped: Turns of which the recording is not whole: they were cut off, or are of another form.
        difference: The first difference, None when there is none.
    """

    thread_id: str
    turns: tuple[int, ...]
    steps: int
    skipped: tuple[int, ...]
    difference: Difference | None
