"""Begins a review: says what it takes, and how many pieces are read."""

from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate
from vivek.flows.review.costing import cost_of
from vivek.flows.review.desk import Desk, tell
from vivek.flows.review.state import ReviewState
from vivek.prompts.review import review_system
from vivek.schema.reviewing import ReviewPlanned


async def plan_reading(state: ReviewState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Decide how many of the pieces are read within what was promised."""
    cost = cost_of(desk, ctx, desk.plan.pieces, desk.promise)
    tell(ctx, ReviewPlanned(cost))
    head = ctx.transcript.begin_generation(review_system(ctx.templates))
    pieces = len(desk.plan.pieces)
    return {
        "head": head,
        "at": 0,
        "pieces": pieces,
        "done": 0,
        "total": pieces - cost.left_out,
        "results": "",
        "spent": 0.0,
    }
