import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.errors import ModelAPIError, ModelNotFoundError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.adapters.openrouter import OpenRouterProvider
from vivek.providers.resilience import PatientProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

CHAT, MODELS, KEY = "/api/v1/chat/completions", "/api/v1/models", "/api/v1/key"
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
LISTED = json_reply(
    {
        "data": [
            {
                "id": "qwen/qwen-2.5-coder-7b-instruct",
                "context_length": 131072,
                "top_provider": {"context_length": 32768},
            },
            {"id": "qwen/qwen3-8b:free", "context_length": 40960},
        ]
    }
)


def stream(*events: object, done: bool = True) -> bytes:
    """Return an event stream that begins with the comment by which this server keeps a connection alive."""
    told = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    end = "data: [DONE]\n\n" if done else ""
    return stream_head("text/event-stream") + in_chunks(f": OPENROUTER PROCESSING\n\n{told}{end}".encode())


def piece(text: str, finish: str | None = None, **more: object) -> dict[str, object]:
    delta = {"role": "assistant", "content": text}
    return {"provider": "Somebody", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "cost": 0.00014, "prompt_tokens_details": {"cached_tokens": 0}}
REPLY = stream(piece("yes", native_finish_reason=None), piece("", "stop"), piece("", usage=USAGE))


@asynccontextmanager
async def openrouter(answers: Mapping[str, bytes]) -> AsyncIterator[tuple[OpenRouterProvider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        missing = json_reply({"error": {"code": 404, "message": "Not Found"}}, "404 Not Found")
        writer.write(answers.get(request.path, missing))

    async with raw_server(answer) as server:
        provider = OpenRouterProvider(f"{server.url}/api/v1", "sk-or-secret")
        try:
            yield provider, server
        finally:
            await provider.close()


async def test_a_reply_comes_with_its_cost() -> None:
    async with openrouter({CHAT: REPLY}) as (provider, _):
        chunks = await collect(provider)
    assert text_of(chunks) == "yes"
    assert chunks[-1].finish == "stop"
    assert chunks[-1].usage == Usage(9, 0, 4, cost=0.00014)


async def test_the_prompt_is_never_cut_and_who_asks_is_not_told() -> None:
    async with openrouter({CHAT: REPLY}) as (provider, server):
        await collect(provider, ask(sampling=Sampling(top_k=40, repeat_penalty=1.1)))
    request = server.seen[0]
    assert request.json["plugins"] == [{"id": "context-compression", "enabled": False}]
    assert request.json["transforms"] == []
    assert (request.json["top_k"], request.json["repetition_penalty"]) == (40, 1.1)
    assert not {"stream_options", "provider", "reasoning", "usage"} & request.json.keys()
    assert request.headers["authorization"] == "Bearer sk-or-secret"
    assert not {"http-referer", "referer", "x-title"} & request.headers.keys()


async def test_a_schema_goes_only_to_those_who_enforce_it() -> None:
    async with openrouter({CHAT: REPLY}) as (provider, server):
        await collect(provider, ask(schema=SCHEMA))
    assert server.seen[0].json["provider"] == {"require_parameters": True}


async def test_a_schema_that_nobody_enforces_is_asked_for_all_the_same() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        told = {"code": 404, "message": "No endpoints found that can handle the requested parameters."}
        strict = "provider" in request.json
        writer.write(json_reply({"error": told}, "404 Not Found") if strict else REPLY)

    async with raw_server(answer) as server:
        provider = OpenRouterProvider(f"{server.url}/api", "k")
        chunks = await collect(provider, ask(schema=SCHEMA))
        await provider.close()

    assert "does not take `provider`; asked again without it." in chunks[0].note
    assert "response_format" in server.seen[1].json


@pytest.mark.parametrize(("think", "reasoning"), [(True, {"enabled": True}), (False, {"effort": "none"}), (None, None)])
async def test_thinking_is_switched(think: bool | None, reasoning: object) -> None:
    async with openrouter({CHAT: REPLY}) as (provider, server):
        await collect(provider, ask(think=think))
    assert server.seen[0].json.get("reasoning") == reasoning


@pytest.mark.parametrize(
    "failure",
    [
        piece("", "error") | {"error": {"code": 502, "message": "Provider disconnected"}},
        piece("", "error") | {"error": {"code": "server_error", "message": "Provider disconnected"}},
        {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "Provider disconnected"}}]},
        {"error": {"code": 502, "message": "Provider disconnected"}},
    ],
)
@pytest.mark.parametrize("done", [True, False])
async def test_an_error_after_output_began_keeps_the_text_and_is_no_answer(failure: object, done: bool) -> None:
    async with openrouter({CHAT: stream(piece("so far"), failure, done=done)}) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="Provider disconnected") as caught:
            await collect(provider)
    assert caught.value.partial == "so far"


async def test_an_error_before_output_in_a_stream_can_be_tried_again() -> None:
    async with openrouter({CHAT: stream({"error": {"code": 502, "message": "down"}})}) as (provider, _):
        with pytest.raises(ProviderUnavailableError, match="down"):
            await collect(provider)


async def test_a_call_without_credits_is_not_tried_again() -> None:
    broke = json_reply({"error": {"code": 402, "message": "Insufficient credits"}}, "402 Payment Required")
    async with openrouter({CHAT: broke}) as (provider, server):
        with pytest.raises(ModelAPIError, match="Insufficient credits") as caught:
            await collect(PatientProvider(provider))
    assert "Add credits" in caught.value.hint
    assert len(server.seen) == 1


async def test_the_list_tells_the_window_of_the_provider_it_prefers() -> None:
    async with openrouter({MODELS: LISTED}) as (provider, _):
        info = await provider.describe("qwen/qwen-2.5-coder-7b-instruct")
        varied = await provider.describe("qwen/qwen-2.5-coder-7b-instruct:nitro")
        listed_variant = await provider.describe("qwen/qwen3-8b:free")
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.describe("qwen/qwen-2.5-codr-7b-instruct")
    assert (info.window_loaded, info.window_maximum) == (32768, 131072)
    assert (varied.window_loaded, listed_variant.window_loaded) == (32768, 40960)
    assert "`openrouter/qwen/qwen-2.5-coder-7b-instruct`" in caught.value.hint


@pytest.mark.parametrize(
    ("told", "ok", "detail"),
    [
        (json_reply({"data": {"limit": 10, "limit_remaining": 3.5}}), True, "OpenRouter, 3.50 credits left"),
        (json_reply({"data": {"limit": None, "limit_remaining": None}}), True, "OpenRouter"),
        (json_reply({}), True, "OpenRouter"),
        (
            json_reply({"error": {"code": 401, "message": "No auth"}}, "401 Unauthorized"),
            False,
            "answered 401: No auth",
        ),
    ],
)
async def test_health_says_what_may_still_be_spent(told: bytes, ok: bool, detail: str) -> None:
    async with openrouter({KEY: told}) as (provider, _):
        health = await provider.health()
    assert health.ok is ok
    assert health.detail.endswith(detail)
