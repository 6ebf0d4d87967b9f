import asyncio
from pathlib import Path

import pytest

from tests.providers.conversation import ask, calls_of, collect, text_of
from vivek.errors import ConfigError, ContextWindowExceededError, RequestInvalidError, StreamInterruptedError
from vivek.providers.adapters.scripted import ScriptedProvider, ScriptedReply, load_replies
from vivek.schema.chunk import Usage
from vivek.schema.messages import Message
from vivek.schema.models import Ability
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall

LONG = "A reply that is longer than one piece, with ünïcode and 👍🏽."


async def test_replies_come_in_their_order_in_pieces() -> None:
    provider = ScriptedProvider([LONG, ScriptedReply("cut", finish="length")])

    first = await collect(provider)
    second = await collect(provider, ask("next"))

    assert text_of(first) == LONG
    assert len([chunk for chunk in first if chunk.text]) > 3
    assert (first[-1].finish, second[-1].finish) == ("stop", "length")
    assert [request.messages[-1].content for request in provider.requests] == ["hello", "next"]


async def test_the_figures_are_those_it_counts_itself() -> None:
    provider = ScriptedProvider(["one", "two"])
    first = ask("x" * 400)
    longer = Request("m", (*first.messages, Message("assistant", "one"), Message("user", "more")), 64)

    usage = (await collect(provider, first))[-1].usage or Usage()
    again = (await collect(provider, longer))[-1].usage or Usage()

    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (
        await provider.count_tokens(first),
        0,
        1,
    )
    assert usage.prompt_tokens is not None
    assert again.cached_tokens in {usage.prompt_tokens - 1, usage.prompt_tokens}, "a token may be begun only"
    assert (again.prompt_tokens or 0) > usage.prompt_tokens


async def test_an_exhausted_script_is_told() -> None:
    provider = ScriptedProvider([])
    with pytest.raises(RequestInvalidError, match="no reply left after 0"):
        await collect(provider)


async def test_a_prompt_over_the_window_is_refused_and_uses_up_no_reply() -> None:
    provider = ScriptedProvider(["kept"], window=100)
    with pytest.raises(ContextWindowExceededError) as caught:
        await collect(provider, ask("x" * 400))
    assert caught.value.window == 100
    assert (caught.value.needed or 0) > 100
    assert text_of(await collect(provider)) == "kept"


async def test_a_reply_may_break_off() -> None:
    provider = ScriptedProvider([ScriptedReply("half", finish=None)])
    with pytest.raises(StreamInterruptedError) as caught:
        await collect(provider)
    assert caught.value.partial == "half"


async def test_a_slow_reply_can_be_stopped() -> None:
    provider = ScriptedProvider([ScriptedReply("never comes", delay=3600)])
    task = asyncio.create_task(collect(provider))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_reply_may_be_thought_over_and_end_with_calls() -> None:
    calls = (ToolCall("a", "read_file", '{"path": "a/long/path.py"}'), ToolCall("b", "list", "{}"))
    reply = ScriptedReply("I look.", thinking="Which file is meant?", calls=calls)
    provider = ScriptedProvider([reply, reply])

    chunks = await collect(provider)
    told_not_to = await collect(provider, ask(think=False))

    assert "".join(chunk.thinking for chunk in chunks) == "Which file is meant?"
    assert text_of(chunks) == "I look."
    assert calls_of(chunks) == list(calls)
    assert len([chunk for chunk in chunks if chunk.tool_calls]) > 3
    assert chunks[-1].finish == "tool_calls"
    assert (chunks[-1].usage or Usage()).thinking_tokens == 5
    assert not any(chunk.thinking for chunk in told_not_to)
    assert (told_not_to[-1].usage or Usage()).thinking_tokens is None


async def test_it_can_do_what_it_is_said_to() -> None:
    abilities: frozenset[Ability] = frozenset({"tools", "vision"})
    assert (await ScriptedProvider([], abilities=abilities).describe("x")).abilities == abilities
    assert (await ScriptedProvider([]).describe("x")).abilities == {"structured_output"}


async def test_it_describes_itself() -> None:
    provider = ScriptedProvider(["x"], window=1234)
    info = await provider.describe("talk.jsonl")
    assert (info.name, info.window_loaded, info.loaded) == ("talk.jsonl", 1234, True)
    assert [each.window_loaded for each in await provider.models()] == [1234]
    health = await provider.health()
    assert (health.ok, health.detail) == (True, "1 replies left")
    await provider.close()


def test_a_file_has_one_reply_a_line(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(
        '"one\\ntwo\u2028three"\n\n{"text": "cut", "finish": "length"}\n{"text": "", "finish": null, "delay": 0.5}\n'
        '{"text": "x", "thinking": "hm", "calls": [{"name": "look", "arguments": {"a": "é"}}, {"name": "list"}]}\n',
        encoding="utf-8",
    )
    assert load_replies(path) == [
        ScriptedReply("one\ntwo\u2028three"),
        ScriptedReply("cut", "length"),
        ScriptedReply("", None, 0.5),
        ScriptedReply(
            "x",
            thinking="hm",
            calls=(ToolCall("call-0", "look", '{"a": "é"}'), ToolCall("call-1", "list", "{}")),
        ),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "plain",
        "7",
        "null",
        '{"finish": "stop"}',
        '{"text": 1}',
        '{"text": "a", "finish": "soon"}',
        '{"text": "a", "x": 1}',
        '{"text": "a", "delay": "long"}',
        '{"text": "a", "finish": []}',
        '{"text": "a", "thinking": 1}',
        '{"text": "a", "calls": {}}',
        '{"text": "a", "calls": ["look"]}',
        '{"text": "a", "calls": [{"name": ""}]}',
        '{"text": "a", "calls": [{"name": "look", "arguments": "x"}]}',
    ],
)
def test_a_line_that_is_no_reply_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(f'"fine"\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"talk\.jsonl:2 is no"):
        load_replies(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "talk.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_replies(path)
