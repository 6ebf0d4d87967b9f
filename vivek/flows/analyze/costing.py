"""Says what is left to ask for a narrative, and how long it takes at the speed that was measured."""

from vivek.analysis.citations.checking import Evidence, check
from vivek.flows.analyze.desk import Desk
from vivek.flows.analyze.packing import Told
from vivek.flows.analyze.planning import shown_whole
from vivek.flows.analyze.work import key_of, part_inquiry, whole_inquiry
from vivek.flows.context import NodeContext
from vivek.prompts.narrative import PART_ROOM, WHOLE_ROOM
from vivek.schema.known import Known
from vivek.schema.narrative import PASSAGES, NarrativeCost, Passage


def cost_of(desk: Desk, ctx: NodeContext) -> NarrativeCost:
    """Return what the questions take that nobody has answered yet.

    What is shown before those about the whole is known once all parts are told; until then their room is taken for it.
    """
    plan = desk.plan
    open_parts, told = 0, []
    read = 0
    for part in plan.parts:
        inquiry = part_inquiry(part, ctx)
        kept = desk.answers.get(key_of(desk, inquiry)) if part.facts else ""
        if kept is None:
            open_parts += 1
            read += part.tokens + inquiry.question.tokens
            continue
        checked = check(kept, Evidence(part.facts))
        told.append(Told(Passage(part.name, part.name, checked.sentences, checked.removed)))
    open_whole = len(PASSAGES)
    shown = shown_whole(plan, told, count=ctx.count)
    if not open_parts:
        wanted = [whole_inquiry(about, shown, ctx) for about in PASSAGES]
        open_whole = sum(desk.answers.get(key_of(desk, each)) is None for each in wanted) if shown.facts else 0
    calls = open_parts + open_whole
    read += shown.tokens if open_whole else 0  # what the questions about the whole share is read once
    written = open_parts * PART_ROOM + open_whole * WHOLE_ROOM
    total = len(plan.parts) + len(PASSAGES)
    seconds = _seconds(desk.known(), read, written, load=not desk.loaded)
    return NarrativeCost(len(plan.parts), calls, total - calls, (read, written), seconds)


def _seconds(known: Known, read: int, written: int, *, load: bool) -> float | None:
    if not written:
        return 0.0
    if not known.prefill_rate or not known.decode_rate:
        return None
    # A reply takes about half of the room that is kept for it.
    loading = (known.load_seconds or 0.0) if load else 0.0
    return loading + read / known.prefill_rate + written / 2 / known.decode_rate
