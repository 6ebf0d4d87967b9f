import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.engine.server import EngineServer
from tests.providers.adapters.llamacpp_doubles import provider_of, whole_reply
from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import json_reply
from vivek.errors import AuthenticationError, ContextWindowExceededError, ModelAPIError, ProviderUnavailableError
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.wire.llama_count import COUNT_PATH, TEMPLATE_PATH, TOKENS_PATH
from vivek.providers.wire.llamacpp import llama_body
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

CHAT = "/v1/chat/completions"
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "pattern": "^[a-z]{1,8}$", "maxLength": 8}},
    "required": ["word"],
    "additionalProperties": False,
}
LOADING = json_reply(
    {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "503 Service Unavailable"
)


@pytest.fixture
async def live(engine_server: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(engine_server.url, engine_server.key)
    yield provider
    await provider.close()


def test_the_body_asks_for_progress_and_the_cache() -> None:
    body = llama_body(ask(sampling=Sampling(top_k=40, repeat_penalty=1.0), think=False))

    assert body["return_progress"] is True
    assert body["cache_prompt"] is True
    assert (body["top_k"], body["repeat_penalty"]) == (40, 1.0)
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert not {"top_k", "repeat_penalty", "chat_template_kwargs"} & llama_body(ask()).keys()


@pytest.mark.engine
async def test_a_real_engine_streams_with_progress_and_figures(live: LlamaCppProvider) -> None:
    request = ask("one two three " * 60, max_tokens=12, sampling=Sampling(temperature=0.0))
    counted = await live.count_tokens(request)

    chunks = await collect(live, request)

    assert text_of(chunks)
    assert chunks[-1].finish in {"stop", "length"}
    usage = chunks[-1].usage or Usage()
    assert usage.prompt_tokens == counted, "the count before sending is exact"
    assert usage.cached_tokens is not None
    assert usage.completion_tokens
    assert usage.prefill_seconds is not None
    assert usage.decode_seconds is not None
    told = [chunk.progress for chunk in chunks if chunk.progress]
    assert [chunk.phase for chunk in chunks if chunk.phase] == ["prefill", "decode"]
    assert told[-1].processed == told[-1].total == counted


@pytest.mark.engine
async def test_a_real_engine_takes_a_repeated_prompt_from_its_cache(live: LlamaCppProvider) -> None:
    request = ask("tell me about caches " * 20, max_tokens=4)

    await collect(live, request)
    usage = (await collect(live, request))[-1].usage or Usage()

    assert usage.cached_tokens is not None
    assert usage.prompt_tokens is not None
    assert usage.cached_tokens >= usage.prompt_tokens - 1


@pytest.mark.engine
async def test_a_real_engine_says_how_much_too_long_a_prompt_is(
    live: LlamaCppProvider, engine_server: EngineServer
) -> None:
    request = ask("x y " * engine_server.window)
    counted = await live.count_tokens(request)

    with pytest.raises(ContextWindowExceededError) as caught:
        await collect(live, request)

    assert (caught.value.needed, caught.value.window) == (counted, engine_server.window)


@pytest.mark.engine
async def test_a_real_engine_keeps_to_a_schema(live: LlamaCppProvider) -> None:
    for seed in range(5):
        request = ask(schema=SCHEMA, max_tokens=300, sampling=Sampling(temperature=1.0, seed=seed))
        value = json.loads(text_of(await collect(live, request)))
        assert value.keys() == {"word"}


@pytest.mark.engine
async def test_a_real_engine_is_described(live: LlamaCppProvider, engine_server: EngineServer) -> None:
    info = await live.describe("default")

    assert info.name == engine_server.model.name
    assert info.window_loaded == engine_server.window
    assert info.parameters
    assert info.loaded
    assert (await live.describe("other")).name == "other", "a server of one model takes any name"
    assert [each.name for each in await live.models()] == [info.name]
    assert (await live.health()).ok


@pytest.mark.engine
async def test_a_real_engine_refuses_a_wrong_key(engine_server: EngineServer) -> None:
    provider = LlamaCppProvider(engine_server.url, "wrong")
    with pytest.raises(AuthenticationError):
        await collect(provider)
    await provider.close()


@pytest.mark.engine
async def test_a_real_engine_is_free_again_after_a_stop(live: LlamaCppProvider, engine_server: EngineServer) -> None:
    stream = live.stream(ask(max_tokens=20_000, sampling=Sampling(temperature=1.0, seed=3)))
    async for chunk in stream:
        if chunk.text:
            break
    await stream.aclose()  # type: ignore[attr-defined]

    async with asyncio.timeout(30):
        while await asyncio.to_thread(engine_server.is_busy):
            await asyncio.sleep(0.01)
    assert engine_server.get("/slots")[0]["n_prompt_tokens"] < 10_000, "it ran to its end"


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"usage": {"prompt_tokens": -7, "completion_tokens": "3"}, "timings": "fast"},
        {"usage": [], "timings": {"cache_n": "5", "prompt_n": -2, "prompt_ms": "20", "predicted_n": None}},
        {"timings": {"cache_n": -1, "prompt_n": True, "prompt_ms": -20.0, "predicted_ms": float("nan")}},
    ],
    ids=["missing", "negative and text", "of other kinds", "no numbers"],
)
async def test_figures_that_cannot_be_are_unknown(figures: dict[str, object]) -> None:
    async with provider_of({CHAT: whole_reply("yes", **figures)}) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("yes", "stop")
    assert chunks[-1].usage in {None, Usage()}


async def test_the_window_is_that_of_one_slot() -> None:
    props = {
        "default_generation_settings": {"n_ctx": 4096},
        "total_slots": 2,
        "model_alias": "house-model",
        "model_path": "/models/a.gguf",
    }
    listed = {"data": [{"id": "house-model", "meta": {"n_ctx_train": 32768, "n_params": 7_000_000_000, "size": 4}}]}
    async with provider_of({"/props": json_reply(props), "/v1/models": json_reply(listed)}) as (provider, server):
        info = await provider.describe("default")

    assert (info.name, info.window_loaded, info.window_maximum) == ("house-model", 4096, 32768)
    assert info.at_once == 2
    assert info.sources["window_loaded"] == "/props, one of 2 slots that share it"
    assert server.seen[0].path == "/props", "a `/v1` at the end of the address is understood"


@pytest.mark.parametrize("models", [{}, {"data": []}, {"data": ["x"]}, {"data": [{"id": "x", "meta": None}]}])
async def test_a_description_does_without_a_list(models: dict[str, object]) -> None:
    answers = {"/props": json_reply({"model_path": "C:\\models\\a.gguf"}), "/v1/models": json_reply(models)}
    async with provider_of(answers) as (provider, _):
        info = await provider.describe("")

    assert info.name == ("x" if models.get("data") == [{"id": "x", "meta": None}] else "a.gguf")
    assert (info.window_loaded, info.window_maximum) == (None, None)


async def test_a_server_without_a_list_of_models_is_described() -> None:
    async with provider_of({"/props": json_reply({"default_generation_settings": []})}) as (provider, _):
        assert (await provider.describe("mine")).name == "mine"


async def test_a_server_that_loads_is_not_ready() -> None:
    async with provider_of({"/health": LOADING, "/props": LOADING}) as (provider, _):
        health = await provider.health()
        with pytest.raises(ProviderUnavailableError) as caught:
            await provider.describe("")

    assert (health.ok, health.detail) == (False, "loads its model")
    assert caught.value.loading


async def test_a_server_of_another_kind_is_not_healthy() -> None:
    async with provider_of({}) as (provider, _):
        health = await provider.health()
    assert not health.ok
    assert "404" in health.detail


async def test_a_server_that_cannot_count_says_so() -> None:
    async with provider_of({}) as (provider, _):
        assert await provider.count_tokens(ask()) is None
    answers = {"/apply-template": json_reply({"prompt": "x"}), "/tokenize": json_reply({"tokens": None})}
    async with provider_of(answers) as (provider, server):
        assert await provider.count_tokens(ask()) is None
        body = server.asked("/tokenize")[0].json
    assert body == {"content": "x", "add_special": True, "parse_special": True}


async def test_a_prompt_is_counted_in_one_question_with_all_that_the_call_will_hold() -> None:
    async with provider_of({COUNT_PATH: json_reply({"input_tokens": 12})}) as (provider, server):
        counted = await provider.count_tokens(ask(schema=SCHEMA, think=False))

    assert counted == 12
    [asked] = server.seen
    assert (asked.path, asked.json["chat_template_kwargs"]) == (COUNT_PATH, {"enable_thinking": False})
    assert asked.json["response_format"] == llama_body(ask(schema=SCHEMA))["response_format"]


async def test_an_older_build_is_asked_in_two_steps_and_not_tried_again() -> None:
    answers = {TEMPLATE_PATH: json_reply({"prompt": "x"}), TOKENS_PATH: json_reply({"tokens": [1, 2, 3]})}
    async with provider_of(answers) as (provider, server):
        counted = [await provider.count_tokens(ask()), await provider.count_tokens(ask())]

    assert counted == [3, 3]
    assert [asked.path for asked in server.seen] == [COUNT_PATH, *(TEMPLATE_PATH, TOKENS_PATH) * 2]


async def test_a_server_that_does_not_run_is_told_with_the_command_that_starts_it() -> None:
    provider = LlamaCppProvider("http://127.0.0.1:1")
    with pytest.raises(ModelAPIError) as caught:
        await provider.count_tokens(ask())
    health = await provider.health()
    await provider.close()

    assert "http://127.0.0.1:1" in caught.value.message
    assert "`llama-server -m MODEL.gguf`" in caught.value.hint
    assert (health.ok, health.detail) == (False, caught.value.message)
