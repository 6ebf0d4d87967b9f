import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.providers.raw_server import (
    Answer,
    RawServer,
    Seen,
    in_chunks,
    json_reply,
    raw_server,
    reply,
    stream_head,
)
from vivek.errors import (
    ConfigError,
    ModelAPIError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
)
from vivek.providers.wire.http import HttpDoor

SSE = "text/event-stream"


def always(answer: bytes) -> Answer:
    async def give(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return give


@asynccontextmanager
async def door_to(answer: Answer, **options: object) -> AsyncIterator[tuple[HttpDoor, RawServer]]:
    async with raw_server(answer) as server:
        door = HttpDoor(server.url, **options)  # type: ignore[arg-type]
        try:
            yield door, server
        finally:
            await door.close()


async def test_an_object_is_asked_for_and_returned() -> None:
    async with door_to(always(json_reply({"a": 1}))) as (door, server):
        assert await door.get_json("/x") == {"a": 1}
        assert await door.post_json("/y", {"text": "é\ud800"}) == {"a": 1}

    get, post = server.seen
    assert (get.method, get.path, get.body) == ("GET", "/x", b"")
    assert (post.method, post.path, post.body) == ("POST", "/y", b'{"text":"\\u00e9\\ud800"}')


async def test_the_path_of_the_base_address_is_kept() -> None:
    async with raw_server(always(json_reply({}))) as server:
        door = HttpDoor(f"{server.url}/api/")
        await door.get_json("/v1/models")
        await door.close()
    assert server.seen[0].path == "/api/v1/models"


async def test_a_connection_is_used_once() -> None:
    ports: list[int] = []

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        writer.write(json_reply({}).replace(b"Connection: close\r\n", b"Connection: keep-alive\r\n"))

    async with door_to(answer) as (door, _):
        for _ in range(3):
            await door.get_json("/x")

    assert len(set(ports)) == 3


@pytest.mark.covers("N04")
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_dead_proxy_does_not_matter_on_this_machine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with door_to(always(json_reply({"a": 1}))) as (door, _):
        assert await door.get_json("/x") == {"a": 1}


async def test_a_proxy_is_used_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(always(json_reply({"a": 1}))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        door = HttpDoor("http://models.example")
        assert await door.get_json("/x") == {"a": 1}
        await door.close()
    assert proxy.seen[0].path == "http://models.example/x"


async def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(always(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        door = HttpDoor("https://models.example")
        with pytest.raises(ProviderUnavailableError, match="proxy on the way"):
            await door.get_json("/x")
        await door.close()


async def test_a_server_without_encryption_is_told_for_https() -> None:
    async with raw_server(always(json_reply({}))) as server:
        door = HttpDoor(server.url.replace("http:", "https:"))
        with pytest.raises(ProviderUnavailableError, match="No secure connection") as caught:
            await door.get_json("/x")
        await door.close()
    assert "clock" in caught.value.hint


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"])
async def test_an_answer_that_is_no_object_is_shown(body: bytes) -> None:
    async with door_to(always(reply("200 OK", "text/html", body))) as (door, _):
        with pytest.raises(ModelAPIError, match="answered /x with no JSON") as caught:
            await door.get_json("/x")
    assert "--base-url" in caught.value.hint


async def test_an_error_in_a_good_answer_is_an_error() -> None:
    async with door_to(always(json_reply({"error": "Unexpected endpoint or method."}))) as (door, _):
        with pytest.raises(ModelAPIError, match="Unexpected endpoint"):
            await door.get_json("/x")


async def test_a_date_to_wait_for_is_held_against_the_servers_clock_or_else_ours() -> None:
    then = "Sat, 21 Nov 2026 12:00:20 GMT"

    async def wait_told(**headers: str) -> float | None:
        answer = json_reply({"error": "busy"}, "429 Too Many Requests", Retry_After=then, **headers)
        async with door_to(always(answer), clock=lambda: 1795262400.0) as (door, _):
            with pytest.raises(RateLimitError) as caught:
                await door.get_json("/x")
        return caught.value.retry_after

    assert await wait_told() == 20.0
    assert await wait_told(Date="Sat, 21 Nov 2026 12:00:15 GMT") == 5.0


async def test_json_instead_of_a_stream_is_told() -> None:
    async with door_to(always(json_reply({"choices": [{"message": {"content": "hello"}}]}))) as (door, _):
        with pytest.raises(ModelAPIError, match="sent application/json instead of text/event-stream: "):
            async with door.post_stream("/x", {}, accept=SSE):
                pass


async def test_an_error_in_json_instead_of_a_stream_is_told() -> None:
    async with door_to(always(json_reply({"error": {"message": "bad field", "code": 400}}))) as (door, _):
        with pytest.raises(RequestInvalidError, match="bad field"):
            async with door.post_stream("/x", {}, accept=SSE):
                pass


async def test_a_stream_without_a_media_type_is_read() -> None:
    head = stream_head(SSE).replace(b"Content-Type: text/event-stream\r\n", b"")
    async with (
        door_to(always(head + in_chunks(b"bytes"))) as (door, server),
        door.post_stream("/x", {"a": 1}, accept=SSE) as stream,
    ):
        assert [piece async for piece in stream] == [b"bytes"]
        assert stream.head == b"bytes"
    assert server.seen[0].headers["accept"] == SSE
    assert server.seen[0].headers["accept-encoding"] == "identity"


async def test_what_the_reader_of_a_stream_raises_is_left_alone() -> None:
    async with door_to(always(stream_head(SSE) + in_chunks(b"x"))) as (door, _):
        with pytest.raises(ZeroDivisionError):
            async with door.post_stream("/x", {}, accept=SSE):
                raise ZeroDivisionError


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ConfigError):
        HttpDoor("http://host:99999")
