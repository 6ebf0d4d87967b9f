"""Bodies: packed, too long, without an end."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.providers.raw_server import Seen, in_chunks, reply, stream_head
from tests.providers.wire.test_http import SSE, always, door_to
from vivek.errors import ModelAPIError, ProviderTimeoutError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.wire.body import ByteStream
from vivek.providers.wire.http import Timeouts


async def test_a_compressed_answer_is_read() -> None:
    body = reply("200 OK", "application/json", gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    async with door_to(always(body)) as (door, _):
        assert await door.get_json("/x") == {"a": 1}


async def test_a_wrongly_compressed_answer_is_told() -> None:
    body = reply("200 OK", "application/json", b'{"a": 1}', Content_Encoding="gzip")
    async with door_to(always(body)) as (door, _):
        with pytest.raises(ModelAPIError, match="decompressed"):
            await door.get_json("/x")


@pytest.mark.parametrize("packed", ["br", "x-lzma", "gzip, br", "BR"])
async def test_an_answer_packed_as_nobody_asked_is_told(packed: str) -> None:
    body = reply("200 OK", "application/json", b"\x0b\x02\x80{}\x03", Content_Encoding=packed)
    async with door_to(always(body)) as (door, _):
        with pytest.raises(ModelAPIError, match=f"packed as `{packed.lower()}`"):
            await door.get_json("/x")
        with pytest.raises(ModelAPIError, match="cannot be read here"):
            async with door.post_stream("/x", {}, accept=SSE):
                pass


@pytest.mark.parametrize("name", ["br", "zstd"])
async def test_what_is_said_to_be_readable_is_read_or_told(name: str) -> None:
    """Whether the libraries for these are here depends on what else is installed."""
    body = reply("200 OK", "application/json", b'{"a": 1}', Content_Encoding=name)
    async with door_to(always(body)) as (door, server):
        with pytest.raises(ModelAPIError, match=r"cannot be (read here|decompressed)"):
            await door.get_json("/x")
    offered = server.seen[0].headers["accept-encoding"]
    assert "gzip" in offered


async def test_a_stream_that_is_packed_all_the_same_is_unpacked() -> None:
    packed = gzip.compress(b"data: x\n\n")
    head = stream_head(SSE).replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    async with (
        door_to(always(head + in_chunks(packed[:9], last=False) + in_chunks(packed[9:]))) as (door, _),
        door.post_stream("/x", {}, accept=SSE) as stream,
    ):
        assert b"".join([piece async for piece in stream]) == b"data: x\n\n"


async def test_a_stream_that_is_packed_wrongly_is_told() -> None:
    head = stream_head(SSE).replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    async with (
        door_to(always(head + in_chunks(b"data: x\n\n"))) as (door, _),
        door.post_stream("/x", {}, accept=SSE) as stream,
    ):
        with pytest.raises(ModelAPIError, match="decompressed"):
            await anext(stream)


async def test_an_answer_that_never_ends_is_given_up() -> None:
    async def drips(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(stream_head("application/json") + in_chunks(b'{"a":', last=False))
        await asyncio.Event().wait()

    async with door_to(drips, timeouts=Timeouts(answer=0.05)) as (door, _):
        with pytest.raises(ProviderTimeoutError, match="did not finish"):
            await door.get_json("/x")


async def test_a_failure_with_a_huge_body_is_read_in_part() -> None:
    body = reply("500 Oops", "text/plain", b"x" * 2_000_000)
    async with door_to(always(body)) as (door, _):
        with pytest.raises(ProviderUnavailableError, match=r"answered 500: x{80}$"):
            await door.get_json("/x")


@pytest.mark.covers("N07")
async def test_a_stream_over_its_cap_is_broken_off() -> None:
    response = httpx.Response(200, content=b"12345", request=httpx.Request("GET", "http://x"))
    stream = ByteStream(response, "S", 1, 1, cap=4)
    with pytest.raises(StreamInterruptedError, match="more than 4 bytes"):
        await anext(stream)


class Late(httpx.AsyncByteStream):
    """A body whose next piece comes while its reader is held up for longer than it would wait."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"one"
        come = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, come.set)
        await come.wait()
        yield b"two"


async def test_what_came_while_the_process_slept_is_no_silence() -> None:
    response = httpx.Response(200, stream=Late(), request=httpx.Request("GET", "http://x"))
    stream = ByteStream(response, "S", 0.05, 0.05)
    assert await anext(stream) == b"one"
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.01)

    time.sleep(0.2)  # nothing of this process runs meanwhile, as after Ctrl-Z or on a closed laptop

    assert await waiting == b"two"
    await stream.aclose()
