"""Tools, pictures, thinking and vectors with Ollama: what is sent, what is learnt from a refusal."""

import json

import pytest

from tests.providers.adapters.ollama_doubles import MODEL, conversation, fake_ollama
from tests.providers.conversation import ask, calls_of, collect, text_of
from tests.providers.raw_server import json_reply
from vivek.errors import (
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderUnavailableError,
    RequestInvalidError,
)
from vivek.schema.messages import Image, Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall, ToolCallPiece, ToolCard

READ = ToolCard("read_file", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
END = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}


def says(**message: object) -> dict[str, object]:
    return {"message": {"role": "assistant", "content": "", **message}, "done": False}


def call(name: str, arguments: object, **more: object) -> dict[str, object]:
    return {**more, "function": {"index": 0, "name": name, "arguments": arguments}}


async def test_a_conversation_with_tools_and_a_picture_is_written_as_ollama_wants_it() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "What is this?", images=(Image("image/png", b"\x89PNG"),)),
        Message("assistant", "I look.", tool_calls=(ToolCall("c1", "read_file", '{"path": "日本.py"}'),)),
        Message("tool", "print(1)", tool_call_id="c1"),
        Message("assistant", "", tool_calls=(ToolCall("c2", "read_file", "{broken"),)),
        Message("tool", "no such call", tool_call_id="lost"),
    )
    async with fake_ollama() as (provider, fake):
        await collect(provider, Request(MODEL, messages, 64, schema=SCHEMA, tools=(READ,)))

    assert fake.chats[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is this?", "images": ["iVBORw=="]},
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [{"id": "c1", "function": {"name": "read_file", "arguments": {"path": "日本.py"}}}],
        },
        {"role": "tool", "content": "print(1)", "tool_call_id": "c1", "tool_name": "read_file"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c2", "function": {"name": "read_file", "arguments": {"arguments": "{broken"}}}],
        },
        {"role": "tool", "content": "no such call", "tool_call_id": "lost", "tool_name": ""},
    ]
    function = {"name": "read_file", "description": "Shows a file.", "parameters": READ.parameters}
    assert fake.chats[0]["tools"] == [{"type": "function", "function": function}]
    assert fake.chats[0]["format"] == SCHEMA


async def test_calls_are_numbered_in_their_order_whatever_number_they_bear() -> None:
    lines = [
        says(content="Let me see.", tool_calls=[call("read_file", {"path": "日本.py"}, id="call_1")]),
        says(tool_calls=[call("read_file", {}, id="call_2"), call("list", '{"deep": true}')]),
        says(tool_calls=[{"function": {"arguments": {}}}, "x", {"function": None}, call("read_file", None)]),
        says(tool_calls={"not": "a list"}),
        END,
    ]
    async with fake_ollama(lines=lines) as (provider, _):
        chunks = await collect(provider, ask(model=MODEL, tools=(READ,)))

    assert text_of(chunks) == "Let me see."
    assert [piece for chunk in chunks for piece in chunk.tool_calls] == [
        ToolCallPiece(0, "call_1", "read_file", '{"path": "日本.py"}'),
        ToolCallPiece(1, "call_2", "read_file", "{}"),
        ToolCallPiece(2, "", "list", '{"deep": true}'),
        ToolCallPiece(3, "", "read_file", "{}"),
    ]
    assert json.loads(calls_of(chunks)[0].arguments) == {"path": "日本.py"}
    assert chunks[-1].finish == "tool_calls"


@pytest.mark.parametrize(
    ("model", "think", "sent"),
    [
        (MODEL, True, True),
        (MODEL, False, False),
        ("gpt-oss:20b", True, True),
        ("gpt-oss:20b", False, "low"),
        ("hf.co/user/GPT-OSS-20B-GGUF", False, "low"),
    ],
)
async def test_thinking_is_asked_for_as_the_model_can_be_asked(model: str, think: bool, sent: object) -> None:
    async with fake_ollama() as (provider, fake):
        await collect(provider, ask(model=model, think=think))

    assert fake.chats[0]["think"] == sent


@pytest.mark.parametrize("field", ["think", "tools"])
async def test_what_a_model_does_not_take_is_left_out_from_then_on_and_told(field: str) -> None:
    named = {"think": "thinking", "tools": "tools"}[field]
    refusal = {field: f'"{MODEL}" does not support {named}'}
    request = ask(model=MODEL, think=True, tools=(READ,))
    async with fake_ollama(refuses=refusal) as (provider, fake):
        first = await collect(provider, request)
        second = await collect(provider, request)
        await collect(provider, ask(model="other", think=False, tools=(READ,)))

    [note] = [chunk.note for chunk in first if chunk.note]
    assert f"does not take `{field}`; asked again without it." in note
    assert not any(chunk.note for chunk in second)
    assert text_of(first) == text_of(second) == "yes"
    assert [field in body for body in fake.chats[:3]] == [True, False, False]
    assert field in fake.chats[3], "what one model refuses another may take"


async def test_a_model_that_takes_neither_is_asked_without_both() -> None:
    refusals = {"think": "it does not support thinking", "tools": "it does not support tools"}
    async with fake_ollama(refuses=refusals) as (provider, fake):
        chunks = await collect(provider, ask(model=MODEL, think=True, tools=(READ,)))

    assert text_of(chunks) == "yes"
    assert [sorted({"think", "tools"} & body.keys()) for body in fake.chats] == [["think", "tools"], ["tools"], []]


async def test_a_refusal_that_is_repeated_is_told() -> None:
    async with conversation("no_thinking") as (provider, server):
        with pytest.raises(RequestInvalidError, match="does not support thinking"):
            await collect(provider, ask(model=MODEL, think=True))
        assert len(server.asked("/api/chat")) == 2


async def test_vectors_are_asked_for_without_cutting_a_text() -> None:
    answer = json_reply({"embeddings": [[0.6, 0.8], [1.0, 0.0]], "prompt_eval_count": 4})
    async with fake_ollama(answers={"/api/embed": answer}) as (provider, fake):
        vectors = await provider.embed("nomic-embed-text", ["a", "b"])
        assert await provider.embed("nomic-embed-text", []) == []

    assert vectors == [[0.6, 0.8], [1.0, 0.0]]
    body = {"model": "nomic-embed-text", "input": ["a", "b"], "truncate": False, "keep_alive": "30m"}
    assert [(request.path, request.json) for request in fake.seen] == [("/api/embed", body)]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("501 Not Implemented", "this model does not support embeddings"),
        ("400 Bad Request", '"x" does not support embeddings'),
        ("404 Not Found", "404 page not found"),
    ],
)
async def test_a_model_without_vectors_has_none(status: str, error: str) -> None:
    async with fake_ollama(answers={"/api/embed": json_reply({"error": error}, status)}) as (provider, _):
        assert await provider.embed(MODEL, ["a"]) is None


@pytest.mark.parametrize(
    ("value", "status", "kind", "words"),
    [
        ({"error": "the input length exceeds the context length"}, "400 No", ContextWindowExceededError, "too long"),
        ({"error": "runner died"}, "500 No", ProviderUnavailableError, "runner died"),
        ({"embeddings": [[1.0]]}, "200 OK", ModelAPIError, "no usable vectors for 2 texts"),
        ({"embeddings": [[1.0], ["x"]]}, "200 OK", ModelAPIError, "no usable vectors for 2 texts"),
        ({"embeddings": None}, "200 OK", ModelAPIError, "no usable vectors for 2 texts"),
    ],
)
async def test_vectors_that_cannot_be_had_are_told(
    value: object, status: str, kind: type[Exception], words: str
) -> None:
    async with fake_ollama(answers={"/api/embed": json_reply(value, status)}) as (provider, _):
        with pytest.raises(kind, match=words):
            await provider.embed("x", ["a", "b"])


async def test_an_embedding_model_that_is_not_there_comes_with_the_nearest() -> None:
    missing = json_reply({"error": 'model "qwen2.5-codr:7b" not found, try pulling it first'}, "404 Not Found")
    async with fake_ollama(answers={"/api/embed": missing}) as (provider, _):
        with pytest.raises(ModelNotFoundError) as caught:
            await provider.embed("qwen2.5-codr:7b", ["a"])

    assert f"`ollama/{MODEL}`" in caught.value.hint
