"""The Ollama adapter against a real engine behind Ollama's protocol, and against the user's own server."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator

import jsonschema
import pytest

from tests.engine.asking import ask, idle, request, text_of, usage_of
from tests.engine.forced import ForcedEngine
from tests.engine.ollama_bridge import NAME, OllamaBridge
from tests.engine.server import EngineServer
from tests.engine.test_streaming import SCHEMA
from vivek.errors import ContextWindowExceededError, ModelAPIError, ModelNotFoundError, StreamInterruptedError
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.schema.request import Request, Sampling


@pytest.fixture
def bridge(engine_server: EngineServer) -> Iterator[OllamaBridge]:
    with OllamaBridge(engine_server) as bridge:
        yield bridge


@pytest.fixture
def forced_bridge(forced_engine: ForcedEngine) -> Iterator[OllamaBridge]:
    with OllamaBridge(forced_engine) as bridge:
        yield bridge


@pytest.fixture
async def provider(bridge: OllamaBridge) -> AsyncIterator[OllamaProvider]:
    provider = OllamaProvider(bridge.url)
    yield provider
    await provider.close()


@pytest.fixture
async def forced(forced_bridge: OllamaBridge) -> AsyncIterator[OllamaProvider]:
    provider = OllamaProvider(forced_bridge.url)
    yield provider
    await provider.close()


def question(*texts: str, **more: object) -> Request:
    return request(*texts, **({"window": 8_192} | more))


@pytest.mark.engine
async def test_words_come_in_order_and_the_figures_last(forced: OllamaProvider, forced_engine: ForcedEngine) -> None:
    said = "One, two, three.\n```python\nprint('ä')\n```\n"
    forced_engine.script([said])

    chunks = await ask(forced, question("Count."))

    assert text_of(chunks) == said
    assert [chunk.finish for chunk in chunks if chunk.finish] == ["stop"]
    assert chunks[-1].finish == "stop"
    usage = usage_of(chunks)
    assert usage.prompt_tokens
    assert usage.completion_tokens
    assert usage.decode_seconds


@pytest.mark.engine
async def test_first_words_arrive_before_the_last_are_written(
    forced: OllamaProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["one two three four five"])
    forced_engine.hold_after = 2
    stream = forced.stream(question("Count."))
    while not (first := await anext(stream)).text:
        pass

    assert await asyncio.to_thread(forced_engine.holding.wait, 30)
    assert "five" not in first.text
    forced_engine.release()

    assert first.text + "".join([chunk.text async for chunk in stream]) == "one two three four five"


@pytest.mark.engine
async def test_window_is_asked_for_and_shown_once_loaded(provider: OllamaProvider, bridge: OllamaBridge) -> None:
    before = await provider.describe("tiny")

    chunks = await ask(provider, question("Hello.", max_tokens=4))

    after = await provider.describe("tiny")
    assert (before.loaded, before.window_loaded, before.window_maximum) == (False, None, 32_768)
    assert (after.loaded, after.window_loaded) == (True, 8_192)
    assert [info.name for info in await provider.models()] == [NAME]
    assert chunks[-1].finish == "length"
    assert bridge.requests[0]["options"]["num_ctx"] == 8_192


@pytest.mark.engine
async def test_hanging_up_stops_the_engine_behind_it(provider: OllamaProvider, engine_server: EngineServer) -> None:
    async def read() -> None:
        async for chunk in provider.stream(question("Never stop.", max_tokens=30_000, window=32_768)):
            if chunk.text:
                began.set()

    began = asyncio.Event()
    task = asyncio.create_task(read())
    await began.wait()
    assert engine_server.is_busy()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await idle(engine_server, 4.0)


@pytest.mark.engine
async def test_engine_that_dies_in_the_middle_leaves_the_text_and_no_end(
    forced: OllamaProvider, forced_engine: ForcedEngine, forced_bridge: OllamaBridge
) -> None:
    forced_engine.script(["one two three four five"])
    forced_engine.hold_after = 2
    heard = ""

    with pytest.raises(StreamInterruptedError) as caught:
        async for chunk in forced.stream(question("Count.")):
            heard += chunk.text
            if chunk.text:
                assert await asyncio.to_thread(forced_engine.holding.wait, 30)
                forced_bridge.break_off()

    assert "runner" in caught.value.message
    assert caught.value.partial == heard
    assert heard.startswith("one")
    assert "five" not in heard


@pytest.mark.engine
async def test_error_before_the_first_word_is_told_as_such(forced: OllamaProvider) -> None:
    with pytest.raises(ModelAPIError, match="script has no reply left") as caught:
        await ask(forced, question("Anything?"))

    assert not isinstance(caught.value, StreamInterruptedError)


@pytest.mark.engine
async def test_prompt_larger_than_the_window_asked_for_is_refused_with_both_numbers(
    provider: OllamaProvider, engine_server: EngineServer
) -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(provider, question("word " * 600, window=512))

    assert caught.value.window == 512
    assert (caught.value.needed or 0) > 1_000


@pytest.mark.engine
async def test_unknown_model_offers_the_one_that_is_there(provider: OllamaProvider) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        await ask(provider, Request("tinny", request("Hello.").messages, 8))

    assert "tiny" in caught.value.hint


@pytest.mark.engine
async def test_schema_is_enforced_through_the_bridge(provider: OllamaProvider) -> None:
    asked = question("Plan.", schema=SCHEMA, max_tokens=600, sampling=Sampling(temperature=1.0, seed=5))

    jsonschema.validate(json.loads(text_of(await ask(provider, asked))), SCHEMA)


@pytest.mark.engine
async def test_bridge_refuses_to_cut_a_prompt_behind_the_users_back(bridge: OllamaBridge) -> None:
    provider = OllamaProvider(bridge.url)
    try:
        with pytest.raises(ModelAPIError, match="cut without a word"):
            await provider._door.post_json("/api/chat", {"model": "tiny", "messages": [], "options": {}})
    finally:
        await provider.close()


@pytest.mark.live
async def test_users_own_server_answers() -> None:
    provider = OllamaProvider(os.environ["OLLAMA_HOST"])
    try:
        installed = [info for info in await provider.models() if "embeddings" not in info.abilities]
        if not installed:
            pytest.skip("live: the server at OLLAMA_HOST has no model")
        smallest = min(installed, key=lambda info: (not info.loaded, info.size_bytes or 0))
        messages = request("Say the word: yes").messages
        chunks = await ask(provider, Request(smallest.name, messages, 64, window=4_096, think=False))
    finally:
        await provider.close()

    assert chunks[-1].finish in {"stop", "length"}
    assert usage_of(chunks).completion_tokens
