import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.engine.server import EngineServer
from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, reply, stream_head
from vivek.errors import AuthenticationError, ModelNotFoundError, ProviderUnavailableError, RequestInvalidError
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.schema.chunk import Usage
from vivek.schema.messages import Message
from vivek.schema.request import Sampling

CHAT = "/v1/chat/completions"
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
REPLY = stream_head("text/event-stream") + in_chunks(
    b': keepalive 1/13\n\ndata: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\n'
    b'data: {"object": "chat.completion", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}\n\n'
    b"data: [DONE]\n\n"
)


@asynccontextmanager
async def provider_of(
    answers: Mapping[str, bytes], key: str | None = None
) -> AsyncIterator[tuple[OpenAICompatProvider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.get(request.path, json_reply({"error": "Not Found"}, "404 Not Found")))

    async with raw_server(answer) as server:
        provider = OpenAICompatProvider(f"{server.url}/v1", key)
        try:
            yield provider, server
        finally:
            await provider.close()


def listed(*names: str, **more: object) -> bytes:
    return json_reply({"object": "list", "data": [{"id": name, "object": "model", **more} for name in names]})


@asynccontextmanager
async def picky(*fields: str) -> AsyncIterator[tuple[OpenAICompatProvider, RawServer]]:
    """Serve a chat that refuses each of these fields by its name."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        unknown = [name for name in fields if name in request.json]
        if unknown:
            told = {"error": {"message": f"Unsupported parameter: '{unknown[0]}'.", "type": "invalid_request_error"}}
            writer.write(json_reply(told, "422 Unprocessable Content"))
        else:
            writer.write(REPLY)

    async with raw_server(answer) as server:
        provider = OpenAICompatProvider(server.url)
        try:
            yield provider, server
        finally:
            await provider.close()


async def test_a_reply_with_comments_and_a_key_arrives() -> None:
    async with provider_of({CHAT: REPLY}, "secret") as (provider, server):
        chunks = await collect(provider)
        counted = await provider.count_tokens([Message("user", "x")])

    assert text_of(chunks) == "yes"
    assert chunks[-1].usage == Usage(5, None, 1)
    assert counted is None
    assert server.seen[0].headers["authorization"] == "Bearer secret"


async def test_fields_that_a_server_does_not_take_are_left_out_from_then_on() -> None:
    request = ask(schema=SCHEMA, sampling=Sampling(seed=3))
    async with picky("response_format", "seed") as (provider, server):
        chunks = await collect(provider, request)
        again = await collect(provider, request)

    notes = [chunk.note for chunk in chunks if chunk.note]
    assert len(notes) == 2
    assert "does not take `response_format`; asked again without it." in notes[0]
    assert text_of(chunks) == text_of(again) == "yes"
    assert not any(chunk.note for chunk in again)
    assert len(server.seen) == 4
    assert not {"response_format", "seed"} & server.seen[-1].json.keys()


async def test_a_refusal_that_names_nothing_that_can_be_left_out_is_told() -> None:
    async with picky("max_tokens") as (provider, server):
        with pytest.raises(RequestInvalidError, match="max_tokens"):
            await collect(provider)
        assert len(server.seen) == 1


async def test_the_default_model_is_the_first_of_the_list() -> None:
    async with provider_of({CHAT: REPLY, "/v1/models": listed("one", "two", max_model_len=4096)}) as (provider, server):
        info = await provider.describe("default")
        await collect(provider, ask(model="default"))
        await collect(provider, ask(model="default"))

    assert (info.name, info.window_loaded) == ("one", 4096)
    assert [request.json["model"] for request in server.asked(CHAT)] == ["one", "one"]
    assert len(server.asked("/v1/models")) == 2


async def test_an_unknown_model_comes_with_the_nearest_names() -> None:
    async with provider_of({"/v1/models": listed("qwen2.5-coder-7b", "llama-3.2-3b", max_model_len=1)}) as (
        provider,
        _,
    ):
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("qwen2.5-codr-7b")
    assert "`openai_compat/qwen2.5-coder-7b`" in caught.value.hint


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        reply("200 OK", "application/json", b"<html>"),
        json_reply({"data": None}),
        json_reply({"error": "no"}, "404 Not Found"),
    ],
    ids=["no body", "no JSON", "no list", "no such path"],
)
async def test_a_server_without_a_usable_list_can_still_be_asked(answer: bytes) -> None:
    async with provider_of({CHAT: REPLY, "/v1/models": answer}) as (provider, server):
        assert await provider.models() == []
        assert (await provider.health()).ok
        assert (await provider.describe("any")).name == "any"
        assert text_of(await collect(provider, ask(model="default"))) == "yes"
    assert server.asked(CHAT)[0].json["model"] == "default"


async def test_a_refused_key_is_not_taken_for_an_empty_list() -> None:
    async with provider_of({"/v1/models": json_reply({"error": "no"}, "401 Unauthorized")}) as (provider, _):
        health = await provider.health()
        with pytest.raises(AuthenticationError):
            await provider.models()
    assert not health.ok


async def test_a_server_that_is_gone_is_not_taken_for_an_empty_list() -> None:
    provider = OpenAICompatProvider("http://127.0.0.1:1")
    with pytest.raises(ProviderUnavailableError):
        await provider.models()
    await provider.close()


async def test_lm_studio_is_asked_for_the_windows_it_loaded() -> None:
    own = {
        "models": [
            {"key": "small", "type": "llm", "loaded_instances": [], "max_context_length": 32768},
            {"key": "big", "type": "llm", "loaded_instances": [{"config": {"context_length": 8192}}]},
        ]
    }
    answers = {"/v1/models": listed("small", "big", "other"), "/api/v1/models": json_reply(own)}
    async with provider_of(answers) as (provider, _):
        infos = await provider.models()

    assert [(info.name, info.window_loaded, info.loaded) for info in infos] == [
        ("big", 8192, True),
        ("small", None, False),
        ("other", None, False),
    ]


async def test_an_older_lm_studio_is_asked_its_older_question() -> None:
    own = {"data": [{"id": "a", "state": "loaded", "loaded_context_length": 4096}]}
    wrong = json_reply({"error": "Unexpected endpoint or method. (GET /api/v1/models)"})
    answers = {"/v1/models": listed("a"), "/api/v1/models": wrong, "/api/v0/models": json_reply(own)}
    async with provider_of(answers) as (provider, _):
        info = await provider.describe("a")
    assert (info.window_loaded, info.sources) == (4096, {"window_loaded": "/api/v0/models"})


async def test_a_list_with_windows_needs_no_further_question() -> None:
    async with provider_of({"/v1/models": listed("a", max_model_len=9)}) as (provider, server):
        await provider.models()
    assert len(server.seen) == 1


@pytest.mark.engine
async def test_a_real_engine_answers_in_this_shape_too(engine_server: EngineServer) -> None:
    provider = OpenAICompatProvider(f"{engine_server.url}/v1", engine_server.key)
    try:
        info = await provider.describe("default")
        chunks = await collect(provider, ask(model=info.name, max_tokens=5))
    finally:
        await provider.close()

    assert info.window_loaded == engine_server.window
    assert text_of(chunks)
    assert (chunks[-1].usage or Usage()).prompt_tokens
