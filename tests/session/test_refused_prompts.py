"""Prompts that fit by vivek's count and that the server refuses as too long: once smaller, then a clean error."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from tests.providers.wording import delta, event
from tests.session.conftest import Open, say
from tests.session.talking import told
from vivek.prompts.tokens import count
from vivek.providers.adapters.openai_compat import OpenAICompatProvider

PRICES = "till/prices.py"
LONG = " ".join(f"Rule {number} takes {number * 7 % 31} per cent off a price." for number in range(80))

STATED = 32_768
REAL = 4_096


def with_numbers(tokens: int) -> str:
    return (
        f"This model's maximum context length is {REAL} tokens. However, you requested {tokens} tokens. "
        "Please reduce the length of the messages."
    )


def without_numbers(tokens: int) -> str:
    return "The prompt exceeds the available context size."


def ended(read: int, written: int) -> bytes:
    usage = {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": written}}
    stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return event(stop) + event(usage) + b"data: [DONE]\n\n"


@dataclass
class Boaster:
    """A server that states a window of 32k and holds 4k; it counts as vivek does.

    `refused` and `taken` are the sizes of the prompts it got.
    """

    answers: list[str]
    words: Callable[[int], str] = with_numbers
    holds: int = REAL
    refused: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    prompts: list[list[dict[str, str]]] = field(default_factory=list)

    async def answer(self, request: Seen, writer: asyncio.StreamWriter) -> None:
        if not request.path.endswith("/chat/completions"):
            writer.write(json_reply({"data": [{"id": "m", "owned_by": "x", "max_model_len": STATED}]}))
            return
        messages = request.json["messages"]
        assert isinstance(messages, list)
        tokens = sum(count(message["content"]) + 4 for message in messages)
        if tokens > self.holds:
            self.refused.append(tokens)
            error = {"message": self.words(tokens), "type": "BadRequestError", "code": 400}
            writer.write(json_reply({"error": error}, "400 Bad Request"))
            return
        self.taken.append(tokens)
        self.prompts.append(messages)
        text = self.answers.pop(0)
        writer.write(stream_head("text/event-stream") + in_chunks(delta(text) + ended(tokens, count(text))))


@asynccontextmanager
async def serving(boaster: Boaster) -> AsyncIterator[RawServer]:
    async with raw_server(boaster.answer) as server:
        yield server


@pytest.mark.parametrize("words", [with_numbers, without_numbers])
async def test_a_long_conversation_goes_on_from_a_summary(open_at: Open, words: Callable[[int], str]) -> None:
    boaster = Boaster([LONG] * 30, words, holds=STATED)
    async with serving(boaster) as server, open_at(lambda: OpenAICompatProvider(server.url)) as session:
        for number in range(10):
            await say(session, f"what is rule number {number}?")
        boaster.holds = REAL  # it was started again, with less
        heard = await say(session, "what is the last rule?")
        asked = list(boaster.refused)
        again = await say(session, "and the first?")

    assert heard.report.status == "done", heard.report.error
    assert len(asked) == 1
    assert any(f"127.0.0.1:{server.port} " in text and "asked again with less" in text for text in told(heard))
    assert sum("goes on from a summary" in text for text in told(heard)) == 1
    retried = boaster.prompts[10]
    assert [message["role"] for message in retried] == ["system", "user"]
    assert "what is rule number 9?" in retried[-1]["content"]
    assert "what is the last rule?" in retried[-1]["content"]
    assert again.report.status == "done"
    assert boaster.refused == asked, "the window it has is known from then on"


@pytest.mark.parametrize("words", [with_numbers, without_numbers])
async def test_a_first_request_with_too_much_beside_it_is_asked_with_less(
    workspace: Path, open_at: Open, words: Callable[[int], str]
) -> None:
    (workspace / PRICES).write_text("".join(f"RATE_{number} = {number}  # a rate\n" for number in range(1_200)))
    boaster = Boaster(["It has rates."] * 3, words)
    async with serving(boaster) as server, open_at(lambda: OpenAICompatProvider(server.url)) as session:
        heard = await say(session, f"explain {PRICES}")

    assert len(boaster.refused) == 1
    assert heard.report.status == "done", heard.report.error
    assert heard.report.answer == "It has rates."
    assert boaster.taken[0] <= REAL


async def test_a_plan_is_asked_for_with_less_too(workspace: Path, open_at: Open) -> None:
    plan = '{"kind": "answer", "steps": ["Say it"], "files": [], "mode": "peer", "question": ""}'
    boaster = Boaster([*[LONG] * 10, plan, "So it is."], holds=STATED)
    async with serving(boaster) as server:
        async with open_at(lambda: OpenAICompatProvider(server.url), thread="one", depth="fast") as session:
            for number in range(10):
                await say(session, f"what is rule number {number}?")
        boaster.holds = REAL
        async with open_at(lambda: OpenAICompatProvider(server.url), thread="one", depth="full") as session:
            heard = await say(session, "tidy the shop up")

    assert len(boaster.refused) == 1
    assert "what is rule number 9?" in boaster.prompts[10][-1]["content"]
    assert heard.report.status == "done", heard.report.error
    assert heard.report.answer == "So it is."


@pytest.mark.parametrize("words", [with_numbers, without_numbers])
async def test_a_server_that_refuses_again_ends_the_turn_with_its_words(
    open_at: Open, words: Callable[[int], str]
) -> None:
    boaster = Boaster([LONG] * 12, words, holds=STATED)
    async with serving(boaster) as server, open_at(lambda: OpenAICompatProvider(server.url)) as session:
        for number in range(10):
            await say(session, f"what is rule number {number}?")
        boaster.holds = 10
        heard = await say(session, "what is the last rule?")

    assert heard.report.status == "failed"
    assert heard.report.error is not None
    assert heard.report.error.type == "ContextWindowExceededError"
    assert f"127.0.0.1:{server.port}" in heard.report.error.message
    assert heard.report.error.hint
    assert len(boaster.refused) == 2, "once more, not again and again"
