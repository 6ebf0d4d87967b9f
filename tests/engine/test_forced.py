"""The proxy that makes a real engine say scripted words."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest

from tests.engine.asking import ask, idle, request, text_of, usage_of
from tests.engine.forced import Body, ForcedEngine
from tests.engine.server import EngineServer
from tests.engine.test_streaming import SCHEMA
from vivek.errors import AuthenticationError, ModelAPIError, StreamInterruptedError
from vivek.providers.adapters.llamacpp import LlamaCppProvider

pytestmark = pytest.mark.engine


@pytest.fixture
async def provider(forced_engine: ForcedEngine) -> AsyncIterator[LlamaCppProvider]:
    provider = LlamaCppProvider(forced_engine.url, forced_engine.key)
    yield provider
    await provider.close()


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Yes.",
        '{"kind": "answer", "steps": ["Say \\"hi\\""]}',
        "calc.py\n```python\ndef add(a, b):\n    return a + b\n```\n",
        "  blanks around, a tab\t, CRLF\r\n, é, 字, 😀🏽, \u2028, \ufeff, \x1b[31m, C:\\new ",
        "<|im_end|> <tool_call> [1] <[2]> root ::= x",
    ],
)
async def test_reply_comes_back_character_for_character(
    provider: LlamaCppProvider, forced_engine: ForcedEngine, reply: str
) -> None:
    forced_engine.script([reply])

    chunks = await ask(provider, request("Say it."))

    assert text_of(chunks) == reply
    assert chunks[-1].finish == "stop"
    assert usage_of(chunks).completion_tokens


async def test_replies_come_in_order_and_requests_are_kept(
    provider: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    def echo(body: Body) -> str:
        return f"You said: {body['messages'][-1]['content']}"

    forced_engine.script(["One.", echo, "Three."])

    texts = [text_of(await ask(provider, request(word))) for word in ("a", "b")]

    assert texts == ["One.", "You said: b"]
    assert [body["messages"][-1]["content"] for body in forced_engine.requests] == ["a", "b"]
    assert forced_engine.unsaid == 1


async def test_schema_is_replaced_by_the_script_and_still_seen(
    provider: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["no json at all"])

    assert text_of(await ask(provider, request("Plan.", schema=SCHEMA))) == "no json at all"
    assert forced_engine.requests[0]["response_format"]["type"] == "json_schema"


async def test_reply_that_does_not_fit_is_cut_by_the_engine(
    provider: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["one two three four five six seven eight nine ten"])

    chunks = await ask(provider, request("Count.", max_tokens=4))

    assert chunks[-1].finish == "length"
    assert text_of(chunks).startswith("one")
    assert "ten" not in text_of(chunks)


async def test_call_beyond_the_script_fails(provider: LlamaCppProvider) -> None:
    with pytest.raises(ModelAPIError, match="script has no reply left"):
        await ask(provider, request("Anything?"))


async def test_replies_that_are_not_streamed_are_forced_too(forced_engine: ForcedEngine) -> None:
    forced_engine.script(["Whole."])
    body = {"messages": [{"role": "user", "content": "x"}], "tools": [], "max_tokens": 20}

    answer = await asyncio.to_thread(
        httpx.post,
        f"{forced_engine.url}/v1/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {forced_engine.key}"},
        trust_env=False,
    )

    assert answer.json()["choices"][0]["message"]["content"] == "Whole."


async def test_other_questions_reach_the_engine_itself(
    provider: LlamaCppProvider, forced_engine: ForcedEngine, engine_server: EngineServer
) -> None:
    asked = request("Count me.")

    assert (await provider.describe("")).window_loaded == engine_server.window
    assert await provider.count_tokens(asked)
    assert forced_engine.requests == []


async def test_refusals_of_the_engine_are_handed_on(forced_engine: ForcedEngine) -> None:
    forced_engine.script(["Never said."])
    provider = LlamaCppProvider(forced_engine.url, "wrong")
    try:
        with pytest.raises(AuthenticationError):
            await ask(provider, request("Hello?"))
    finally:
        await provider.close()


async def test_reply_on_hold_waits_until_it_is_released(
    provider: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["one two three four five"])
    forced_engine.hold_after = 2
    task = asyncio.create_task(ask(provider, request("Count.")))

    assert await asyncio.to_thread(forced_engine.holding.wait, 30)
    done, _ = await asyncio.wait([task], timeout=0.2)
    assert not done
    forced_engine.release()

    assert text_of(await task) == "one two three four five"


async def test_hanging_up_on_a_held_reply_frees_the_engine(
    provider: LlamaCppProvider, forced_engine: ForcedEngine, engine_server: EngineServer
) -> None:
    forced_engine.script(["word " * 400])
    forced_engine.hold_after = 2

    async with aclosing(provider.stream(request("Go on.", max_tokens=1_000))) as chunks:
        while not (await anext(chunks)).text:
            pass
        assert await asyncio.to_thread(forced_engine.holding.wait, 30)
        assert forced_engine.upstream.connections == 1

    async with asyncio.timeout(20):
        while forced_engine.upstream.connections:
            await asyncio.sleep(0.01)
    assert await idle(engine_server, 4.0)


async def test_slow_replies_leave_time_between_their_pieces(
    provider: LlamaCppProvider, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(["one two three four five"])
    forced_engine.slow = 40
    began = time.monotonic()

    chunks = await ask(provider, request("Count."))

    assert time.monotonic() - began >= 5 * 0.04
    assert text_of(chunks) == "one two three four five"


async def test_engine_can_be_closed_while_a_reply_runs(engine_server: EngineServer) -> None:
    with ForcedEngine(engine_server, ["word " * 400]) as engine:
        engine.hold_after = 1
        provider = LlamaCppProvider(engine.url, engine.key)
        reply = asyncio.create_task(ask(provider, request("Go on.", max_tokens=1_000)))
        assert await asyncio.to_thread(engine.holding.wait, 30)

    with pytest.raises(StreamInterruptedError):
        await reply
    await provider.close()
    assert await idle(engine_server, 4.0)


def test_recorded_bodies_are_plain_json(forced_engine: ForcedEngine) -> None:
    body = {"messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_object"}}
    forced_engine.script(["y"])

    sent = forced_engine.force(json.loads(json.dumps(body)))

    assert forced_engine.requests == [body]
    assert "response_format" not in sent
    assert sent["grammar"].startswith("root ::= ")
