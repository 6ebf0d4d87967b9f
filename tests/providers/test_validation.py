import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.providers.conversation import ask, collect
from tests.providers.dialects import DIALECTS
from tests.providers.raw_server import Seen, json_reply, raw_server
from vivek.errors import ContextWindowExceededError, RequestInvalidError
from vivek.providers.registry import open_provider
from vivek.providers.spec import ModelSpec
from vivek.providers.validation import IMAGE_BYTES, IMAGES, check_request
from vivek.schema.messages import Image, MediaType, Message
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCall, ToolCard

BOUNDED = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["a"]},
        "fixed": {"type": "string", "const": "a"},
        "steps": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 9}},
        "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "maxLength": {"type": "integer"},
    },
    "$defs": {"name": {"type": "string", "maxLength": 3}},
}


def test_a_good_request_passes() -> None:
    check_request(ask())
    check_request(ask(window=None, schema=BOUNDED))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ask(model=""), "No model"),
        (ask(model=" "), "No model"),
        (Request("m", (), 5), "nothing to ask"),
        (Request("m", (Message("user", " \n"),), 5), "nothing to ask"),
        (ask(max_tokens=0), "0 tokens"),
        (ask("half a pair \ud83d"), "no Unicode"),
        (ask(schema={"type": "string"}), "`maxLength`"),
        (ask(schema={"type": "object", "properties": {"a": {"type": "string"}}}), "`a` lacks `maxLength`"),
        (ask(schema={"type": "object", "properties": {"a": {"type": "array", "items": {}}}}), "`a` lacks `maxItems`"),
        (
            ask(schema={"type": "array", "maxItems": 2, "items": {"type": "string"}}),
            "an item of the reply lacks `maxLength`",
        ),
        (ask(schema={"anyOf": [{"type": "null"}, {"type": "string"}]}), "`maxLength`"),
        (ask(schema={"$defs": {"n": {"type": "string"}}}), "`n` lacks `maxLength`"),
    ],
)
def test_a_bad_request_is_refused_with_the_reason(request_: Request, words: str) -> None:
    with pytest.raises(RequestInvalidError, match=words):
        check_request(request_)


def test_a_reply_as_large_as_the_window_is_refused_with_both_numbers() -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        check_request(ask(max_tokens=4096, window=4096))
    assert (caught.value.needed, caught.value.window) == (4096, 4096)


SYSTEM, USER, MODEL = Message("system", "Be brief."), Message("user", "hello"), Message("assistant", "hi")
CALLING = Message("assistant", "", tool_calls=(ToolCall("1", "read", "{}"), ToolCall("2", "read", "{}")))
FIRST, SECOND = Message("tool", "a", tool_call_id="1"), Message("tool", "b", tool_call_id="2")
NAMELESS = Message("assistant", "", tool_calls=(ToolCall("", "read", "{}"),))


def said(*messages: Message) -> Request:
    return Request("m", messages, 64)


@pytest.mark.parametrize(
    "messages",
    [
        (USER,),
        (SYSTEM, USER),
        (SYSTEM, USER, MODEL, USER),
        (USER, MODEL),
        (USER, CALLING, FIRST, SECOND),
        (USER, CALLING, SECOND, FIRST, MODEL, USER),
        (USER, CALLING, FIRST, SECOND, USER),
        (USER, CALLING, FIRST, SECOND, CALLING, FIRST, SECOND),
        (USER, NAMELESS, Message("tool", "a")),
        (USER, CALLING, Message("tool", "a"), SECOND),
    ],
)
def test_a_conversation_that_models_know_passes(messages: tuple[Message, ...]) -> None:
    check_request(said(*messages))


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((USER, SYSTEM), "Message 2 is a system message"),
        ((SYSTEM, SYSTEM, USER), "Message 2 is a system message"),
        ((SYSTEM,), "no message is a user's"),
        ((MODEL, USER), "Message 1 is an answer to nothing"),
        ((SYSTEM, MODEL, USER), "Message 2 is an answer to nothing"),
        ((USER, USER), r"Message 2 is of the same role as the one before \(user\)"),
        ((USER, MODEL, MODEL), r"Message 3 is of the same role as the one before \(assistant\)"),
        ((USER, FIRST), "Message 2 is the result of a tool call that nobody made"),
        ((USER, MODEL, FIRST), "Message 3 is the result of a tool call that nobody made"),
        ((USER, CALLING, FIRST, FIRST), "Message 4 answers the tool call `1`, which nobody made"),
        ((USER, CALLING, FIRST, MODEL), "Message 4 comes before the results of all tool calls"),
        ((USER, CALLING, USER), "Message 3 comes before the results of all tool calls"),
        ((USER, CALLING, FIRST), "The results of the last tool calls are missing"),
        ((USER, CALLING, FIRST, SECOND, FIRST), "Message 5 is the result of a tool call that nobody made"),
        ((replace(USER, tool_calls=CALLING.tool_calls), FIRST, SECOND), "Message 1 makes tool calls"),
    ],
)
def test_a_conversation_out_of_order_is_refused(messages: tuple[Message, ...], words: str) -> None:
    with pytest.raises(RequestInvalidError, match=words):
        check_request(said(*messages))


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("temperature", (0, 0.3, 2), (-0.1, 2.1, math.nan, math.inf)),
        ("top_p", (0.01, 1), (0, 1.01, -1, math.nan)),
        ("top_k", (0, 1, 40), (-1,)),
        ("repeat_penalty", (0.9, 1.2), (0, -1, 3, math.inf)),
        ("seed", (0, 2**32 - 1), (-1, 2**32)),
    ],
)
def test_sampling_has_its_ranges(name: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    for value in good:
        check_request(ask(sampling=replace(Sampling(), **{name: value})))  # type: ignore[arg-type]  # a field of it
    for value in bad:
        with pytest.raises(RequestInvalidError, match=f"`{name}` is {value}; it has to lie between "):
            check_request(ask(sampling=replace(Sampling(), **{name: value})))  # type: ignore[arg-type]  # a field of it


def pictures(count: int = 1, size: int = 9, kind: MediaType = "image/png") -> tuple[Image, ...]:
    return (Image(kind, b"x" * size),) * count


def test_pictures_within_their_limits_pass() -> None:
    check_request(said(Message("user", "", images=pictures(IMAGES, 9))))
    check_request(said(Message("user", "look", images=pictures(1, IMAGE_BYTES, "image/webp"))))


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((Message("user", "look", images=pictures(1, IMAGE_BYTES + 1)),), "20,971,521 bytes; 20,971,520 are the most"),
        ((Message("user", "look", images=pictures(1, 0)),), "is empty"),
        ((Message("user", "look", images=pictures(IMAGES + 1)),), "9 pictures; 8 are the most"),
        (
            (Message("user", "a", images=pictures(5)), MODEL, Message("user", "b", images=pictures(4))),
            "9 pictures; 8 are the most",
        ),
        ((USER, replace(MODEL, images=pictures())), "Message 2 shows pictures"),
        ((replace(SYSTEM, images=pictures()), USER), "Message 1 shows pictures"),
        (
            (Message("user", "look", images=pictures(1, 9, "image/svg+xml")),),  # type: ignore[arg-type]  # is tried
            r"kind `image/svg\+xml`; these are sent: image/png, image/jpeg",
        ),
    ],
)
def test_pictures_that_nobody_takes_are_refused(messages: tuple[Message, ...], words: str) -> None:
    with pytest.raises(RequestInvalidError, match=words):
        check_request(said(*messages))


def cards(*names: str) -> tuple[ToolCard, ...]:
    return tuple(ToolCard(name, "Does it.", {"type": "object", "properties": {}}) for name in names)


def test_tools_have_names_that_can_be_sent() -> None:
    check_request(ask(tools=cards("read_file", "grep-2", "x" * 64)))
    for name in ("", "read file", "größe", "a.b", "x" * 65, "a\n"):
        with pytest.raises(RequestInvalidError, match="cannot be sent"):
            check_request(ask(tools=cards(name)))
    with pytest.raises(RequestInvalidError, match="Two tools are called `read`"):
        check_request(ask(tools=cards("read", "list", "read")))


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """An address where the test fails when anything arrives."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(json_reply({}))

    async with raw_server(answer) as server:
        yield server.url
        assert server.seen == []


@pytest.mark.parametrize("name", sorted(DIALECTS))
@pytest.mark.parametrize(
    "request_",
    [
        ask(model=""),
        said(USER, USER),
        ask(sampling=Sampling(temperature=9)),
        said(replace(MODEL, images=pictures())),
        ask(tools=cards("a b")),
        ask(max_tokens=0),
    ],
    ids=["model", "order", "sampling", "pictures", "tools", "room"],
)
async def test_no_provider_sends_a_bad_request(name: str, request_: Request, url: str) -> None:
    provider = open_provider(ModelSpec(name, "m"), base_url=url, key="some-key-123")
    with pytest.raises(RequestInvalidError):
        await collect(provider, request_)
    await provider.close()
