"""Goes on with a turn that is open, and brings a thread to rest before a new request: see ADR 0004."""

from collections.abc import AsyncIterator

from vivek.errors import ThreadError
from vivek.flows.chat.state import StateUpdate
from vivek.schema.events import Event, Notice, TurnDone
from vivek.session.breaking import closed_by
from vivek.session.reopening import unbegun
from vivek.session.runner import Snapshot
from vivek.session.turns import Turns


async def go_on(turns: Turns, before: Snapshot) -> AsyncIterator[Event]:
    """Go on with an unfinished turn, or begin one that was asked for before a sudden end.

    An approval that only a file remembers is asked again.

    Args:
        turns: The thread's turns.
        before: Where the thread stands.
    """
    asked = unbegun(turns, before)
    if asked is not None:
        async for event in turns.run(turns.runner.begin(asked, turns.context()), started=True):
            yield event
        return
    turn = int(before.values.get("turns", 0)) + 1
    applied = {done.turn for done in turns.parts.journal.turns(turns.thread_id)}
    if turn not in applied and ("apply" in before.next or "approve" in before.saved):
        await turns.runner.ask_again()
    async for event in turns.run(turns.runner.go_on(turns.context()), started=True):
        yield event


async def settle(turns: Turns, before: Snapshot) -> AsyncIterator[Event]:
    """Bring the thread to rest: finish what was killed, close what broke off, discard what waits.

    Args:
        turns: The thread's turns.
        before: Where the thread stands.

    Raises:
        ThreadError: If the open turn cannot be finished.
    """
    waits = unbegun(turns, before) is not None
    if before.standing == "unfinished" or waits:
        note = turns.index.broken_off(turns.thread_id, turns.place.root)
        if note is not None and waits:
            return  # stopped before anything was done
        if note is not None:
            # The user stopped it or saw it fail; its partial reply joins the transcript.
            await _close(turns, closed_by(note, before.values.get("head"), turns.parts))
            yield Notice("The turn that broke off before is closed; what it had said is kept.")
            return
        yield Notice("The turn that was interrupted is finished first.")
        async for event in go_on(turns, before):
            if not isinstance(event, TurnDone):
                yield event
        before = await turns.runner.look()
        if before.standing == "unfinished":
            msg = "The turn that was interrupted could not be finished."
            raise ThreadError(msg, hint="Look at the messages above, or start a new thread.")
    if before.standing == "needs_approval":
        told = "The user went on without applying the change; it was discarded."
        await _close(turns, {"status": "declined", "notices": [told]})
        turns.waiting = None
        yield Notice("The change that waited for approval is discarded.")


async def _close(turns: Turns, update: StateUpdate) -> None:
    """End the open turn; the list of threads has it from now on, whatever becomes of the next one."""
    await turns.runner.close(update, turns.context())
    values = (await turns.runner.look()).values
    count, log = int(values.get("turns", 0)), values.get("log")
    turns.index.settle(turns.thread_id, turns.place.root, status="finished", turns=count, log=log)
