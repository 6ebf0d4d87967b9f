"""Sums a thread up between two turns, because the user says so."""

from dataclasses import replace
from typing import cast

from vivek.errors import ThreadError
from vivek.flows.chat.generations import begin_anew, gained_anew
from vivek.flows.chat.state import ChatState
from vivek.flows.context import NodeContext
from vivek.schema.events import Event, Notice
from vivek.session.runner import Runner

_SHORT = Notice(
    "There is nothing to gain yet: a summary would be as long as the conversation. It stays as it is.",
    hint="`/compact WORDS` sums it up all the same, and keeps what the words say.",
)


async def compact_thread(runner: Runner, context: NodeContext, keep: str) -> tuple[Notice, ...]:
    """Begin a new generation of a thread that is at rest, unless that gains nothing; return what there is to tell.

    Args:
        runner: The thread's graph.
        context: What a node may use.
        keep: What the user wants kept above all, or "".

    Raises:
        ThreadError: If a turn is open, or nothing was said yet.
    """
    place = await runner.look()
    if place.standing != "finished":
        began = place.standing != "new"
        msg = "A turn of this thread is still open." if began else "Nothing was said in this thread yet."
        raise ThreadError(msg, hint="`/resume` goes on with it." if began else "Ask something first.")
    told: list[Event] = []
    state = cast("ChatState", place.values)
    if not keep.strip() and gained_anew(state, context) <= 0:
        return (_SHORT,)
    update = await begin_anew(state, replace(context, emit=told.append), "", keep=keep)
    del update["usage"]  # the figures of the last turn stay what they were
    await runner.rest(update)
    return tuple(event for event in told if isinstance(event, Notice))
