"""A key is sent and shows nowhere: not in errors, logs or tracebacks with their variables."""

import asyncio
import base64
import logging
import traceback
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.providers.raw_server import Answer, Seen, in_chunks, json_reply, raw_server, reply, stream_head
from vivek.config.redaction import MARK, redact
from vivek.errors import AuthenticationError, ConfigError, VivekError
from vivek.providers.wire.address import bearer_header, key_header
from vivek.providers.wire.body import ByteStream, load_body
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.schema.secret import Secret

KEY = "kj2h-very-secret-0123456789"
SSE = "text/event-stream"
HEADERS = {
    "bearer": bearer_header(Secret(KEY, source="`MODEL_KEY`")),
    "own": key_header("x-api-key", Secret(KEY, source="`MODEL_KEY`")),
}


def told(error: BaseException) -> str:
    """Return all that a traceback could show: messages, causes, and the variables of every frame but the test's own."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts: list[traceback.TracebackException | None] = [shown]
    for part in parts:
        if part is not None:
            part.stack[:] = [frame for frame in part.stack if frame.filename != __file__]
            parts += [part.__cause__, part.__context__]
    return "".join(shown.format()) + repr(error) + str(vars(error))


async def hang_up(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def refuse(request: Seen, writer: asyncio.StreamWriter) -> None:
    body = {"error": {"message": f"Incorrect API key provided: {KEY}."}}
    writer.write(json_reply(body, "401 Unauthorized"))


async def fail(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(reply("500 Oops", "text/plain", f"cannot use {KEY}".encode()))


async def babble(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(reply("200 OK", "text/html", f"<html>{KEY}".encode()))


async def no_http(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def say_nothing(request: Seen, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def break_off(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(stream_head(SSE) + in_chunks(b"data: x", last=False))
    await writer.drain()
    writer.transport.abort()


async def stall(request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(stream_head(SSE) + in_chunks(b"data: x", last=False))
    await asyncio.Event().wait()


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "answer", [hang_up, refuse, fail, babble, no_http, say_nothing, break_off, stall], ids=lambda each: each.__name__
)
async def test_a_failure_shows_no_key(answer: Answer, header: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    limits = Timeouts(load=0.1, first_token=0.1, answer=0.1)
    async with raw_server(answer) as server:
        door = HttpDoor(server.url, headers=HEADERS[header], timeouts=limits)
        with pytest.raises(VivekError) as caught:
            async with door.post_stream("/x", {}, accept=SSE) as stream:
                async for _ in stream:
                    pass
        with pytest.raises(VivekError) as asked:
            await door.get_json("/x")
        await door.close()

    sent = server.seen[0].headers
    assert KEY in (sent.get("authorization", "") + sent.get("x-api-key", ""))
    for error in (caught.value, asked.value):
        assert KEY not in told(error)
    assert KEY not in caplog.text
    assert KEY not in repr(vars(door))


@pytest.mark.parametrize("header", HEADERS)
async def test_nobody_listening_shows_no_key(header: str) -> None:
    door = HttpDoor("http://127.0.0.1:1", headers=HEADERS[header])
    with pytest.raises(VivekError) as caught:
        await door.get_json("/x")
    await door.close()
    assert KEY not in told(caught.value)


@pytest.mark.parametrize("header", HEADERS)
async def test_a_refused_key_is_told_by_where_it_came_from(header: str) -> None:
    async with raw_server(refuse) as server:
        door = HttpDoor(server.url, server="S", headers=HEADERS[header])
        with pytest.raises(AuthenticationError) as caught:
            await door.get_json("/x")
        await door.close()

    assert caught.value.message == f"S at {server.url} answered 401: Incorrect API key provided: ***."
    assert caught.value.hint == "Check the key from `MODEL_KEY`, and what it may be used for."


async def test_a_missing_key_is_told_with_where_to_put_it() -> None:
    async with raw_server(refuse) as server:
        door = HttpDoor(server.url)
        with pytest.raises(AuthenticationError) as caught:
            await door.get_json("/x")
        await door.close()

    assert "`model.api_key`" in caught.value.hint
    assert "`VIVEK_MODEL_API_KEY`" in caught.value.hint


async def test_a_password_in_the_address_is_used_and_never_shown() -> None:
    async with raw_server(refuse) as server:
        door = HttpDoor(server.url.replace("http://", "http://me:hunter%202@"))
        with pytest.raises(AuthenticationError) as caught:
            await door.get_json("/x")
        await door.close()

    sent = server.seen[0].headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"me:hunter 2"
    assert "hunter" not in caught.value.message + door.base_url + door.place + repr(vars(door))
    assert "the key from the address" in caught.value.hint


async def test_a_key_goes_before_a_password_in_the_address() -> None:
    async with raw_server(refuse) as server:
        door = HttpDoor(server.url.replace("http://", "http://me:hunter2@"), headers=HEADERS["bearer"])
        with pytest.raises(AuthenticationError):
            await door.get_json("/x")
        await door.close()
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_that_a_door_holds_is_taken_out_of_every_log_line() -> None:
    own = "kd44-known-to-one-door-only"
    door = HttpDoor("http://127.0.0.1:1", headers=bearer_header(own))
    await door.close()
    assert redact(f"sent {own}") == f"sent {MARK}"


@pytest.mark.covers("N03")
def test_a_key_does_not_leave_unencrypted() -> None:
    with pytest.raises(ConfigError, match=r"`MODEL_KEY` is not sent to http://models\.example") as caught:
        HttpDoor("http://models.example/v1", headers=HEADERS["bearer"])
    assert KEY not in told(caught.value)


class Library(httpx.AsyncByteStream):
    """What the HTTP library does when it fails in the middle: its variables hold what was sent."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        bytes_to_send = Secret(KEY).reveal()
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()
        yield bytes_to_send.encode()


@pytest.mark.parametrize("error", [None, httpx.WriteError("broken"), httpx.RemoteProtocolError("odd")])
async def test_the_frames_of_the_http_library_are_left_out(error: Exception | None) -> None:
    def body() -> httpx.Response:
        return httpx.Response(200, stream=Library(error), request=httpx.Request("GET", "http://x"))

    with pytest.raises(VivekError) as streamed:
        await anext(ByteStream(body(), "S", 0.01, 0.01))
    with pytest.raises(VivekError) as loaded:
        await load_body(body(), "S", cap=9, limit=0.01)

    for caught in (streamed, loaded):
        assert caught.value.__cause__ is not None
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert "bytes_to_send" not in "".join(shown.format())
        assert KEY not in told(caught.value)
