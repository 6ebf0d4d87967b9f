import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import (
    ModelNotFoundError,
    ProviderUnavailableError,
    RequestInvalidError,
    StreamInterruptedError,
)
from vivek.providers.adapters.anthropic import AnthropicProvider
from vivek.providers.wire.anthropic_events import MessageEvents
from vivek.providers.wire.http import HttpDoor
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling
from vivek.schema.tools import ToolCallPiece

LISTED = {
    "data": [
        {"id": "claude-new-5", "max_input_tokens": 1_000_000, "capabilities": {"image_input": {"supported": True}}},
        {
            "id": "claude-old-20250101",
            "capabilities": {"thinking": {"supported": True, "types": {"adaptive": {"supported": False}}}},
        },
    ]
}


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def started(**usage: int) -> bytes:
    return event("message_start", message={"id": "msg_1", "usage": usage})


def block(index: int, start: Mapping[str, object], *deltas: Mapping[str, object]) -> bytes:
    pieces = [event("content_block_delta", index=index, delta=delta) for delta in deltas]
    begin = event("content_block_start", index=index, content_block=start)
    return b"".join([begin, *pieces, event("content_block_stop", index=index)])


def ended(reason: str, **usage: int) -> bytes:
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event("message_delta", delta=delta, usage=usage) + event("message_stop")


SPOKEN = (
    started(input_tokens=10, cache_creation_input_tokens=20, cache_read_input_tokens=70, output_tokens=1)
    + event("ping")
    + block(0, {"type": "thinking", "thinking": ""}, {"type": "thinking_delta", "thinking": "hm"})
    + event("something_new", index=0, delta={"type": "unknown"})
    + block(
        1,
        {"type": "text", "text": ""},
        {"type": "text_delta", "text": "naïve "},
        {"type": "text_delta", "text": "👍🏽"},
    )
    + ended("end_turn", output_tokens=9)
)


@asynccontextmanager
async def provider_of(*replies: bytes, listed: object = LISTED) -> AsyncIterator[tuple[AnthropicProvider, RawServer]]:
    """Serve the replies one after another, each a stream or a whole answer."""
    waiting = list(replies)

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path.startswith("/v1/models"):
            writer.write(json_reply(listed))
            return
        reply = waiting.pop(0)
        writer.write(reply if reply.startswith(b"HTTP/") else stream_head("text/event-stream") + in_chunks(reply))

    async with raw_server(answer) as server:
        provider = AnthropicProvider(server.url, "sk-test")
        try:
            yield provider, server
        finally:
            await provider.close()


async def test_text_thinking_and_figures_arrive() -> None:
    async with provider_of(SPOKEN) as (provider, server):
        chunks = await collect(provider)

    assert text_of(chunks) == "naïve 👍🏽"
    assert "".join(chunk.thinking for chunk in chunks) == "hm"
    assert chunks[-1].finish == "stop"
    assert chunks[-1].usage == Usage(prompt_tokens=100, cached_tokens=70, completion_tokens=9)
    headers = server.asked("/v1/messages")[0].headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == ("sk-test", "2023-06-01")
    assert "authorization" not in headers


def test_every_cut_between_two_reads_gives_the_same() -> None:
    door = HttpDoor("http://127.0.0.1:1")
    for place in range(len(SPOKEN)):
        reader = MessageEvents(door)
        first, second = reader.read(SPOKEN[:place]), reader.read(SPOKEN[place:])
        reader.check()

        assert first.text + second.text == "naïve 👍🏽", place
        assert first.thinking + second.thinking == "hm"
        assert (reader.done, reader.finish, reader.usage) == (True, "stop", Usage(100, 70, 9))


async def test_calls_of_tools_arrive_in_pieces() -> None:
    calls = block(
        1,
        {"type": "tool_use", "id": "t1", "name": "read", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"path":'},
        {"type": "input_json_delta", "partial_json": ' "a.py"}'},
    )

    async with provider_of(started(input_tokens=5) + calls + ended("tool_use", output_tokens=7)) as (provider, _):
        chunks = await collect(provider)

    pieces = [piece for chunk in chunks for piece in chunk.tool_calls]
    assert pieces[0] == ToolCallPiece(1, "t1", "read")
    assert "".join(piece.arguments for piece in pieces) == '{"path": "a.py"}'
    assert chunks[-1].finish == "tool_calls"


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("pause_turn", "other"),
        ("stop_sequence", "stop"),
    ],
)
async def test_the_reason_of_the_end_is_told(reason: str, finish: str) -> None:
    text = block(0, {"type": "text", "text": "so"})

    async with provider_of(started(input_tokens=5) + text + ended(reason, output_tokens=1)) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("so", finish)


async def test_an_error_in_the_stream_keeps_the_text_before_it() -> None:
    broken = event("error", error={"type": "overloaded_error", "message": "Overloaded"}, request_id="r")

    async with provider_of(started() + block(0, {"type": "text", "text": "so far"}) + broken) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="Overloaded") as caught:
            await collect(provider)

    assert caught.value.partial == "so far"


async def test_an_overload_before_any_text_can_be_tried_again() -> None:
    broken = event("error", error={"type": "overloaded_error", "message": "Overloaded"})

    async with provider_of(started() + broken) as (provider, _):
        with pytest.raises(ProviderUnavailableError, match="Overloaded"):
            await collect(provider)


async def test_a_stream_without_message_stop_is_interrupted() -> None:
    async with provider_of(started() + block(0, {"type": "text", "text": "half"})) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="end mark") as caught:
            await collect(provider)

    assert caught.value.partial == "half"


async def test_a_model_that_wants_a_limit_for_its_thoughts_is_given_one_from_then_on() -> None:
    refusal = {"type": "error", "error": {"type": "invalid_request_error", "message": "adaptive thinking is not here"}}
    refused = json_reply(refusal, "400 Bad Request")

    async with provider_of(refused, SPOKEN, SPOKEN) as (provider, server):
        chunks = await collect(provider, ask(think=True))
        await collect(provider, ask(think=True))

    kinds = [request.json["thinking"] for request in server.asked("/v1/messages")]
    assert [kind["type"] for kind in kinds] == ["adaptive", "enabled", "enabled"]  # type: ignore[index]  # an object
    assert "limit" in chunks[0].note


async def test_a_field_that_a_model_refuses_is_left_out_from_then_on() -> None:
    refusal = {"error": {"type": "invalid_request_error", "message": "`temperature` is deprecated for this model."}}
    refused = json_reply(refusal, "400 Bad Request")
    asked = ask(sampling=Sampling(temperature=0.2, top_k=3))

    async with provider_of(refused, SPOKEN, SPOKEN) as (provider, server):
        chunks = await collect(provider, asked)
        await collect(provider, asked)

    assert ["temperature" in request.json for request in server.asked("/v1/messages")] == [True, False, False]
    assert "temperature" in chunks[0].note


async def test_a_request_that_is_wrong_in_itself_is_not_sent_again() -> None:
    refusal = {"error": {"type": "invalid_request_error", "message": "messages: at least one is required"}}

    async with provider_of(json_reply(refusal, "400 Bad Request")) as (provider, server):
        with pytest.raises(RequestInvalidError, match="at least one"):
            await collect(provider, ask(think=True))

    assert len(server.asked("/v1/messages")) == 1


async def test_describe_knows_aliases_and_offers_near_names() -> None:
    async with provider_of() as (provider, _):
        assert (await provider.describe("claude-new-5")).window_loaded == 1_000_000
        assert (await provider.describe("claude-old")).name == "claude-old"
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("claude-nwe-5")
    assert "`anthropic/claude-new-5`" in caught.value.hint


async def test_a_model_known_to_want_a_limit_is_not_asked_the_other_way_first() -> None:
    async with provider_of(SPOKEN) as (provider, server):
        await provider.describe("claude-old")
        await collect(provider, ask(model="claude-old", think=True))

    assert server.asked("/v1/messages")[0].json["thinking"] == {"type": "enabled", "budget_tokens": 1024}
