import asyncio
import json

import pytest

from tests.providers.conversation import ask, text_of
from tests.providers.raw_server import Seen, in_chunks, raw_server, stream_head
from vivek.errors import ModelAPIError, ProviderUnavailableError, StreamInterruptedError
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.openai import chat_body, read_progress, read_usage, stream_chat
from vivek.schema.chunk import Chunk, Progress, Usage
from vivek.schema.request import Sampling

DONE = "data: [DONE]\n\n"
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}


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


def test_the_body_has_only_what_every_server_knows() -> None:
    request = ask(sampling=Sampling(temperature=0.0, top_p=0.5, top_k=40, repeat_penalty=1.1, seed=7), schema=SCHEMA)

    assert chat_body(request) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 64,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 7,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
        },
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert chat_body(ask()).keys() == {"model", "messages", "stream", "stream_options", "max_tokens"}


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
        delta(index=None, content="yes"),
        delta("stop"),
        DONE,
    )

    assert text_of(chunks) == "yes"
    assert chunks[-1].finish == "stop"


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


async def test_progress_is_told_as_prefill() -> None:
    def at(processed: int) -> str:
        return event(choices=[], prompt_progress={"total": 100, "cache": 10, "processed": processed, "time_ms": 250})

    chunks = await chunks_of(at(10), at(64), at(100) + delta(content="x"), delta("stop"), DONE)

    assert [chunk.phase for chunk in chunks] == ["prefill", None, "decode", None]
    assert [chunk.progress and chunk.progress.processed for chunk in chunks] == [10, 64, 100, None]
    assert chunks[0].progress == Progress(10, 100, 10, 0.25)


@pytest.mark.parametrize(
    ("payload", "usage"),
    [
        ({}, None),
        ({"usage": None}, None),
        ({"usage": {}}, None),
        ({"usage": {"prompt_tokens": -3, "completion_tokens": "4"}}, Usage()),
        (
            {"usage": {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}},
            Usage(12, 8, 3),
        ),
        ({"usage": {"prompt_tokens": 12}, "timings": {}}, Usage(12)),
        (
            {
                "usage": {"prompt_tokens": 12, "completion_tokens": 3},
                "timings": {"cache_n": 8, "prompt_n": 4, "prompt_ms": 500, "predicted_n": 3, "predicted_ms": 250.0},
            },
            Usage(12, 8, 3, prefill_seconds=0.5, decode_seconds=0.25),
        ),
        ({"usage": {"prompt_tokens": 12}, "timings": {"prompt_n": 4}}, Usage(12)),
    ],
)
def test_figures_are_read_where_they_were_measured(payload: dict[str, object], usage: Usage | None) -> None:
    assert read_usage(payload) == usage


@pytest.mark.parametrize("value", [None, {}, {"total": 5}, {"total": "5", "processed": 1}])
def test_progress_that_says_nothing_is_none(value: object) -> None:
    assert read_progress(value) is None
