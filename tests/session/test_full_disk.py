"""A disk that is full in the middle of a turn: said, nothing of the user's lost, and the thread goes on afterwards."""

import hashlib
from pathlib import Path

import pytest

from tests.session.conftest import Heard, Open, say
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import Event, TextDelta
from vivek.session.session import Session

THREAD = "calm-otter-1"
IN_THE_MIDDLE = 10  # events
UNPACKABLE = " ".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(600))
LONG = " ".join(f"Rule {number} takes {number * 7} off." for number in range(900))


async def fill_checkpoints(session: Session, *, full: bool) -> None:
    """Let the database of checkpoints grow no further, as on a full disk, or let it grow again."""
    connection = session._runner._checkpoints.saver.conn
    async with connection.execute("PRAGMA page_count") as found:
        [(pages,)] = await found.fetchall()
    await connection.execute(f"PRAGMA max_page_count = {pages if full else 2**30}")


def fill_store(session: Session, *, full: bool) -> None:
    """Do the same with the store of contents."""
    with session._parts.store.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if full else 2**30}")


async def say_until_full(session: Session, most: int = 60) -> Heard:
    """Talk until the disk is full; return that turn."""
    for number in range(most):
        events: list[Event] = [event async for event in session.send(f"what about rule number {number}? {LONG[:2000]}")]
        heard = Heard(events)
        if heard.report.status != "done":
            return heard
    pytest.fail("the disk was never full")


@pytest.mark.covers("F-C01")
async def test_a_disk_that_is_full_at_a_checkpoint_ends_the_turn_and_the_thread_goes_on(
    workspace: Path, open_at: Open
) -> None:
    async with open_at(lambda: ScriptedProvider([LONG[:4000]] * 80, 131_072), thread=THREAD, depth="fast") as session:
        assert (await say(session, "is it tested?")).report.status == "done"
        await fill_checkpoints(session, full=True)
        heard = await say_until_full(session)
        assert heard.report.error is not None
        assert heard.report.error.type == "WorkspaceError"
        assert "free disk space" in (heard.report.error.hint or "")
        await fill_checkpoints(session, full=False)
        assert (await say(session, "and now?")).report.status == "done"

    async with open_at(lambda: ScriptedProvider(["Yes."] * 4, 131_072), thread=THREAD, depth="fast") as session:
        assert (await say(session, "is it still tested?")).report.status == "done"


@pytest.mark.covers("F-C01")
async def test_a_disk_that_is_full_for_the_store_ends_the_turn_and_the_thread_goes_on(
    workspace: Path, open_at: Open
) -> None:
    provider = ScriptedProvider(["Yes.", UNPACKABLE, UNPACKABLE], 131_072)
    async with open_at(lambda: provider, thread=THREAD, depth="fast") as session:
        assert (await say(session, "is it tested?")).report.status == "done"
        events: list[Event] = []
        async for event in session.send("what is it like?"):
            events.append(event)
            if len(events) == IN_THE_MIDDLE:
                fill_store(session, full=True)
        heard = Heard(events)
        assert heard.of(TextDelta)
        assert heard.report.error is not None
        assert "no space left" in heard.report.error.message
        fill_store(session, full=False)
        assert (await say(session, None)).report.status == "done"
