"""Has the model tell of the repository as a whole: one question a step, all behind the same words."""

from vivek.flows.analyze.desk import Desk, tell
from vivek.flows.analyze.packing import kept_row, results_of
from vivek.flows.analyze.planning import shown_whole
from vivek.flows.analyze.state import AnalyzeState
from vivek.flows.analyze.work import ask, whole_inquiry
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate
from vivek.schema.narrative import PASSAGES, PassageWritten


async def tell_whole(state: AnalyzeState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Ask the next question about the whole; keep what holds."""
    at, parts = state["at"], state["parts"]
    about = list(PASSAGES)[at - parts]
    told_before = results_of(ctx.transcript, state["results"])[:parts]
    shown = shown_whole(desk.plan, told_before, count=ctx.count)
    told = await ask(desk, ctx, state["head"], whole_inquiry(about, shown, ctx))
    tell(ctx, PassageWritten(told.passage, at + 1, parts + len(PASSAGES)))
    return {"at": at + 1, "results": ctx.transcript.append(state["results"] or None, [kept_row(told, desk.label)])}
