"""Reading ahead: what one network read brought is one piece, reads are spaced once text flows, and nothing piles up."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest

from tests.providers.raw_server import Answer, Seen, in_chunks, raw_server, stream_head
from vivek.providers.wire.ahead import ReadAhead

HEAD = stream_head("text/event-stream")


@asynccontextmanager
async def opened(answer: Answer, frame: float = 0.02) -> AsyncIterator[ReadAhead]:
    async with raw_server(answer) as server, httpx.AsyncClient(trust_env=False, timeout=30) as client:
        response = await client.send(client.build_request("GET", server.url), stream=True)
        async with aclosing(ReadAhead(response, frame)) as pieces:
            yield pieces
        await response.aclose()


async def test_many_chunks_of_one_read_are_one_piece() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"".join(in_chunks(b"%d " % number, last=False) for number in range(500)))
        await asyncio.sleep(0.05)
        writer.write(in_chunks(b"end"))

    async with opened(answer) as pieces:
        got = [piece async for piece in pieces]

    assert got == [b"".join(b"%d " % number for number in range(500)), b"end"]


async def test_once_text_flows_reads_are_spaced_and_nothing_is_lost() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for number in range(100):
            writer.write(in_chunks(b"%d " % number, last=False))
            await writer.drain()
            await asyncio.sleep(0.002)
        writer.write(in_chunks(b""))

    async def reads(*, slow: bool) -> list[bytes]:
        async with opened(answer, frame=0.05) as pieces:
            got = []
            async for piece in pieces:
                got.append(piece)
                if slow:
                    pieces.slow_down()
        return got

    spaced, unspaced = await reads(slow=True), await reads(slow=False)

    assert b"".join(spaced) == b"".join(unspaced) == b"".join(b"%d " % number for number in range(100))
    assert len(spaced) < 20 < len(unspaced)


async def test_the_first_piece_does_not_wait() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + in_chunks(b"first", last=False))
        await asyncio.Event().wait()

    async with opened(answer, frame=30) as pieces:
        pieces.slow_down()
        assert await asyncio.wait_for(anext(pieces), 10) == b"first"


async def test_a_server_that_sends_as_fast_as_it_can_is_not_waited_for() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for _ in range(300):
            writer.write(in_chunks(b"x" * 60_000, last=False))
            await writer.drain()
        writer.write(in_chunks(b""))

    async with opened(answer, frame=0.5) as pieces:
        pieces.slow_down()
        began = time.monotonic()
        size = sum([len(piece) async for piece in pieces])

    assert size == 300 * 60_000
    assert time.monotonic() - began < 20, "in frames it would take more than two minutes"


async def test_what_is_not_taken_is_not_read() -> None:
    sent = 0

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(HEAD)
        while True:
            writer.write(in_chunks(b"x" * 60_000, last=False))
            await writer.drain()
            sent += 60_000

    async with opened(answer) as pieces:
        await anext(pieces)
        before = -1
        while before != sent:  # until the server stands still
            before = sent
            await asyncio.sleep(0.2)
            assert pieces._size < 400_000
        held = before
        for _ in range(100):  # the system's own buffers come before ours
            await anext(pieces)
        assert sent > held, "taking makes room again"


async def test_what_came_before_a_break_comes_first() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + in_chunks(b"so far", last=False))

    async with opened(answer) as pieces:
        assert await anext(pieces) == b"so far"
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                await anext(pieces)


async def test_closing_ends_the_task_and_leaves_the_connection_as_it_was() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + in_chunks(b"first", last=False))
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    async with raw_server(answer) as server, httpx.AsyncClient(trust_env=False) as client:
        response = await client.send(client.build_request("GET", server.url), stream=True)
        network = response.extensions["network_stream"]
        read = network.read
        pieces = ReadAhead(response)
        assert network.read != read
        await anext(pieces)
        await pieces.aclose()
        assert network.read == read
        await response.aclose()
        await asyncio.wait_for(server.hung_up.wait(), 10)
    assert asyncio.all_tasks() == before


TOKEN = in_chunks(b"data: x", last=False)
ENDINGS = {
    "goes on": (TOKEN, True),
    "is whole": (TOKEN + b"0\r\n\r\n", False),
    "is whole and stays": (TOKEN + b"0\r\n\r\n", True),
    "breaks off": (TOKEN, False),
    "turns to garbage": (TOKEN + b"zz\r\n", True),
    "is more than is read ahead": (in_chunks(b"x" * 600_000, last=False), True),
}


@pytest.mark.parametrize("ending", sorted(ENDINGS))
@pytest.mark.parametrize("pause", [False, True], ids=["at once", "a little later"])
async def test_closing_early_leaves_no_connection_open_however_the_answer_ends(ending: str, pause: bool) -> None:
    body, stays = ENDINGS[ending]

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + body)
        if stays:
            await asyncio.Event().wait()

    async with raw_server(answer) as server, httpx.AsyncClient(trust_env=False) as client:
        for _ in range(3):
            response = await client.send(client.build_request("GET", server.url), stream=True)
            async with aclosing(ReadAhead(response)) as pieces:
                pieces.slow_down()
                await anext(pieces)
                await asyncio.sleep(0.02 if pause else 0)
            await response.aclose()
        assert client._transport._pool.connections == []  # type: ignore[attr-defined]  # httpx hides its pool


async def test_a_read_that_is_stopped_before_it_began_ends() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        await asyncio.Event().wait()

    async with opened(answer) as pieces:
        reading = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0)
        reading.cancel()
        async with asyncio.timeout(10):
            await pieces.aclose()
        await asyncio.wait({reading})


async def test_an_answer_that_did_not_come_over_a_network_is_read_too() -> None:
    pieces = ReadAhead(httpx.Response(200, content=b"bytes"))
    pieces.slow_down()
    assert [piece async for piece in pieces] == [b"bytes"]
    await pieces.aclose()


async def test_closing_before_anything_was_read_does_nothing() -> None:
    await ReadAhead(httpx.Response(200, content=b"bytes")).aclose()
