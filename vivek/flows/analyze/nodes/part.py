"""Has the model tell of one part of the repository."""

from vivek.flows.analyze.desk import Desk, tell
from vivek.flows.analyze.packing import kept_row
from vivek.flows.analyze.state import AnalyzeState
from vivek.flows.analyze.work import ask, part_inquiry
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate
from vivek.schema.narrative import PASSAGES, PassageWritten


async def tell_part(state: AnalyzeState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Ask about the next part; keep what holds."""
    at = state["at"]
    told = await ask(desk, ctx, state["head"], part_inquiry(desk.plan.parts[at], ctx))
    tell(ctx, PassageWritten(told.passage, at + 1, state["parts"] + len(PASSAGES)))
    return {"at": at + 1, "results": ctx.transcript.append(state["results"] or None, [kept_row(told, desk.label)])}
