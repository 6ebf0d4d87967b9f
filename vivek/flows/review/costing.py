"""Says what is left to ask of a review's pieces, and whether there is time for it."""

from collections.abc import Sequence

from vivek.flows.context import NodeContext
from vivek.flows.review.desk import Desk
from vivek.flows.review.packing import Planned
from vivek.flows.review.pricing import Price, total, within
from vivek.flows.review.work import inquiry_of, key_of
from vivek.prompts.estimate import rough
from vivek.prompts.review import FINDINGS_ROOM
from vivek.schema.reviewing import ReviewCost

NO_TIME = "no time was left for it at this effort"


def cost_of(desk: Desk, ctx: NodeContext, pieces: Sequence[Planned], seconds: float | None) -> ReviewCost:
    """Return what it takes to read pieces, without what is kept from earlier.

    Args:
        desk: What is shared.
        ctx: What a node may touch.
        pieces: The pieces.
        seconds: What there is time for, None for all.
    """
    known = desk.known()
    prices = [_price(desk, ctx, planned) for planned in pieces]
    read = within(prices, known, seconds)
    calls = sum(price.calls for price in read)
    return ReviewCost(
        chunks=len(pieces),
        finders=len(desk.finders),
        calls=calls,
        kept=sum(price.kept for price in read),
        tokens=(sum(price.read for price in read), calls * FINDINGS_ROOM),
        seconds=total(read, known, load=not desk.loaded),
        left_out=len(pieces) - len(read),
        speed=known.decode_rate,
        unasked=len(desk.plan.left),
    )


def next_piece(desk: Desk, ctx: NodeContext, at: int, spent: float) -> int:
    """Return the number of the next piece, from `at` on, for which there is time; that behind the last one for none.

    Args:
        desk: What is shared.
        ctx: What the node may touch.
        at: Where to begin.
        spent: Seconds of the model that are used up.
    """
    pieces, known = desk.plan.pieces, desk.known()
    if desk.promise is None or not spent:
        return at
    while at < len(pieces):
        takes = _price(desk, ctx, pieces[at]).seconds(known) or 0.0
        if not takes or spent + takes <= desk.promise:
            break
        at += 1
    return at


def _price(desk: Desk, ctx: NodeContext, planned: Planned) -> Price:
    """Return what the questions about a piece take that nobody has answered yet."""
    inquiries = [inquiry_of(finder, planned, ctx) for finder in desk.asked(planned)]
    open_ = [inquiry for inquiry in inquiries if desk.answers.get(key_of(desk, planned, inquiry)) is None]
    asked = sum(rough(section.text) for inquiry in open_ for section in inquiry.sections)
    return Price(len(open_), len(inquiries) - len(open_), round(rough(planned.shared)), round(asked))
