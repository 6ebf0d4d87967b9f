import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import AuthenticationError, ModelNotFoundError, RateLimitError, RequestInvalidError
from vivek.providers.adapters.openai import OpenAIProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

CHAT = "/v1/chat/completions"
SAMPLING = Sampling(temperature=0.2, top_p=0.9, top_k=40, repeat_penalty=1.1, seed=7)
REPLY = stream_head("text/event-stream") + in_chunks(
    b'data: {"choices": [{"index": 0, "delta": {"content": "yes"}, "finish_reason": "stop"}], "usage": null}\n\n'
    b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 9, '
    b'"completion_tokens_details": {"reasoning_tokens": 8}, "prompt_tokens_details": {"cached_tokens": 4}}}\n\n'
    b"data: [DONE]\n\n"
)
MODELS = json_reply({"object": "list", "data": [{"id": "gpt-4o"}, {"id": "whisper-1"}, {"id": "gpt-5-mini"}]})


def refused(message: str, param: str | None) -> bytes:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_parameter"}
    return json_reply({"error": error}, "400 Bad Request")


@asynccontextmanager
async def openai(**refuses: str) -> AsyncIterator[tuple[OpenAIProvider, RawServer]]:
    """Serve the API; a body with a field named here is refused with that message."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path == "/v1/models":
            writer.write(MODELS)
            return
        field = next((name for name in refuses if name in request.json), None)
        writer.write(refused(refuses[field].format(request.json[field]), field) if field else REPLY)

    async with raw_server(answer) as server:
        provider = OpenAIProvider(f"{server.url}/v1", "sk-secret")
        try:
            yield provider, server
        finally:
            await provider.close()


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[OpenAIProvider]:
    async def give(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with raw_server(give) as server:
        provider = OpenAIProvider(server.url, "sk-secret")
        try:
            yield provider
        finally:
            await provider.close()


async def test_the_body_has_what_this_api_knows() -> None:
    async with openai() as (provider, server):
        chunks = await collect(provider, ask(model="gpt-4o", sampling=SAMPLING))

    body = server.seen[0].json
    assert body["max_completion_tokens"] == 64
    assert (body["temperature"], body["top_p"], body["seed"]) == (0.2, 0.9, 7)
    assert not {"max_tokens", "top_k", "repeat_penalty", "reasoning_effort"} & body.keys()
    assert server.seen[0].headers["authorization"] == "Bearer sk-secret"
    assert chunks[-1].usage == Usage(5, 4, 9, thinking_tokens=8)


async def test_a_model_that_is_known_to_think_is_given_no_sampling() -> None:
    async with openai() as (provider, server):
        await collect(provider, ask(model="gpt-5-mini", sampling=SAMPLING))
    assert not {"temperature", "top_p"} & server.seen[0].json.keys()


async def test_a_model_that_nobody_knows_teaches_what_it_does_not_take() -> None:
    temperature = "Unsupported value: 'temperature' does not support {} with this model. Only the default (1)."
    top_p = "Unsupported parameter: 'top_p' is not supported with this model."
    async with openai(temperature=temperature, top_p=top_p) as (provider, server):
        first = await collect(provider, ask(model="gpt-9", sampling=SAMPLING))
        second = await collect(provider, ask(model="gpt-9", sampling=SAMPLING))

    assert [chunk.note.partition("does not take ")[2] for chunk in first if chunk.note] == [
        "`temperature`; asked again without it.",
        "`top_p`; asked again without it.",
    ]
    assert not any(chunk.note for chunk in second)
    assert len(server.seen) == 4
    assert text_of(second) == "yes"


@pytest.mark.parametrize(("think", "effort"), [(True, "medium"), (False, "none"), (None, None)])
async def test_how_much_it_thinks_is_asked_for(think: bool | None, effort: str | None) -> None:
    async with openai() as (provider, server):
        await collect(provider, ask(model="gpt-5-mini", think=think))
    assert server.seen[0].json.get("reasoning_effort") == effort


async def test_a_model_that_always_thinks_does_so_as_little_as_it_can() -> None:
    efforts = "Unsupported value: 'reasoning_effort' does not support '{}'. Supported values are: 'low', 'high'."

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        effort = request.json["reasoning_effort"]
        known = effort in {"low", "medium", "high"}
        writer.write(REPLY if known else refused(efforts.format(effort), "reasoning_effort"))

    async with raw_server(answer) as server:
        provider = OpenAIProvider(server.url, "k")
        await collect(provider, ask(model="o3", think=False))
        await collect(provider, ask(model="o3", think=False))
        await provider.close()

    assert [request.json["reasoning_effort"] for request in server.seen] == ["none", "minimal", "low", "low"]


async def test_a_gateway_with_the_older_name_of_the_bound_is_understood() -> None:
    async with openai(max_completion_tokens="Unknown parameter: 'max_completion_tokens'.") as (provider, server):
        await collect(provider)
    assert [request.json.get("max_tokens") for request in server.seen] == [None, 64]


async def test_a_model_is_described_by_what_is_published_of_it() -> None:
    async with openai() as (provider, _):
        known = await provider.describe("gpt-4o")
        unknown = await provider.describe("whisper-1")
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("gpt-4p")
        names = [info.name for info in await provider.models()]

    assert known.window_loaded == 128_000
    assert "vision" in known.abilities
    assert known.sources["vision"].startswith("OpenAI's documentation as of ")
    assert (unknown.window_loaded, unknown.abilities, dict(unknown.sources)) == (None, frozenset(), {})
    assert "`openai/gpt-4o`" in caught.value.hint
    assert names == ["gpt-4o", "whisper-1", "gpt-5-mini"]


async def test_health_says_whether_the_key_is_taken() -> None:
    async with openai() as (provider, _):
        assert (await provider.health()).detail == "OpenAI, 3 models"
    wrong = json_reply({"error": {"message": "Incorrect API key provided: sk-secret."}}, "401 Unauthorized")
    async with answering(wrong) as provider:
        health = await provider.health()
        with pytest.raises(AuthenticationError):
            await provider.models()
    assert not health.ok
    assert "sk-secret" not in health.detail


async def test_a_request_that_cannot_be_mended_is_told() -> None:
    async with answering(refused("Invalid 'messages[1].content'", "messages[1].content")) as provider:
        with pytest.raises(RequestInvalidError, match="messages"):
            await collect(provider)


async def test_too_many_calls_come_with_the_seconds_to_wait() -> None:
    body = {"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}}
    async with answering(json_reply(body, "429 Too Many Requests", Retry_After="2")) as provider:
        with pytest.raises(RateLimitError) as caught:
            await collect(provider)
    assert caught.value.retry_after == 2.0
