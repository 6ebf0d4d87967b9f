"""Replies of more than a megabyte: shown ones are kept whole without being held, ones that are read are broken off."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.session.conftest import Heard, Open, say
from vivek.errors import StreamInterruptedError
from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.events import Notice, TextDelta
from vivek.schema.held import EDGE_CHARACTERS, HELD_CHARACTERS
from vivek.schema.request import Request
from vivek.session.doors.history import show_thread
from vivek.session.place import open_place

PIECE = 50_000


def long_text(size: int) -> str:
    chosen = random.Random(size)
    words = " ".join(
        f"{chosen.choice(('amber', 'bölt', '日本', 'fjord'))}{chosen.randrange(9_999)}" for _ in range(20_000)
    )
    return "".join(f"{number:06} {words[: PIECE - 8]}\n" for number in range(size // PIECE))


class Flood(ScriptedProvider):
    """Says long texts in large pieces; what it does at their end is its subclass's."""

    def __init__(self, *texts: str) -> None:
        super().__init__(["never said"])
        self._texts = list(texts)

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        self.requests.append(request)
        text = self._texts.pop(0)
        for at in range(0, len(text), PIECE):
            await asyncio.sleep(0)
            yield Chunk(text=text[at : at + PIECE])
        await self.end(text)
        yield Chunk(usage=Usage(completion_tokens=len(text) // 4), finish="stop")

    async def end(self, text: str) -> None:
        """Go on to the end mark."""


class Breaks(Flood):
    """Breaks off at the end of a long text."""

    async def end(self, text: str) -> None:
        if len(text) > PIECE:
            raise StreamInterruptedError("It broke off.", partial="")


class Hangs(Flood):
    """Says nothing more at the end of a long text."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)
        self.hanging = asyncio.Event()

    async def end(self, text: str) -> None:
        if len(text) > PIECE:
            self.hanging.set()
            await asyncio.Event().wait()


def text_of(heard: Heard) -> str:
    return "".join(event.text for event in heard.events if isinstance(event, TextDelta))


def at(provider: Provider) -> Callable[[], Provider]:
    return lambda: provider


async def test_a_long_answer_is_shown_and_kept_whole_and_the_thread_goes_on(open_at: Open, workspace: Path) -> None:
    text = long_text(1_500_000)
    flood = Flood(text, "Short.")
    async with open_at(at(flood), thread="long") as session:
        heard = await say(session, "what is this?")
        again = await say(session, "and what is that?")

    assert text_of(heard) == text
    assert heard.report.status == "done"
    assert heard.report.shortened
    assert heard.report.answer.startswith(text[:EDGE_CHARACTERS])
    assert heard.report.answer.endswith(text.strip()[-100:])
    assert len(heard.report.answer) < 3 * EDGE_CHARACTERS
    assert any(isinstance(event, Notice) and "threads show long" in event.hint for event in heard.events)
    assert (again.report.answer, again.report.shortened) == ("Short.", False)
    sent = sum(len(message.content) for message in flood.requests[1].messages)
    assert sent < 20_000, "of the long answer the model is told the two ends only"
    assert "characters are left out here]" in flood.requests[1].messages[2].content
    said = show_thread(open_place(workspace), "long")
    assert [len(text) for _, text in said] == [len("what is this?"), len(text.strip()), len("and what is that?"), 6]
    assert said[1] == ("assistant", text.strip())


async def test_a_long_reply_that_has_to_be_read_is_broken_off_and_kept(open_at: Open, workspace: Path) -> None:
    text = long_text(1_500_000)
    async with open_at(at(Flood(text, "Short.")), thread="long", depth="fast") as session:
        heard = await say(session, "round a discount up in till/prices.py")
        again = await say(session, "what is this?")

    assert heard.report.status == "incomplete"
    assert heard.report.error is not None
    assert heard.report.error.message == "The executor's reply has more than 1,000,000 characters: it is broken off."
    shown = text_of(heard)
    assert shown == text[:HELD_CHARACTERS]
    assert again.report.answer == "Short."
    assert show_thread(open_place(workspace), "long")[1][1] == f"{shown.rstrip()}\n[interrupted]"


async def test_a_long_answer_that_breaks_off_is_kept_whole(open_at: Open, workspace: Path) -> None:
    text = long_text(1_500_000)
    flood = Breaks(text, "Short.")
    async with open_at(at(flood), thread="long") as session:
        heard = await say(session, "what is this?")
        again = await say(session, "and what is that?")

    assert heard.report.status == "incomplete"
    assert heard.report.shortened
    assert len(heard.report.answer) < 3 * EDGE_CHARACTERS
    assert again.report.answer == "Short."
    assert sum(len(message.content) for message in flood.requests[1].messages) < 20_000
    assert show_thread(open_place(workspace), "long")[1][1] == text.strip()


async def test_a_long_answer_that_is_stopped_is_kept_whole(open_at: Open, workspace: Path) -> None:
    text = long_text(1_500_000)
    flood = Hangs(text, "Short.")
    async with open_at(at(flood), thread="long") as session:
        turn = asyncio.create_task(say(session, "what is this?"))
        await asyncio.wait_for(flood.hanging.wait(), 60)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert (await say(session, "and what is that?")).report.answer == "Short."

    assert show_thread(open_place(workspace), "long")[1][1] == text.strip()


async def test_nothing_is_left_beside_the_databases(open_at: Open, workspace: Path) -> None:
    async with open_at(at(Flood(long_text(1_500_000))), thread="long") as session:
        await say(session, "what is this?")

    left = {path.name.removesuffix("-wal").removesuffix("-shm") for path in (workspace / ".vivek").iterdir()}
    assert left <= {".gitignore", "locks", "cache", "checkpoints.db", "workspace.db", "index.db", "metrics.db"}
