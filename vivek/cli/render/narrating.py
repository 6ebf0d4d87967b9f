"""A narrative while it is told, in lines: what it will take, and what was told of."""

from vivek.cli.render.review import counted
from vivek.cli.render.reviewing import about
from vivek.cli.render.safe_text import one_line
from vivek.schema.narrative import NarrativeCost, PassageWritten


def telling_line(cost: NarrativeCost, model: str) -> str:
    """Return what a narrative will take: `ollama/qwen: 12 parts, 16 calls, about 2 min; Ctrl-C keeps what was told`.

    Args:
        cost: The figures.
        model: Who is asked.
    """
    kept = f", {counted(cost.kept, 'answer')} kept from earlier" if cost.kept else ""
    asked = f"{one_line(model)}: {counted(cost.parts, 'part')} and the whole{kept}"
    if not cost.calls:
        return f"{asked}: nothing is left to ask"
    time = "time unknown, its speed was not measured yet" if cost.seconds is None else about(cost.seconds)
    return f"{asked}, {counted(cost.calls, 'call')}, {time}; Ctrl-C keeps what was told"


def told_line(event: PassageWritten) -> str:
    """Return that a passage was written, and how much of it held."""
    kept, removed = len(event.passage.sentences), sum(event.passage.removed.values())
    return f"[{event.done}/{event.total}] {one_line(event.passage.title)}: {kept} of {kept + removed} sentences held"
