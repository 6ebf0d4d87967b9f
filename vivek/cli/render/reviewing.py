"""A review by a model while it goes on, in lines: what it will take, what was read, what was found."""

from vivek.cli.render.review import counted, place_of
from vivek.cli.render.safe_text import one_line
from vivek.schema.findings import Finding
from vivek.schema.reviewing import ChunkRead, ReviewCost

_SOON, _MINUTE = 90, 60


def cost_line(cost: ReviewCost, model: str) -> str:
    """Return what a review will take: `6 pieces x 3 questions, about 2 min at 14 tok/s; Ctrl-C keeps what was found`.

    Args:
        cost: The figures.
        model: Who is asked.
    """
    kept = f", {counted(cost.kept, 'answer')} kept from earlier" if cost.kept else ""
    left = f"; left out for time: {counted(cost.left_out, 'piece')}, the least risky" if cost.left_out else ""
    left += f"; not asked about: {counted(cost.unasked, 'piece')}, too many or too large" if cost.unasked else ""
    even = cost.chunks * cost.finders == cost.calls + cost.kept
    questions = f" x {counted(cost.finders, 'question')}" if even else f", up to {cost.finders:,} questions each"
    asked = f"{one_line(model)}: {counted(cost.chunks, 'piece')}{questions}"
    if not cost.calls:
        return f"{asked}{kept}: nothing is left to ask{left}"
    speed = "" if cost.speed is None else f" at {cost.speed:.0f} tok/s"
    time = "time unknown, its speed was not measured yet" if cost.seconds is None else f"{about(cost.seconds)}{speed}"
    return f"{asked}{kept}, {counted(cost.calls, 'call')}, {time}{left}; Ctrl-C keeps what was found"


def read_line(event: ChunkRead) -> str:
    """Return that a piece was read, or why it was not."""
    receipt = event.receipt
    last = f"-{receipt.last}" if receipt.last > receipt.first else ""
    where = f"{one_line(receipt.path)}:{receipt.first}{last}"
    return (
        f"[{event.done}/{event.total}] {where}{f': not read: {one_line(receipt.skipped)}' if receipt.skipped else ''}"
    )


def found_line(finding: Finding) -> str:
    """Return a finding that was traced again and is kept, in short."""
    return (
        f"  {place_of(finding)}: {finding.severity}: {one_line(finding.title, 300)} "
        f"[{one_line(finding.rule)}, confidence {finding.confidence}]"
    )


def about(seconds: float) -> str:
    """Return how long something takes, as well as one can say before."""
    if seconds < _SOON:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / _MINUTE):,} min"
