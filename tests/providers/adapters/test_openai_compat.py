import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, reply, stream_head
from vivek.errors import AuthenticationError, ModelNotFoundError, ProviderUnavailableError, RequestInvalidError
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.schema.chunk import Usage
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
    answers: Mapping[str, bytes], key: str | None = None, at: str = "/v1"
) -> AsyncIterator[tuple[OpenAICompatProvider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.get(request.path, json_reply({"error": "Not Found"}, "404 Not Found")))

    async with raw_server(answer) as server:
        provider = OpenAICompatProvider(f"{server.url}{at}", key)
        try:
            yield provider, server
        finally:
            await provider.close()


def listed(*names: str, **more: object) -> bytes:
    entries = [{"id": name, "object": "model", "owned_by": "somebody", **more} for name in names]
    return json_reply({"object": "list", "data": entries})


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
        counted = await provider.count_tokens(ask())

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
    async with picky("messages") as (provider, server):
        with pytest.raises(RequestInvalidError, match="messages"):
            await collect(provider)
        assert len(server.seen) == 1


async def test_a_reply_without_any_bound_is_never_asked_for() -> None:
    async with picky("max_tokens", "max_completion_tokens") as (provider, server):
        with pytest.raises(RequestInvalidError, match="max_completion_tokens"):
            await collect(provider)
        assert len(server.seen) == 2


async def test_the_default_model_is_the_first_of_the_list() -> None:
    async with provider_of({CHAT: REPLY, "/v1/models": listed("one", "two", max_model_len=4096)}) as (provider, server):
        info = await provider.describe("default")
        await collect(provider, ask(model="default"))
        await collect(provider, ask(model="default"))

    assert (info.name, info.window_loaded) == ("one", 4096)
    assert [request.json["model"] for request in server.asked(CHAT)] == ["one", "one"]
    assert len(server.asked("/v1/models")) == 2, "which one it is is asked once"


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
    assert "model" not in server.asked(CHAT)[0].json


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


async def test_the_list_is_asked_for_once_where_the_model_is_named() -> None:
    async with provider_of({CHAT: REPLY, "/v1/models": listed("a", max_model_len=9)}) as (provider, server):
        await provider.models()
        await collect(provider, ask(model="a"))
    assert [request.path for request in server.seen] == ["/v1/models", CHAT]


async def test_a_list_without_owners_does_not_say_which_model_is_served() -> None:
    on_disk = json_reply({"object": "list", "data": [{"id": "mlx-community/big", "object": "model", "created": 1}]})
    async with provider_of({CHAT: REPLY, "/v1/models": on_disk}) as (provider, server):
        info = await provider.describe("default")
        await collect(provider, ask(model="default"))
        named = await provider.describe("mlx-community/big")

    assert (info.name, named.name) == ("default", "mlx-community/big")
    assert "model" not in server.asked(CHAT)[0].json, "any name but the loaded one's would be fetched and loaded"


async def test_a_server_with_a_path_of_its_own_is_asked_there() -> None:
    path = "/v1beta/openai/chat/completions"
    async with provider_of({path: REPLY, "/v1beta/openai/models": listed("m")}, at="/v1beta/openai/") as (
        provider,
        server,
    ):
        assert [info.name for info in await provider.models()] == ["m"]
        assert text_of(await collect(provider, ask(model="m"))) == "yes"
        assert await provider.embed("m", ["x"]) is None
    assert [request.path for request in server.seen] == ["/v1beta/openai/models", path, "/v1beta/openai/embeddings"]


async def test_thinking_is_switched_where_templates_have_a_switch_for_it() -> None:
    async with provider_of({CHAT: REPLY}) as (provider, server):
        for think in (True, False, None):
            await collect(provider, ask(think=think))
    switches = [request.json.get("chat_template_kwargs") for request in server.seen]
    assert switches == [{"enable_thinking": True}, {"enable_thinking": False}, None]


async def test_a_model_that_the_chat_does_not_know_comes_with_the_nearest() -> None:
    missing = json_reply({"error": {"message": "The model `qwen` does not exist."}}, "404 Not Found")
    async with provider_of({CHAT: missing, "/v1/models": listed("qwen2.5-7b", "llama")}) as (provider, _):
        with pytest.raises(ModelNotFoundError) as caught:
            await collect(provider, ask(model="qwen"))
    assert "does not exist" in caught.value.message
    assert "`openai_compat/qwen2.5-7b`" in caught.value.hint


async def test_a_server_that_does_not_take_the_usual_name_of_the_bound_gets_the_other() -> None:
    async with picky("max_tokens") as (provider, server):
        chunks = await collect(provider)
    assert "asked again with `max_completion_tokens`" in chunks[0].note
    assert [sorted(request.json.keys() & {"max_tokens", "max_completion_tokens"}) for request in server.seen] == [
        ["max_tokens"],
        ["max_completion_tokens"],
    ]


async def test_what_one_model_does_not_take_another_may() -> None:
    async with picky("seed") as (provider, server):
        await collect(provider, ask(model="a", sampling=Sampling(seed=1)))
        await collect(provider, ask(model="b", sampling=Sampling(seed=1)))
    assert ["seed" in request.json for request in server.seen] == [True, False, True, False]
