"""Every recorded stream means the same however its bytes are cut on the way."""

import asyncio
import random
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from tests.providers.conversation import collect
from tests.providers.raw_server import Seen, in_chunks, json_reply, raw_server, stream_head
from tests.providers.streams import HEARD, RECORDED, Heard, PiecesDoor, chunks_of, hear, heard_in, recorded
from vivek.providers.adapters.anthropic import AnthropicProvider
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.base import Provider

NAMES = sorted(HEARD)
PROVIDERS: Mapping[str, Callable[[str], Provider]] = {
    "anthropic": AnthropicProvider,
    "llamacpp": LlamaCppProvider,
    "ollama": OllamaProvider,
    "openai": OpenAICompatProvider,
}


@pytest.fixture
def door() -> PiecesDoor:
    return PiecesDoor()


def at(body: bytes, *places: int) -> list[bytes]:
    """Return the body cut at these places."""
    return [body[start:stop] for start, stop in pairwise([0, *sorted(places), len(body)])]


def test_every_recording_is_used() -> None:
    assert {path.name for path in RECORDED.iterdir()} == {*HEARD, "README.md"}


@pytest.mark.parametrize("name", NAMES)
async def test_a_recording_means_what_it_was_recorded_for(door: PiecesDoor, name: str) -> None:
    assert await hear(door, name, [recorded(name)]) == HEARD[name]


@pytest.mark.parametrize("name", NAMES)
async def test_a_cut_at_every_byte_changes_nothing(door: PiecesDoor, name: str) -> None:
    body = recorded(name)
    for place in range(len(body) + 1):
        assert await hear(door, name, at(body, place)) == HEARD[name], f"cut at byte {place}"


@pytest.mark.parametrize("name", NAMES)
async def test_byte_by_byte_changes_nothing(door: PiecesDoor, name: str) -> None:
    body = recorded(name)
    assert await hear(door, name, at(body, *range(1, len(body)))) == HEARD[name]


@pytest.mark.parametrize("name", NAMES)
async def test_many_cuts_anywhere_change_nothing(door: PiecesDoor, name: str) -> None:
    body, chosen = recorded(name), random.Random(name)
    for _ in range(300):
        places = [chosen.randrange(len(body) + 1) for _ in range(chosen.randrange(2, 40))]
        assert await hear(door, name, at(body, *places)) == HEARD[name], f"cut at {sorted(places)}"


@pytest.mark.parametrize("name", NAMES)
async def test_how_many_pieces_the_server_sent_is_counted_whatever_the_reads(door: PiecesDoor, name: str) -> None:
    body = recorded(name)
    whole, _ = await chunks_of(door, name, [body])
    single, _ = await chunks_of(door, name, at(body, *range(1, len(body))))

    pieces = [sum(chunk.pieces for chunk in chunks if chunk.text or chunk.thinking) for chunks in (whole, single)]
    assert pieces[0] == pieces[1]


@pytest.mark.parametrize("name", NAMES)
async def test_a_stream_that_stops_at_any_byte_never_passes_for_whole(door: PiecesDoor, name: str) -> None:
    body, whole = recorded(name), HEARD[name]
    for place in range(len(body)):
        heard = await hear(door, name, [body[:place]])
        if heard.finish is not None:
            # Only line ends after the end mark are missing.
            assert not body[place:].strip(b"\r\n"), f"whole at byte {place}"
            assert heard == whole
            continue
        assert heard.error == "StreamInterruptedError"
        assert whole.text.startswith(heard.text) or "\n<think>".startswith(heard.text), "half a tag may be text"
        assert heard.partial == heard.text
        assert (whole.thinking + "</think").startswith(heard.thinking)


@pytest.mark.parametrize("name", NAMES)
async def test_over_real_sockets_it_is_the_same(name: str) -> None:
    body, chosen = recorded(name), random.Random(name)
    server = name.partition("-")[0] if name.partition("-")[0] in PROVIDERS else "openai"
    kind = "application/x-ndjson" if server == "ollama" else "text/event-stream"

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if not request.path.endswith(("/chat", "/completions", "/messages")):
            writer.write(json_reply({}))
            return
        writer.write(stream_head(kind))
        for piece in at(body, *(chosen.randrange(len(body)) for _ in range(25))):
            for byte in at(in_chunks(piece, last=False), 1, 2, 3):
                writer.write(byte)
                await writer.drain()
            await asyncio.sleep(0.001)
        writer.write(in_chunks(b""))

    async with raw_server(answer) as listening:
        provider = PROVIDERS[server](listening.url)
        try:
            heard = heard_in(await collect(provider))
        finally:
            await provider.close()

    assert heard == HEARD[name]


def test_heard_is_compared_by_all_that_was_heard() -> None:
    assert Heard("a") != Heard("a", "b")
