"""Ends a narrative: puts the passages together and keeps what the thread shows."""

from vivek.flows.analyze.assembling import assemble
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import results_of
from vivek.flows.analyze.planning import shown_whole
from vivek.flows.analyze.state import AnalyzeState
from vivek.flows.context import NodeContext
from vivek.flows.piecewise import StateUpdate, pack
from vivek.prompts.transcript import Entry
from vivek.schema.narrative import Narrative


async def report_narrative(state: AnalyzeState, ctx: NodeContext, *, desk: Desk) -> StateUpdate:
    """Put the narrative together."""
    told = results_of(ctx.transcript, state["results"])
    shown = shown_whole(desk.plan, told[: state["parts"]], count=ctx.count)
    narrative = assemble(desk.plan, told, shown.facts, "", model=desk.label, thread=ctx.thread_id)
    return {
        "report": ctx.store.put_text(pack(narrative)),
        "status": narrative.status,
        "turns": 1,
        "log": ctx.transcript.append(None, _log(narrative)),
    }


def _log(narrative: Narrative) -> list[Entry]:
    """Return what is shown of the thread: what was asked, and what holds of the answers."""
    said = []
    for passage in (*narrative.whole, *narrative.parts):
        cited = (f"{each.text} [{', '.join(each.cites)}]" if each.cites else each.text for each in passage.sentences)
        said.append(f"{passage.title}: {' '.join(cited)}")
    counted = f"{narrative.kept:,} sentences held, {sum(narrative.removed.values()):,} were removed."
    return [
        Entry("user", "", "Tell how the project is built", 0),
        Entry("assistant", "narrator", "\n\n".join([*said, counted]), 0),
    ]
