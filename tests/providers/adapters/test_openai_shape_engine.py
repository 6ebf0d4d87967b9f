"""The OpenAI shape against a real llama.cpp server, whose `/v1` is OpenAI's."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.engine.calling import TEMPLATE, CallingEngine
from tests.engine.server import EngineServer, serve
from tests.engine.tiny_model import TinyModel
from tests.providers.conversation import ask, calls_of, collect, text_of
from vivek.errors import AuthenticationError, ContextWindowExceededError, RequestInvalidError
from vivek.providers.adapters.lmstudio import LMStudioProvider
from vivek.providers.adapters.openai import OpenAIProvider
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.providers.base import Provider
from vivek.schema.chunk import Usage
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCard

pytestmark = pytest.mark.engine

PATHS = {"type": "string", "enum": ["a.py", "b.py"]}
LOOK = ToolCard(
    "look",
    "Show a file.",
    {"type": "object", "properties": {"path": PATHS}, "required": ["path"], "additionalProperties": False},
)
SCHEMA = {
    "type": "object",
    "properties": {"yes": {"type": "boolean"}},
    "required": ["yes"],
    "additionalProperties": False,
}


@pytest.fixture(params=[OpenAICompatProvider, LMStudioProvider, OpenAIProvider])
async def provider(request: pytest.FixtureRequest, engine_server: EngineServer) -> AsyncIterator[Provider]:
    provider = request.param(f"{engine_server.url}/v1", engine_server.key)
    yield provider
    await provider.close()


@pytest.fixture(scope="module")
def calling_server(tiny_model: TinyModel) -> Iterator[EngineServer]:
    with serve(tiny_model.q8_0, window=4096, template=TEMPLATE) as server:
        yield server


@pytest.fixture
async def calling(calling_server: EngineServer) -> AsyncIterator[OpenAICompatProvider]:
    with CallingEngine(calling_server) as engine:
        provider = OpenAICompatProvider(f"{engine.url}/v1", engine.key)
        yield provider
        await provider.close()


async def test_a_real_engine_streams_text_and_figures(provider: Provider) -> None:
    chunks = await collect(provider, ask("one two three " * 20, max_tokens=12, sampling=Sampling(temperature=0.0)))

    assert text_of(chunks)
    assert chunks[-1].finish in {"stop", "length"}
    usage = chunks[-1].usage or Usage()
    assert usage.prompt_tokens
    assert usage.completion_tokens
    assert usage.cached_tokens is not None


async def test_a_real_engine_keeps_to_a_schema(provider: Provider) -> None:
    request = ask(schema=SCHEMA, max_tokens=200, sampling=Sampling(temperature=1.0, seed=3), tools=(LOOK,))
    assert json.loads(text_of(await collect(provider, request))).keys() == {"yes"}


async def test_a_real_engine_says_that_a_prompt_is_too_long(provider: Provider, engine_server: EngineServer) -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        await collect(provider, ask("x y " * engine_server.window))
    assert caught.value.window == engine_server.window


async def test_a_real_engine_refuses_a_picture_and_is_asked_once(provider: Provider) -> None:
    shown = Message("user", "What is this?", images=(Image("image/png", b"\x89PNG"),))
    with pytest.raises(RequestInvalidError) as caught:
        await collect(provider, Request("m", (shown,), 9))
    assert "can see" in caught.value.hint


async def test_a_real_engine_without_embeddings_is_no_failure(provider: Provider) -> None:
    assert await provider.embed("m", ["a"]) is None


async def test_a_real_engine_is_described_by_its_list(engine_server: EngineServer) -> None:
    provider = OpenAICompatProvider(engine_server.url, engine_server.key)
    info = await provider.describe("default")
    chunks = await collect(provider, ask(model="default", max_tokens=5))
    await provider.close()

    assert info.window_loaded == engine_server.window
    assert info.quantisation == "Q8_0"
    assert info.parameters
    assert info.abilities == {"structured_output"}
    assert set(info.sources.values()) == {"/v1/models"}
    assert text_of(chunks)


async def test_a_real_engine_refuses_a_wrong_key(engine_server: EngineServer) -> None:
    provider = OpenAICompatProvider(engine_server.url, "wrong")
    with pytest.raises(AuthenticationError):
        await collect(provider)
    await provider.close()


async def test_a_real_engine_is_free_again_after_a_stop(provider: Provider, engine_server: EngineServer) -> None:
    stream = provider.stream(ask(max_tokens=20_000, sampling=Sampling(temperature=1.0, seed=3)))
    async for chunk in stream:
        if chunk.text:
            break
    await stream.aclose()  # type: ignore[attr-defined]

    async with asyncio.timeout(30):
        while await asyncio.to_thread(engine_server.is_busy):
            await asyncio.sleep(0.01)
    assert engine_server.get("/slots")[0]["n_prompt_tokens"] < 10_000, "it ran to its end"


async def test_a_real_engine_calls_a_tool_in_pieces(calling: OpenAICompatProvider) -> None:
    chunks = await collect(calling, ask("look", tools=(LOOK,), max_tokens=300, sampling=Sampling(temperature=0.0)))

    calls = calls_of(chunks)
    assert calls
    assert {call.name for call in calls} == {"look"}
    assert len({call.id for call in calls if call.id}) == len(calls)
    assert all(json.loads(call.arguments)["path"] in {"a.py", "b.py"} for call in calls)
    assert len([chunk for chunk in chunks if chunk.tool_calls]) > 1
    assert chunks[-1].finish == "tool_calls"
    assert (chunks[-1].usage or Usage()).completion_tokens


async def test_a_real_engine_calls_several_times_in_one_reply(calling: OpenAICompatProvider) -> None:
    for seed in range(20):
        sampling = Sampling(temperature=1.0, seed=seed)
        chunks = await collect(calling, ask("look", tools=(LOOK,), max_tokens=600, sampling=sampling))
        calls = calls_of(chunks)
        if len(calls) > 1 and chunks[-1].finish == "tool_calls":
            break
    assert len(calls) > 1
    assert all(json.loads(call.arguments).keys() == {"path"} for call in calls)
    assert len({call.id for call in calls}) == len(calls)


async def test_a_call_that_the_real_engine_cuts_off_is_not_whole(calling: OpenAICompatProvider) -> None:
    chunks = await collect(calling, ask("look", tools=(LOOK,), max_tokens=3, sampling=Sampling(temperature=0.0)))

    assert calls_of(chunks)
    assert chunks[-1].finish == "length"


async def test_a_real_engine_takes_a_call_and_its_result_back(calling: OpenAICompatProvider) -> None:
    first = await collect(calling, ask("look", tools=(LOOK,), max_tokens=300, sampling=Sampling(temperature=0.0)))
    messages = (
        Message("user", "look"),
        Message("assistant", "", tool_calls=tuple(calls_of(first))),
        Message("tool", "x = 1", tool_call_id=calls_of(first)[0].id),
    )
    second = await collect(calling, Request("m", messages, 300, tools=(LOOK,), sampling=Sampling(temperature=0.0)))
    assert calls_of(second)[0].name == "look"
