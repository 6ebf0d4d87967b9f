"""Puts passages together: numbers what they cite anew, counts what was removed, and says what is missing."""

from collections.abc import Sequence
from dataclasses import replace

from vivek.analysis.citations.evidence import cited_anew
from vivek.flows.analyze.packing import Plan, Told
from vivek.flows.piecewise import models_of
from vivek.schema.narrative import Fact, Narrative, Passage


def assemble(
    plan: Plan, told: Sequence[Told], whole: Sequence[Fact], missing: str, *, model: str, thread: str
) -> Narrative:
    """Return the narrative of what was told by now.

    Args:
        plan: What was to be asked.
        told: What came of the questions, in their order.
        whole: The facts that were shown before the questions about the whole.
        missing: Why the last questions were not asked, "" where all were.
        model: `provider/model` of what does not say by whom it was told.
        thread: Where to go on.
    """
    size = len(plan.parts)
    known: dict[tuple[object, ...], Fact] = {}
    about_whole = tuple(_cited(each.passage, whole, known) for each in told[size:])
    about_parts = tuple(_cited(each.passage, part.facts, known) for part, each in zip(plan.parts, told, strict=False))
    removed: dict[str, int] = {}
    for each in told:
        for reason, count in each.passage.removed.items():
            removed[reason] = removed.get(reason, 0) + count
    kept = sum(len(each.passage.sentences) for each in told)
    said = [
        *plan.told,
        *(f"{each.passage.title}: {each.why}." for each in told if each.why),
        *([missing] if missing else []),
    ]
    if removed and not kept:
        said.append(f"None of the {sum(removed.values())} sentences that the model wrote could be proved.")
    return Narrative(
        whole=tuple(each for each in about_whole if each.sentences),
        parts=tuple(each for each in about_parts if each.sentences),
        facts=tuple(known.values()),
        kept=kept,
        removed=removed,
        status="incomplete" if missing or any(each.why for each in told) else "done",
        told=tuple(said),
        model=", ".join(models_of((each.by for each in told), model)),
        thread_id=thread,
    )


def _cited(passage: Passage, facts: Sequence[Fact], known: dict[tuple[object, ...], Fact]) -> Passage:
    """Return a passage that cites by the numbers of the whole narrative; `known` grows by what it cites."""
    by_id = {fact.id: fact for fact in facts}
    for fact in facts:  # a place stands for the fact that lies there
        if fact.place is not None and fact.place.line:
            by_id.setdefault(f"{fact.place.path}:{fact.place.line}", fact)
    ids: dict[str, str] = {}
    for sentence in passage.sentences:
        for cite in sentence.cites:
            fact = by_id[cite]
            sort = (fact.kind, fact.told, fact.subjects, fact.others, fact.value, fact.rank)
            if sort not in known:
                number = f"M{1 + sum(':' not in each.id for each in known.values())}"
                known[sort] = fact if ":" in fact.id else replace(fact, id=number)
            ids[cite] = known[sort].id
    return replace(passage, sentences=tuple(cited_anew(sentence, ids) for sentence in passage.sentences))
