import asyncio

import pytest

from tests.engine.server import EngineServer
from tests.providers.conversation import ask, collect, text_of
from vivek.errors import ContextWindowExceededError
from vivek.providers.adapters.anthropic import AnthropicProvider
from vivek.schema.chunk import Usage

pytestmark = pytest.mark.engine


async def figures_of_a_reply(provider: AnthropicProvider) -> Usage:
    """Return the figures of a short reply.

    The engine leaves `message_start` out, and the prompt's size with it, when a reply begins within a character.
    """
    for _ in range(8):
        chunks = await collect(provider, ask("hello " * 200, max_tokens=8))
        assert text_of(chunks)
        usage = chunks[-1].usage
        if usage is not None and usage.prompt_tokens is not None:
            return usage
    pytest.fail("no reply of eight had figures")


async def test_a_real_engine_answers_counts_and_caches(engine_server: EngineServer) -> None:
    provider = AnthropicProvider(engine_server.url, engine_server.key)
    try:
        counted = await provider.count_tokens(ask("hello " * 200))
        first = await figures_of_a_reply(provider)
        again = await figures_of_a_reply(provider)
        with pytest.raises(ContextWindowExceededError) as caught:
            await collect(provider, ask("hello " * engine_server.window))
    finally:
        await provider.close()

    assert counted is not None
    assert counted == first.prompt_tokens == again.prompt_tokens
    assert (again.cached_tokens or 0) >= counted - 1
    assert caught.value.window == engine_server.window


async def test_stopping_frees_the_engine(engine_server: EngineServer) -> None:
    provider = AnthropicProvider(engine_server.url, engine_server.key)
    stream = provider.stream(ask("hello", max_tokens=4000))
    async for chunk in stream:
        if chunk.text:
            break
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator all the same
    await provider.close()

    async with asyncio.timeout(2):
        while engine_server.is_busy():
            await asyncio.sleep(0.02)
