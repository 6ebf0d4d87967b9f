"""What a user is told of a thread that is opened again, in sentences."""

from collections.abc import Iterator

from vivek.schema.events import Notice
from vivek.schema.reopening import InFlight, Reopening, Reread

NAMED = 5
"""Changed files that are named; the others are counted."""

WORTH_TELLING = 1_000
"""Tokens to be read again below which nothing is said."""

HOW_TO_ANSWER = "Answer with a number, or in your own words."

_MISSING = "What needs no model still works: read the thread, approve or decline what waits, `/undo`, `vivek threads`."
_AGES = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))


def notices_of(found: Reopening) -> tuple[Notice, ...]:
    """Return what to tell of a thread that is opened again; nothing of a new one."""
    return tuple(_told(found))


def reread_of(due: Reread) -> str:
    """Return `14,200 tokens to re-read, about 50 s`, with `At most` before it where that is all that is known."""
    seconds = "" if due.seconds is None else f", about {_seconds(due.seconds)}"
    return f"{'At most ' if due.at_most else ''}{due.tokens:,} tokens to re-read{seconds}"


def _told(found: Reopening) -> Iterator[Notice]:
    if found.in_flight is not None:
        yield from _in_flight(found.in_flight)
    if found.question is not None:
        yield Notice(f"The model waits for an answer: {found.question.shown()}", hint=HOW_TO_ANSWER)
    if found.changed:
        named = ", ".join(found.changed[:NAMED])
        more = f" and {len(found.changed) - NAMED} more" if len(found.changed) > NAMED else ""
        hint = "A change that waits may no longer fit." if found.status == "needs_approval" else ""
        yield Notice(f"Changed since this thread last saw them: {named}{more}.", hint=hint)
    if found.missing_model:
        yield Notice(f"No model: {found.missing_model}", hint=_MISSING)
    due = found.reread
    if due is not None and due.tokens >= WORTH_TELLING:
        yield Notice(f"{reread_of(due)}.", hint="`/compact` first makes it fewer." if due.compactable else "")


def _in_flight(cut: InFlight) -> Iterator[Notice]:
    when = "" if cut.age is None else f", asked {_ago(cut.age)},"
    yield Notice(
        f"The last turn{when} is unfinished: “{cut.request}”. {cut.doing[:1].upper()}{cut.doing[1:]}.",
        hint="Go on with `/resume` or `vivek threads resume ID`, or just ask something new.",
    )
    for command, apart in cut.commands:
        effect = "what it wrote is gone" if apart else "nobody knows what it did"
        yield Notice(f"`{command}` was running: it was interrupted, and {effect}. It is not run again by itself.")


def _ago(seconds: float) -> str:
    for size, name in _AGES:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
