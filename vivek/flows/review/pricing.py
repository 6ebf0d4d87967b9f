"""What a review costs: calls, tokens and, where the model's speed is known, seconds. Arithmetic on measured numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vivek.schema.known import Known
from vivek.schema.reviewing import ReviewEffort

PROMISE: Final = 180.0
"""Seconds that the least effort takes at most..."""

LINES: Final = 300
"""...for so many changed lines, and again for as many more."""

USUAL_REPLY: Final = 120
"""Tokens that a reply is taken to have before any was seen: most say that nothing is wrong."""

AGAIN: Final = 2.0
"""What reading a piece once more must save of writing, as a multiple: slots that write side by side write slower."""

LOOKS: Final = 0.5
"""Second looks that a piece is taken to need; nobody knows before it was read."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the questions about one piece take that are not answered yet.

    Attributes:
        calls: How many.
        kept: How many are answered.
        shared: Tokens that the first of them reads for all.
        asked: Tokens of the questions themselves.
    """

    calls: int
    kept: int
    shared: int
    asked: int

    @property
    def read(self) -> int:
        """Return the tokens that are read for the first time."""
        return self.shared + self.asked if self.calls else 0

    def seconds(self, known: Known, reply: float = USUAL_REPLY) -> float | None:
        """Return how long they take at a measured speed, None where none was measured.

        Args:
            known: What was measured.
            reply: Tokens of a usual reply.
        """
        if not self.calls:
            return 0.0
        if not known.prefill_rate or not known.decode_rate:
            return None
        each = self.asked / self.calls / known.prefill_rate + reply / known.decode_rate
        return self.shared / known.prefill_rate + (self.calls + LOOKS) * each


def promise(effort: ReviewEffort, lines: int) -> float | None:
    """Return the seconds that a review of so many changed lines may take, None for any number."""
    return PROMISE * max(1, -(-lines // LINES)) if effort == "quick" else None


def lanes(calls: int, shared: float, known: Known, most: int) -> int:
    """Return how many questions behind the same text are asked at a time; one, where nobody can tell what is quicker.

    Each slot of a server reads that text for itself: what is won is that they write side by side. Where reading is
    slow, as on a processor, one question behind the other is quicker.

    Args:
        calls: How many questions there are.
        shared: Tokens of the text, which one slot has read.
        known: What was measured.
        most: How many the server answers at a time.
    """
    if not known.prefill_rate or not known.decode_rate:
        return 1
    again, reply = AGAIN * shared / known.prefill_rate, USUAL_REPLY / known.decode_rate
    return min(
        range(1, max(1, min(calls, most)) + 1), key=lambda number: (number - 1) * again - calls // -number * reply
    )


def within(prices: Sequence[Price], known: Known, seconds: float | None) -> list[Price]:
    """Return the pieces that can be read within so many seconds, in their order; all where nobody can tell.

    One that must be asked about is read in any case: less than that is no review.
    """
    read: list[Price] = []
    spent = 0.0
    for price in prices:
        takes = price.seconds(known) or 0.0
        if seconds is None or not takes or not spent or spent + takes <= seconds:
            read.append(price)
            spent += takes
    return read


def total(prices: Sequence[Price], known: Known, *, load: bool) -> float | None:
    """Return the seconds that all of these take, None where nobody can tell.

    Args:
        prices: What is asked.
        known: What was measured.
        load: Whether the model must be loaded first.
    """
    takes = [price.seconds(known) for price in prices]
    each = [seconds for seconds in takes if seconds is not None]
    if len(each) < len(takes):
        return None
    return sum(each) + ((known.load_seconds or 0.0) if load and any(price.calls for price in prices) else 0.0)
