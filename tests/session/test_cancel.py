"""A turn that is stopped: the request is closed, the text kept, the thread goes on."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.session.conftest import Engine, Heard, Open, say
from vivek.flows.streaming import FELT
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.chunk import Chunk
from vivek.schema.events import Event, Notice, TextDelta
from vivek.schema.request import Request
from vivek.session.session import Session

pytestmark = pytest.mark.engine

LONG = "one two three four five six seven eight nine ten"


async def stop_in_the_middle(session: Session, engine: ForcedEngine, text: str) -> tuple[list[Event], float]:
    """Send a text, cancel the turn once some of the reply is there; return the events and the seconds it took."""
    events: list[Event] = []

    async def listen() -> None:
        async for event in session.send(text):
            events.append(event)  # noqa: PERF401 - what came before the cancellation counts

    task = asyncio.create_task(listen())
    while not engine.holding.is_set():
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return events, time.monotonic() - began


@pytest.mark.covers("F-A08")
async def test_a_stopped_turn_returns_soon_and_keeps_its_text(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([LONG, "Good."])
    forced_engine.hold_after = 4
    async with open_at(engine) as session:
        events, seconds = await stop_in_the_middle(session, forced_engine, "what can you count?")
        forced_engine.hold_after = None
        heard = await say(session, "what else?")

    partial = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert partial
    assert LONG.startswith(partial)
    assert seconds < 2
    assert heard.report.answer == "Good."
    assert any("closed" in notice.text for notice in heard.of(Notice))  # type: ignore[attr-defined]
    sent = forced_engine.requests[1]["messages"]
    assert sent[-2]["role"] == "assistant"
    assert sent[-2]["content"].startswith(partial)
    assert sent[-2]["content"].endswith("[interrupted]")
    assert "what can you count?" in sent[-3]["content"]


async def test_a_stopped_turn_goes_on_when_no_prompt_is_given(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([LONG, LONG])
    forced_engine.hold_after = 4
    async with open_at(engine) as session:
        await stop_in_the_middle(session, forced_engine, "what can you count?")
        forced_engine.hold_after = None
    async with open_at(engine, latest=True) as session:
        assert any("unfinished" in notice.text for notice in session.notices)
        heard = await say(session, None)

    assert heard.report.status == "done"
    assert heard.report.answer == LONG


@pytest.mark.covers("F-A12")
async def test_a_turn_that_an_error_ended_is_closed_by_the_next_prompt(
    open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    async with open_at(engine) as session:
        failed = await say(session, "what is this?")
        assert failed.report.status == "failed"
        assert failed.report.error is not None
        forced_engine.script(["Hello."])
        heard = await say(session, "what is that?")

    assert heard.report.answer == "Hello."


async def test_nothing_is_left_running_after_a_cancellation(
    workspace: Path, open_at: Open, forced_engine: ForcedEngine, engine: Engine
) -> None:
    forced_engine.script([LONG])
    forced_engine.hold_after = 2
    async with open_at(engine) as session:
        await stop_in_the_middle(session, forced_engine, "what can you count?")

    # Whoever opens the thread now is not told that it is in use.
    async with open_at(engine, latest=True) as session:
        assert isinstance(session, Session)


async def test_a_turn_that_waits_for_what_was_stopped_says_so(open_at: Open) -> None:
    asked = asyncio.Event()

    class Slow(ScriptedProvider):
        async def stream(self, request: Request) -> AsyncIterator[Chunk]:
            asked.set()
            await asyncio.sleep(FELT + 0.3)
            async for chunk in super().stream(request):
                yield chunk

    provider = Slow(["One.", "Two."])
    async with open_at(lambda: provider) as session:
        task = asyncio.create_task(say(session, "what is this?"))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        stopped = await say(session, "what is that?")
        quiet = await say(session, "and that?")

    def told(heard: Heard) -> list[str]:
        return [notice.text for notice in heard.of(Notice) if "waits for it" in notice.text]  # type: ignore[attr-defined]

    assert len(told(stopped)) == 1
    assert told(quiet) == []
