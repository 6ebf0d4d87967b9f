"""Ollama fetches a model: its lines in their order, its errors, its silence, our leaving."""

import asyncio
import json

import pytest

from tests.providers.raw_server import Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import ModelAPIError, ProviderTimeoutError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.pull.ollama import pull_from_ollama
from vivek.providers.wire.http import Timeouts
from vivek.schema.fetching import FetchProgress

LARGE, SMALL = "sha256:" + "a" * 64, "sha256:" + "b" * 64
LINES = [
    {"status": "pulling manifest"},
    {"status": "pulling aaaa", "digest": LARGE, "total": 4_000},
    {"status": "pulling aaaa", "digest": LARGE, "total": 4_000, "completed": 1_000},
    {"status": "pulling bbbb", "digest": SMALL, "total": 50, "completed": 50},
    {"status": "pulling aaaa", "digest": LARGE, "total": 4_000, "completed": 4_000},
    {"status": "verifying sha256 digest"},
    {"status": "writing manifest"},
    {"status": "success"},
]


def stream(*lines: object) -> bytes:
    return stream_head("application/x-ndjson") + in_chunks("".join(json.dumps(line) + "\n" for line in lines).encode())


async def pull(answer: bytes, model: str = "qwen2.5-coder:7b") -> tuple[list[FetchProgress], list[Seen]]:
    told: list[FetchProgress] = []

    async def respond(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with raw_server(respond) as server:
        await pull_from_ollama(model, told.append, base_url=server.url)
    return told, server.seen


async def test_the_layers_are_added_up() -> None:
    told, seen = await pull(stream(*LINES))

    assert seen[0].path == "/api/pull"
    assert seen[0].json == {"model": "qwen2.5-coder:7b", "stream": True}
    assert [(each.doing, each.done, each.total) for each in told] == [
        ("pulling manifest", 0, None),
        ("fetching", 0, 4_000),
        ("fetching", 1_000, 4_000),
        ("fetching", 1_050, 4_050),
        ("fetching", 4_050, 4_050),
        ("verifying sha256 digest", 4_050, 4_050),
        ("writing manifest", 4_050, 4_050),
        ("success", 4_050, 4_050),
    ]


async def test_lines_may_be_cut_anywhere() -> None:
    async def respond(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(stream_head("application/x-ndjson"))
        for byte in "".join(json.dumps(line) + "\n" for line in LINES).encode():
            writer.write(in_chunks(bytes([byte]), last=False))
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    told: list[FetchProgress] = []
    async with raw_server(respond) as server:
        await pull_from_ollama("a", told.append, base_url=server.url)
    assert told[-1].doing == "success"


async def test_an_error_in_the_middle_is_told_although_the_status_was_fine() -> None:
    lines = [LINES[0], {"error": "pull model manifest: file does not exist"}]
    with pytest.raises(ModelAPIError, match="pull model manifest: file does not exist"):
        await pull(stream(*lines))


async def test_an_error_at_once_is_told() -> None:
    with pytest.raises(ModelAPIError, match="invalid model name"):
        await pull(json_reply({"error": "invalid model name"}, "400 Bad Request"))


@pytest.mark.parametrize("lines", [LINES[:5], [], LINES[:1]])
async def test_an_end_without_success_is_no_success(lines: list[object]) -> None:
    with pytest.raises(StreamInterruptedError, match="before the model was complete") as error:
        await pull(stream(*lines))
    assert "goes on" in error.value.hint


async def test_something_else_than_ollama_is_told() -> None:
    with pytest.raises(StreamInterruptedError, match="no JSON"):
        await pull(stream_head("application/x-ndjson") + in_chunks(b"<html>\n"))


async def test_figures_that_cannot_be_are_not_shown() -> None:
    lines = [
        {"status": "x", "digest": LARGE, "total": -5, "completed": 3},
        {"status": "x", "digest": LARGE, "total": 10, "completed": 99},
        {"status": "\x1b[2J" + "y" * 500, "digest": 7, "total": "many"},
        {"status": "success"},
    ]
    told, _ = await pull(stream(*lines))

    assert [(each.done, each.total) for each in told] == [(0, None), (10, 10), (10, 10), (10, 10)]
    assert "\x1b" not in told[2].doing
    assert len(told[2].doing) <= 60


async def test_nobody_there_is_told_with_the_way_to_start_it() -> None:
    with pytest.raises(ProviderUnavailableError) as error:
        await pull_from_ollama("a", lambda _: None, base_url="127.0.0.1:9")
    assert "ollama serve" in error.value.hint


async def test_silence_is_not_waited_for_for_ever() -> None:
    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(stream_head("application/x-ndjson") + in_chunks(b'{"status":"pulling manifest"}\n', last=False))
        await writer.drain()
        await asyncio.sleep(60)

    async with raw_server(silent) as server:
        with pytest.raises(ProviderTimeoutError):
            await pull_from_ollama("a", lambda _: None, base_url=server.url, timeouts=Timeouts(first_token=0.1))


async def test_leaving_closes_the_connection_which_stops_ollama() -> None:
    told: list[FetchProgress] = []

    async def endless(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(stream_head("application/x-ndjson"))
        while True:
            writer.write(in_chunks(json.dumps(LINES[2]).encode() + b"\n", last=False))
            await writer.drain()
            await asyncio.sleep(0.005)

    async with raw_server(endless) as server:
        task = asyncio.create_task(pull_from_ollama("a", told.append, base_url=server.url))
        while not told:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), 5)
