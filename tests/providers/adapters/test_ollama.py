"""One chat with Ollama: what is sent, what comes back, what breaks."""

import asyncio

import pytest

from tests.providers.adapters.ollama_doubles import MODEL, conversation, fake_ollama, provider_of
from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import Seen, in_chunks, json_reply, stream_head
from vivek.errors import (
    ContextWindowExceededError,
    ModelNotFoundError,
)
from vivek.providers.adapters.ollama import OllamaProvider
from vivek.schema.chunk import Usage
from vivek.schema.request import Sampling

SCHEMA = {"type": "object", "properties": {"kind": {"enum": ["answer"]}}, "required": ["kind"]}


async def test_the_window_is_asked_for_and_nothing_may_be_cut() -> None:
    sampling = Sampling(temperature=0.2, top_p=0.9, top_k=40, repeat_penalty=1.1, seed=7)
    async with conversation("chat") as (provider, server):
        await collect(provider, ask(model=MODEL, window=16384, max_tokens=512, sampling=sampling))

    assert server.asked("/api/chat")[0].json == {
        "model": MODEL,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": "30m",
        "options": {
            "num_ctx": 16384,
            "num_predict": 512,
            "temperature": 0.2,
            "top_p": 0.9,
            "top_k": 40,
            "repeat_penalty": 1.1,
            "seed": 7,
        },
    }


async def test_what_is_not_set_is_left_to_the_model() -> None:
    async with conversation("chat") as (provider, server):
        await collect(provider, ask(model=MODEL, window=None))

    body = server.asked("/api/chat")[0].json
    assert body["options"] == {"num_predict": 64}
    assert not {"think", "format"} & body.keys()


async def test_figures_are_seconds_and_cached_is_unknown() -> None:
    async with conversation("chat") as (provider, _):
        chunks = await collect(provider, ask(model=MODEL, window=16384))

    assert text_of(chunks) == "Hello 日本!"
    assert chunks[-1].finish == "stop"
    assert chunks[-1].usage == Usage(
        prompt_tokens=31,
        cached_tokens=None,
        completion_tokens=4,
        load_seconds=pytest.approx(0.021),
        prefill_seconds=pytest.approx(0.14),
        decode_seconds=pytest.approx(0.21),
    )


async def test_what_the_server_leaves_out_is_unknown_and_the_last_line_may_carry_text() -> None:
    async with conversation("cold") as (provider, _):
        chunks = await collect(provider, ask(model=MODEL))

    assert text_of(chunks) == "Yes."
    assert chunks[-1].finish == "length"
    usage = chunks[-1].usage or Usage()
    assert (usage.prompt_tokens, usage.prefill_seconds, usage.completion_tokens) == (None, None, 2)
    assert usage.load_seconds == pytest.approx(7.5)


async def test_thoughts_are_told_apart_and_a_schema_is_sent() -> None:
    async with conversation("thinking") as (provider, server):
        chunks = await collect(provider, ask(model=MODEL, schema=SCHEMA, think=True))

    assert "".join(chunk.thinking for chunk in chunks) == "Let me see."
    assert text_of(chunks) == '{"kind":"answer"}'
    body = server.asked("/api/chat")[0].json
    assert (body["format"], body["think"]) == (SCHEMA, True)


async def test_an_unknown_model_comes_with_the_nearest_names() -> None:
    async with conversation("unknown_model") as (provider, _):
        with pytest.raises(ModelNotFoundError) as chat:
            await collect(provider, ask(model="qwen2.5-codr:7b"))
        with pytest.raises(ModelNotFoundError) as described:
            await provider.describe("qwen2.5-codr:7b")

    for caught in (chat, described):
        assert "qwen2.5-codr:7b" in caught.value.message
        assert "Did you mean `ollama/qwen2.5-coder:7b`" in caught.value.hint
        assert "`ollama pull qwen2.5-codr:7b`" in caught.value.hint


async def test_an_unknown_model_on_a_server_without_a_list_still_has_a_hint() -> None:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({"error": 'model "x" not found, try pulling it first'}, "404 Not Found"))

    async with provider_of(answer) as provider:
        with pytest.raises(ModelNotFoundError) as caught:
            await collect(provider, ask(model="x"))

    assert caught.value.hint == "`ollama pull x` fetches it."


async def test_a_prompt_that_is_too_long_is_told_with_both_numbers() -> None:
    async with conversation("too_long") as (provider, _):
        with pytest.raises(ContextWindowExceededError) as caught:
            await collect(provider, ask(model=MODEL))

    assert (caught.value.needed, caught.value.window) == (9012, 4096)


async def test_a_prompt_that_is_too_long_is_known_without_numbers_too() -> None:
    async with conversation("too_long_without_numbers") as (provider, _):
        with pytest.raises(ContextWindowExceededError):
            await collect(provider, ask(model=MODEL))


async def test_health_tells_the_version() -> None:
    async with conversation("models") as (provider, _):
        health = await provider.health()
        counted = await provider.count_tokens(ask())

    assert (health.ok, health.detail) == (True, "Ollama 0.12.6")
    assert counted is None


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"prompt_eval_count": -1, "eval_count": "3", "eval_duration": -5, "load_duration": "soon"},
        {"prompt_eval_count": True, "eval_count": 2.5, "eval_duration": None, "prompt_eval_duration": [1]},
    ],
    ids=["missing", "negative and text", "other kinds"],
)
async def test_figures_that_cannot_be_are_unknown(wrong: dict[str, object]) -> None:
    end = {"message": {"role": "assistant", "content": "yes"}, "done": True, "done_reason": "stop"}
    async with fake_ollama(lines=[end | wrong]) as (provider, _):
        chunks = await collect(provider, ask(model=MODEL))

    assert (text_of(chunks), chunks[-1].finish, chunks[-1].usage) == ("yes", "stop", Usage())


@pytest.mark.parametrize("place", range(0, 90, 7))
async def test_a_line_may_be_cut_anywhere(place: int) -> None:
    line = '{"message":{"content":"日本 👍🏽 ünï"},"done":false}\n{"done":true,"done_reason":"stop"}'.encode()

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != "/api/chat":
            writer.write(json_reply({"models": []}))
            return
        writer.write(stream_head("application/x-ndjson"))
        for piece in (line[:place], line[place:]):
            writer.write(in_chunks(piece, last=False))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(in_chunks(b""))

    async with provider_of(answer) as provider:
        assert text_of(await collect(provider)) == "日本 👍🏽 ünï"


@pytest.mark.live
async def test_a_real_server_answers() -> None:
    """Runs where `OLLAMA_HOST` names a server; asks its first model that can chat for one word."""
    import os

    provider = OllamaProvider(os.environ["OLLAMA_HOST"])
    try:
        infos = [await provider.describe(info.name) for info in await provider.models()]
        able = [info for info in infos if "structured_output" in info.abilities and "remote" not in info.sources]
        if not able:
            pytest.skip("live: the server has no model that can chat")
        model = min(able, key=lambda info: info.size_bytes or 0).name
        chunks = await collect(provider, ask("Say hello.", model=model, window=4096, max_tokens=8))
    finally:
        await provider.close()
    assert chunks[-1].finish in {"stop", "length"}
    assert (chunks[-1].usage or Usage()).prompt_tokens
