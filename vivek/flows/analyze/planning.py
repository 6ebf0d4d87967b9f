"""Plans a narrative: what is shown of each part, as much as the window of the model holds."""

from collections.abc import Sequence
from dataclasses import replace

from vivek.analysis.citations.evidence import cited_anew, renumbered
from vivek.analysis.citations.evidence_whole import Gathered
from vivek.flows.analyze.packing import Part, Plan, Told
from vivek.prompts.narrative import Shown, show_facts, show_whole
from vivek.schema.budget import Count
from vivek.schema.narrative import Fact, Passage

FACTS_ROOM = 2_400
"""Tokens that are shown of a part at most: more would not be told of in a few sentences."""

WHOLE_FACTS_ROOM = 6_000
"""The same for the whole."""


def plan_narrative(known: Gathered, room: int, *, count: Count) -> Plan:
    """Return what is asked, and of what.

    Args:
        known: All facts.
        room: Tokens of the window that are free for facts.
        count: Tokens of a text, cheap and never too low.
    """
    parts = []
    for name, facts in known.parts:
        shown = show_facts(f"Facts of `{name}`:", facts, min(room, FACTS_ROOM), count=count)
        parts.append(Part(name, shown.text, shown.tokens, shown.facts))
    told = (f"{known.left_out} small folders are not told of.",) if known.left_out else ()
    return Plan(tuple(parts), known.whole, min(room, WHOLE_FACTS_ROOM), told, known.key)


def shown_whole(plan: Plan, told: Sequence[Told], *, count: Count) -> Shown:
    """Return what is shown before the questions about the whole: its facts, and what was told of its parts."""
    begin = len(plan.facts) + 1
    parts: list[tuple[Passage, tuple[Fact, ...]]] = []
    for part, each in zip(plan.parts, told, strict=False):
        cited = {cite for sentence in each.passage.sentences for cite in sentence.cites}
        facts, ids = renumbered([fact for fact in part.facts if fact.id in cited], begin)
        begin += sum(":" not in fact.id for fact in facts)
        sentences = tuple(cited_anew(sentence, ids) for sentence in each.passage.sentences)
        parts.append((replace(each.passage, sentences=sentences), facts))
    return show_whole(plan.facts, parts, plan.room, count=count)
