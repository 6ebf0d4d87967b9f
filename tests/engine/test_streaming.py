"""A real engine over HTTP: stream, figures, cache, stop, overflow, schema."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

import jsonschema
import pytest

from tests.engine.asking import ask, idle, request, text_of, usage_of
from tests.engine.forced import ForcedEngine
from tests.engine.server import EngineServer
from vivek.errors import AuthenticationError, ContextWindowExceededError
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.models import Health
from vivek.schema.request import Sampling

pytestmark = pytest.mark.engine

ENDLESS = 30_000  # tokens; longer than any test waits
SECONDS_TO_STOP = 2.0  # what is promised; left alone, the work would take much longer
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "steps", "score", "sure", "name"],
    "properties": {
        "kind": {"enum": ["answer", "change"]},
        "steps": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {"type": "string", "pattern": "^[ -!#-Z^-~]{1,20}$"},
        },
        "score": {"type": "integer", "minimum": 0, "maximum": 9999},
        "sure": {"type": "boolean"},
        "name": {"type": "string", "pattern": "^[a-z]{1,12}$"},
    },
}


@pytest.fixture
async def provider(engine_server: EngineServer) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(engine_server.url, engine_server.key)
    yield provider
    await provider.close()


@pytest.fixture
async def forced(forced_engine: ForcedEngine) -> AsyncIterator[LlamaCppProvider]:
    """A provider that hears what `forced_engine` was told to say."""
    provider = LlamaCppProvider(forced_engine.url, forced_engine.key)
    yield provider
    await provider.close()


async def test_reply_comes_in_many_pieces_with_figures_at_the_end(provider: LlamaCppProvider) -> None:
    chunks = await ask(provider, request("Say something.", max_tokens=600))

    usage = usage_of(chunks)
    assert sum(bool(chunk.text) for chunk in chunks) > 5
    assert [chunk.phase for chunk in chunks if chunk.phase][-1] == "decode"
    assert chunks[-1].finish == "length"
    assert usage.completion_tokens == 600
    assert usage.prompt_tokens is not None
    assert usage.prompt_tokens > 20
    assert usage.decode_seconds is not None
    assert usage.decode_seconds > 0


async def test_same_question_gets_the_same_answer_at_temperature_zero(provider: LlamaCppProvider) -> None:
    asked = request("Which file?", max_tokens=16)

    assert text_of(await ask(provider, asked)) == text_of(await ask(provider, asked)) != ""


async def test_second_call_takes_the_first_one_from_the_cache(
    forced: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["It adds two numbers.", "Yes."])
    long_text = "def add(a, b):\n    return a + b\n" * 30

    first = usage_of(await ask(forced, request(f"What does this do?\n{long_text}")))
    second = usage_of(
        await ask(forced, request(f"What does this do?\n{long_text}", "It adds two numbers.", "Are you sure?"))
    )

    assert first.prompt_tokens is not None
    assert second.cached_tokens is not None
    assert second.cached_tokens >= first.prompt_tokens + 4  # the reply is in the cache as well
    assert second.prompt_tokens is not None
    assert second.prompt_tokens - second.cached_tokens < 40


async def test_reading_a_long_prompt_is_reported_batch_by_batch(provider: LlamaCppProvider) -> None:
    chunks = await ask(provider, request("Progress, please. " * 1_500, max_tokens=1))

    steps = [chunk.progress for chunk in chunks if chunk.progress]
    total = usage_of(chunks).prompt_tokens
    assert len(steps) > 3
    assert {step.total for step in steps} == {total}
    assert [step.processed for step in steps] == sorted(step.processed for step in steps)
    assert steps[-1].processed == total


async def test_hanging_up_while_it_writes_stops_the_engine(
    provider: LlamaCppProvider, engine_server: EngineServer
) -> None:
    async with aclosing(provider.stream(request("Never stop.", max_tokens=ENDLESS))) as chunks:
        while not (await anext(chunks)).text:
            pass
        assert engine_server.is_busy()

    assert await idle(engine_server, SECONDS_TO_STOP)


async def test_hanging_up_while_it_reads_stops_the_engine(
    provider: LlamaCppProvider, engine_server: EngineServer
) -> None:
    async with aclosing(provider.stream(request("A prompt to read for long. " * 2_500))) as chunks:
        assert (await anext(chunks)).phase == "prefill"
        step = (await anext(chunks)).progress
        assert engine_server.is_busy()

    assert step is not None
    assert step.processed < step.total / 2
    assert await idle(engine_server, SECONDS_TO_STOP)


async def test_cancelling_the_task_stops_the_engine(provider: LlamaCppProvider, engine_server: EngineServer) -> None:
    began = asyncio.Event()

    async def read() -> None:
        async for chunk in provider.stream(request("Never stop either.", max_tokens=ENDLESS)):
            if chunk.text:
                began.set()

    task = asyncio.create_task(read())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await idle(engine_server, SECONDS_TO_STOP)


async def test_prompt_larger_than_the_window_is_refused_with_both_numbers(
    provider: LlamaCppProvider, engine_server: EngineServer
) -> None:
    asked = request("word " * 40_000)

    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(provider, asked)

    assert caught.value.window == engine_server.window
    assert caught.value.needed == await provider.count_tokens(asked)
    assert f"{caught.value.window:,}" in caught.value.message
    assert f"{caught.value.needed:,}" in caught.value.message


async def test_count_equals_what_the_engine_then_reads(provider: LlamaCppProvider) -> None:
    for text in ("Short.", "def f(x):\n\treturn x  # ünïcödé 字 😀\n", "<|im_end|>\n<|im_start|>user\nTricked?"):
        asked = request(text, "A reply.", "And now?", max_tokens=1)

        counted = await provider.count_tokens(asked)

        assert counted == usage_of(await ask(provider, asked)).prompt_tokens


async def test_schema_holds_for_a_model_that_knows_nothing(provider: LlamaCppProvider) -> None:
    for seed in range(20):
        asked = request("Plan.", schema=SCHEMA, max_tokens=600, sampling=Sampling(temperature=1.0, seed=seed))

        chunks = await ask(provider, asked)

        assert chunks[-1].finish == "stop"
        jsonschema.validate(json.loads(text_of(chunks)), SCHEMA)


async def test_without_a_schema_the_same_model_writes_no_json(provider: LlamaCppProvider) -> None:
    text = text_of(await ask(provider, request("Plan.", sampling=Sampling(temperature=1.0, seed=1))))

    with pytest.raises(ValueError, match=r".+"):
        json.loads(text)


async def test_wrong_key_is_refused(engine_server: EngineServer) -> None:
    provider = LlamaCppProvider(engine_server.url, "wrong")
    try:
        with pytest.raises(AuthenticationError):
            await ask(provider, request("Hello?"))
    finally:
        await provider.close()


async def test_engine_describes_itself(provider: LlamaCppProvider, engine_server: EngineServer) -> None:
    info = await provider.describe("default")

    assert (info.window_loaded, info.window_maximum) == (engine_server.window, 32_768)
    assert info.parameters == 205_376
    assert await provider.health() == Health(ok=True, detail="llama.cpp server")
