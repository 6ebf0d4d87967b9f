import asyncio
import json

import pytest

from tests.providers.conversation import calls_of, text_of
from tests.providers.raw_server import Seen, in_chunks, raw_server, stream_head
from vivek.errors import ModelAPIError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.openai import ChatEvents, stream_chat
from vivek.providers.wire.reply import ReplyInProgress
from vivek.schema.chunk import Chunk, Progress, Usage
from vivek.schema.tools import ToolCall

DONE = "data: [DONE]\n\n"


def event(**payload: object) -> str:
    return f"data: {json.dumps(payload)}\n\n"


def delta(finish: object = None, index: object = 0, **fields: object) -> str:
    return event(choices=[{"index": index, "delta": fields, "finish_reason": finish}])


async def chunks_of(*reads: str) -> list[Chunk]:
    """Return the chunks of a stream whose bytes arrive in these reads."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(stream_head("text/event-stream"))
        for read in reads:
            writer.write(in_chunks(read.encode(), last=False))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(in_chunks(b""))

    async with raw_server(answer) as server:
        door = HttpDoor(server.url)
        try:
            return [chunk async for chunk in stream_chat(door, {"model": "m"})]
        finally:
            await door.close()


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_thoughts_are_told_apart(field: str) -> None:
    chunks = await chunks_of(delta(**{field: "hm"}), delta(content="yes"), delta("stop"), DONE)

    assert "".join(chunk.thinking for chunk in chunks) == "hm"
    assert text_of(chunks) == "yes"


async def test_odd_events_are_skipped() -> None:
    chunks = await chunks_of(
        event(choices=[]),
        event(choices=None),
        event(choices=["x"]),
        event(choices=[{"index": 0, "delta": None, "finish_reason": None}]),
        event(object="ping"),
        delta(content=None),
        delta(content=["part"]),
        delta(index=1, content="another choice"),
        delta(index={}, content="no index"),
        delta(index=None, content="yes"),
        delta("stop"),
        DONE,
    )

    assert text_of(chunks) == "yes"
    assert chunks[-1].finish == "stop"


async def test_a_refusal_in_a_field_of_its_own_is_text() -> None:
    chunks = await chunks_of(delta(refusal="I can't "), delta(refusal="help."), delta("stop"), DONE)
    assert text_of(chunks) == "I can't help."


async def test_a_role_that_changes_and_a_second_choice_change_nothing() -> None:
    chunks = await chunks_of(
        delta(role="assistant", content="yes"),
        event(choices=[{"index": 1, "delta": {"tool_calls": [{"index": 0, "id": "x", "function": {"name": "run"}}]}}]),
        delta(role="user", content="!"),
        delta("stop"),
        DONE,
    )
    assert text_of(chunks) == "yes!"
    assert calls_of(chunks) == []


async def test_a_call_ends_with_the_reason_of_calls_even_where_the_server_says_stop() -> None:
    begun = delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "look", "arguments": "{}"}}])

    whole = await chunks_of(begun, delta("stop"), DONE)
    cut = await chunks_of(begun, delta("length"), DONE)
    untold = await chunks_of(begun, DONE)

    assert [chunks[-1].finish for chunks in (whole, cut, untold)] == ["tool_calls", "length", "other"]
    assert calls_of(whole) == [ToolCall("c", "look", "{}")]
    assert [chunk.phase for chunk in whole] == ["decode", None]


async def test_a_failure_after_a_call_began_is_an_interruption() -> None:
    begun = delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "look"}}])
    with pytest.raises(StreamInterruptedError, match="overloaded"):
        await chunks_of(begun, event(error={"message": "overloaded", "code": 502}))
    with pytest.raises(StreamInterruptedError, match="end mark"):
        await chunks_of(begun)


@pytest.mark.parametrize(
    "end",
    [
        "data: [DONE]\n\ndata: [DONE]\n\n",
        "data: [DONE]\n\ndata: {broken\n\n",
        "data:[DONE]\n\n",
        "data: [DONE] \r\n\r\n",
    ],
)
async def test_what_follows_the_end_mark_is_not_read(end: str) -> None:
    chunks = await chunks_of(delta(content="yes"), delta("stop"), end)
    assert (text_of(chunks), chunks[-1].finish) == ("yes", "stop")


@pytest.mark.parametrize(
    ("told", "reason"), [("length", "length"), ("content_filter", "content_filter"), ("odd", "other")]
)
async def test_the_reason_is_handed_on(told: str, reason: str) -> None:
    chunks = await chunks_of(delta(content="x"), delta(told), DONE)
    assert chunks[-1].finish == reason


async def test_an_end_mark_without_a_reason_is_no_stop() -> None:
    chunks = await chunks_of(delta(content="x"), DONE)
    assert chunks[-1] == Chunk(finish="other")


async def test_a_reason_without_the_end_mark_is_no_end() -> None:
    with pytest.raises(StreamInterruptedError) as caught:
        await chunks_of(delta(content="x"), delta("stop"), event(choices=[], usage={"prompt_tokens": 1}))
    assert caught.value.partial == "x"


@pytest.mark.parametrize(
    "failure",
    [
        event(error={"message": "overloaded", "code": 502}),
        event(error="overloaded"),
        event(object="error", message="overloaded", code=503),
        event(choices=[{"delta": {}, "finish_reason": "error"}], error={"code": "overloaded", "message": "overloaded"}),
        event(choices=[{"delta": {}, "finish_reason": "error", "error": {"code": 502, "message": "overloaded"}}]),
        'error: {"code": 500, "message": "overloaded", "type": "server_error"}\n\n',
        'event: error\ndata: {"error": {"message": "overloaded"}}\n\n',
        "error: overloaded\n\n",
    ],
)
async def test_every_shape_of_an_error_in_the_stream_is_known(failure: str) -> None:
    with pytest.raises(ModelAPIError, match="overloaded"):
        await chunks_of(failure)
    with pytest.raises(StreamInterruptedError, match="overloaded") as caught:
        await chunks_of(delta(content="so far") + failure + DONE)
    assert caught.value.partial == "so far"


async def test_a_reason_of_error_alone_is_never_an_answer() -> None:
    with pytest.raises(StreamInterruptedError, match="ended with an error") as caught:
        await chunks_of(delta(content="so far"), delta("error"), DONE)
    assert caught.value.partial == "so far"


async def test_an_error_with_a_transient_number_before_text_can_be_tried_again() -> None:
    with pytest.raises(ProviderUnavailableError):
        await chunks_of(event(error={"message": "provider down", "code": 502}))


async def test_a_line_over_the_cap_is_an_error() -> None:
    with pytest.raises(ModelAPIError, match="more than 16,777,216 bytes"):
        await chunks_of(*(["data: " + "x" * 4_194_304] + ["x" * 4_194_304] * 3 + ["x\n\n"]))


async def test_a_stream_without_a_single_event_shows_what_came() -> None:
    with pytest.raises(StreamInterruptedError, match="It sent: hello there"):
        await chunks_of("hello there")


async def test_a_stream_of_nothing_is_interrupted() -> None:
    with pytest.raises(StreamInterruptedError, match=r"without its end mark\.$"):
        await chunks_of()


async def test_the_figures_of_the_last_usage_count() -> None:
    chunks = await chunks_of(
        delta(content="x"),
        event(choices=[], usage={"prompt_tokens": 1, "completion_tokens": 1}),
        event(choices=[], usage=None),
        event(choices=[], usage={"prompt_tokens": 9, "completion_tokens": 4}),
        delta("stop"),
        DONE,
    )
    assert chunks[-1].usage == Usage(prompt_tokens=9, completion_tokens=4)


def test_progress_is_told_as_prefill() -> None:
    def at(processed: int) -> str:
        return event(choices=[], prompt_progress={"total": 100, "cache": 10, "processed": processed, "time_ms": 250})

    reader, reply = ChatEvents(HttpDoor("http://127.0.0.1:1")), ReplyInProgress("S")
    reads = (at(10), at(64), at(100) + delta(content="x"))
    chunks = [chunk for read in reads if (chunk := reply.chunk(*reader.read(read.encode())))]

    assert [chunk.phase for chunk in chunks] == ["prefill", None, "decode"]
    assert [chunk.progress and chunk.progress.processed for chunk in chunks] == [10, 64, 100]
    assert chunks[0].progress == Progress(10, 100, 10, 0.25)


STREAM = (
    ": keepalive 1/9\n\n"
    + delta(role="assistant", content=None)
    + delta(reasoning_content="hm 日")
    + delta(content="naïve 👍🏽")
    + delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "look", "arguments": '{"p": "é'}}])
    + delta(tool_calls=[{"index": 0, "function": {"arguments": '"}'}}])
    + delta("tool_calls")
    + event(choices=[], usage={"prompt_tokens": 9, "completion_tokens": 4, "cost": 0.5})
    + DONE
).encode()


def read_in(*reads: bytes) -> tuple[str, str, list[ToolCall], Usage | None, str | None, bool]:
    reader = ChatEvents(HttpDoor("http://127.0.0.1:1"))
    pieces = [*(reader.read(read) for read in reads), reader.read_end()]
    reader.check()
    text, thinking = ("".join(each) for each in zip(*((piece.text, piece.thinking) for piece in pieces), strict=True))
    calls = calls_of([Chunk(tool_calls=piece.tool_calls) for piece in pieces])
    return text, thinking, calls, reader.usage, reader.finish, reader.done


def test_a_cut_at_every_byte_gives_the_same_reply() -> None:
    whole = read_in(STREAM)
    assert whole[:3] == ("naïve 👍🏽", "hm 日", [ToolCall("c", "look", '{"p": "é"}')])
    assert whole[3:] == (Usage(9, None, 4, cost=0.5), "tool_calls", True)
    for place in range(len(STREAM) + 1):
        assert read_in(STREAM[:place], STREAM[place:]) == whole
    assert read_in(*(STREAM[place : place + 1] for place in range(len(STREAM)))) == whole
