import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.engine.server import EngineServer
from tests.providers.adapters.translating import ollama_over
from tests.providers.conversation import ask, collect, text_of
from vivek.errors import ContextWindowExceededError
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

pytestmark = pytest.mark.engine
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "pattern": "^[a-z]{1,8}$", "maxLength": 8}},
    "required": ["word"],
    "additionalProperties": False,
}


@pytest.fixture
async def ollama(engine_server: EngineServer) -> AsyncIterator[OllamaProvider]:
    async with ollama_over(engine_server) as server:
        provider = OllamaProvider(server.url)
        yield provider
        await provider.close()


async def test_the_pieces_arrive_in_order_with_the_engines_figures(
    ollama: OllamaProvider, engine_server: EngineServer
) -> None:
    request = ask("say something", max_tokens=24, sampling=Sampling(temperature=0.0))
    plain = LlamaCppProvider(engine_server.url, engine_server.key)
    expected = await collect(plain, request)
    counted = await plain.count_tokens(request)
    await plain.close()

    chunks = await collect(ollama, request)

    assert text_of(chunks) == text_of(expected)
    usage = chunks[-1].usage or Usage()
    assert usage.prompt_tokens == counted
    assert usage.completion_tokens == (expected[-1].usage or Usage()).completion_tokens
    assert usage.decode_seconds


async def test_a_prompt_that_is_too_long_keeps_its_numbers_on_the_way(
    ollama: OllamaProvider, engine_server: EngineServer
) -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        await collect(ollama, ask("x y " * engine_server.window))
    assert caught.value.window == engine_server.window
    assert (caught.value.needed or 0) > engine_server.window


async def test_a_schema_is_kept(ollama: OllamaProvider) -> None:
    request = ask(schema=SCHEMA, max_tokens=300, sampling=Sampling(temperature=1.0, seed=1))
    assert json.loads(text_of(await collect(ollama, request))).keys() == {"word"}


async def test_a_stop_frees_the_engine(ollama: OllamaProvider, engine_server: EngineServer) -> None:
    stream = ollama.stream(ask(max_tokens=20_000, sampling=Sampling(temperature=1.0, seed=3)))
    async for chunk in stream:
        if chunk.text:
            break
    await stream.aclose()  # type: ignore[attr-defined]

    async with asyncio.timeout(30):
        while await asyncio.to_thread(engine_server.is_busy):
            await asyncio.sleep(0.01)
    assert engine_server.get("/slots")[0]["n_prompt_tokens"] < 10_000, "it ran to its end"
