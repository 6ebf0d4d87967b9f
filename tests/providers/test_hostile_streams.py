"""Streams that no server should send, over real sockets, for every dialect; `test_hostile_servers.py` has the list."""

import re
import time

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.dialects import DIALECTS, Dialect
from tests.providers.raw_server import json_reply, reply
from tests.providers.serving import refuses, sends, served
from vivek.errors import ModelAPIError, StreamInterruptedError
from vivek.providers.wire.reply import ReplyInProgress
from vivek.schema.chunk import Usage

FIGURES = re.compile(
    rb'("(?:prompt_tokens|completion_tokens|total_tokens|prompt_eval_count|eval_count|input_tokens|output_tokens'
    rb'|cache_n|prompt_n|predicted_n|prompt_ms|predicted_ms|\w+_duration)": ?)[\d.]+'
)


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\xff\xfe\r\n\r\n", b"HTTP/9.9 abc\r\n\r\n", b"\r\n\r\n" * 50])
async def test_garbage_instead_of_a_status_line_is_told(dialect: Dialect, garbage: bytes) -> None:
    async with served(dialect, refuses(dialect, garbage)) as (provider, _):
        with pytest.raises(ModelAPIError) as caught:
            await collect(provider)
    assert caught.value.message.isprintable()


async def test_json_instead_of_a_stream_is_told_with_its_beginning(dialect: Dialect) -> None:
    async with served(dialect, refuses(dialect, json_reply({"choices": [{"text": "hello"}]}))) as (provider, _):
        with pytest.raises(ModelAPIError, match=r'application/json instead of [\w/-]+: \{"choices": \['):
            await collect(provider)


async def test_another_framing_is_told_as_such(dialect: Dialect) -> None:
    other = DIALECTS["ollama" if "event" in dialect.kind else "openai_compat"]
    body = other.piece("hello") * 3 + other.end

    async with served(dialect, refuses(dialect, reply("200 OK", other.kind, body))) as (provider, _):
        with pytest.raises(ModelAPIError, match=f"instead of {dialect.kind.partition(';')[0]}"):
            await collect(provider)
    async with served(dialect, refuses(dialect, reply("200 OK", dialect.kind, body))) as (provider, _):
        with pytest.raises(ModelAPIError):
            await collect(provider)


async def test_bytes_that_are_no_text_show_as_replacement_characters(dialect: Dialect) -> None:
    broken = dialect.piece("a@b@c").replace(b"@", b"\xff", 1).replace(b"@", b"\xe2\x82", 1)

    async with served(dialect, sends(dialect, broken, dialect.end)) as (provider, _):
        assert text_of(await collect(provider)) == "a\ufffdb\ufffdc"


async def test_a_line_of_ten_megabytes_is_read(dialect: Dialect) -> None:
    text = "0123456789" * 1_000_000

    async with served(dialect, sends(dialect, dialect.piece(text), dialect.end)) as (provider, _):
        assert text_of(await collect(provider)) == text


async def test_a_line_without_an_end_is_broken_off(dialect: Dialect) -> None:
    start = dialect.piece("x").partition(b"x")[0]
    answer = sends(dialect, dialect.piece("so far"), start, *([b"x" * 1_000_000] * 20))

    async with served(dialect, answer) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="a line of more than 16,777,216 bytes") as caught:
            await collect(provider)
    assert caught.value.partial == "so far"


async def test_a_million_empty_events_take_little_time(dialect: Dialect) -> None:
    nothing = b"data:\n\n" if "event" in dialect.kind else b"\n"
    answer = sends(dialect, *([nothing * 50_000] * 20), dialect.piece("yes"), dialect.end)

    began = time.process_time()
    async with served(dialect, answer) as (provider, _):
        assert text_of(await collect(provider)) == "yes"
    assert time.process_time() - began < 20  # about 1 s; what would be wrong is minutes


async def test_a_reply_without_an_end_is_broken_off() -> None:
    limited = ReplyInProgress("S", limit=10_000)
    with pytest.raises(StreamInterruptedError, match="more than 10,000 characters") as caught:
        for _ in range(11):
            limited.chunk("x" * 1_000, "")
    assert len(caught.value.partial) == 11_000

    real = ReplyInProgress("S")
    with pytest.raises(StreamInterruptedError, match="more than 200,000,000 characters") as caught:
        for _ in range(201):
            real.chunk("x" * 1_000_000, "")
    assert len(caught.value.partial) < 10_000, "of a reply that is too long to be held the two ends are kept"


async def test_two_end_marks_are_one(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("x"), dialect.end + dialect.end)) as (provider, _):
        chunks = await collect(provider)
    assert [chunk.finish for chunk in chunks if chunk.finish] == ["stop"]
    assert text_of(chunks) == "x"


async def test_a_thought_without_an_end_is_never_an_answer(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("<think>edit a.py"), dialect.end)) as (provider, _):
        chunks = await collect(provider)
    assert text_of(chunks) == ""
    assert "".join(chunk.thinking for chunk in chunks) == "edit a.py"


async def test_what_was_held_back_is_shown_when_the_connection_breaks(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("<thi"), whole=False)) as (provider, _):
        seen = ""
        with pytest.raises(StreamInterruptedError, match="broke off") as caught:
            async for chunk in provider.stream(ask()):
                seen += chunk.text
    assert seen == caught.value.partial == "<thi"


@pytest.mark.parametrize("figure", [b"null", b"-7", b'"7"', b"true", b"1.5e400", b"[]", b"{}"])
async def test_figures_that_are_none_are_unknown(dialect: Dialect, figure: bytes) -> None:
    end = FIGURES.sub(rb"\g<1>" + figure, dialect.end)
    assert end != dialect.end

    async with served(dialect, sends(dialect, dialect.piece("x"), end)) as (provider, _):
        chunks = [chunk async for chunk in provider.stream(ask())]

    assert text_of(chunks) == "x"
    assert chunks[-1].usage in (None, Usage())
