"""Begins a narrative: says what it takes."""

from vivek.flows.analyze.costing import cost_of
from vivek.flows.analyze.desk import Desk, tell
from vivek.flows.analyze.state import AnalyzeState
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate
from vivek.prompts.narrative import narrative_system
from vivek.schema.narrative import NarrativePlanned


async def plan_telling(state: AnalyzeState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Commit the rules that every question begins with, and tell the cost."""
    tell(ctx, NarrativePlanned(cost_of(desk, ctx)))
    return {"head": ctx.transcript.begin_generation(narrative_system(ctx.templates)), "at": 0, "results": ""}
