"""What every provider that speaks over a wire must keep, whatever its server does."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers.conversation import ask, collect, text_of
from tests.providers.dialects import DIALECTS, WITH_AN_ENGINE, WITHOUT_A_WIRE, Dialect
from tests.providers.raw_server import Seen, in_chunks, json_reply, stream_head
from tests.providers.serving import sends, served
from vivek.errors import (
    ModelAPIError,
    StreamInterruptedError,
)
from vivek.providers.registry import PROVIDERS
from vivek.schema.chunk import Usage

TEXT = "naïve café — 日本 👍🏽 done"
NAMES = sorted(DIALECTS)


@pytest.fixture(params=NAMES)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def test_every_provider_of_the_registry_has_a_place_in_the_contract() -> None:
    assert set(PROVIDERS) == set(DIALECTS) | WITHOUT_A_WIRE | WITH_AN_ENGINE


async def test_the_text_arrives_with_figures_and_reason(dialect: Dialect) -> None:
    pieces = [dialect.piece(word) for word in ("one ", "two ", "three")]

    async with served(dialect, sends(dialect, *pieces, dialect.end)) as (provider, server):
        chunks = await collect(provider)

    assert text_of(chunks) == "one two three"
    assert chunks[-1].finish == "stop"
    assert [chunk.finish for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    usage = chunks[-1].usage or Usage()
    assert (usage.prompt_tokens, usage.completion_tokens) == (7, 3)
    assert [chunk.phase for chunk in chunks if chunk.phase][-1] == "decode"
    body = server.asked(dialect.path)[0].json
    assert dialect.said(body) == [("system", "Be brief."), ("user", "hello")]
    assert body["stream"] is True


async def test_what_one_read_brings_is_one_chunk(dialect: Dialect) -> None:
    several = b"".join(dialect.piece(word) for word in ("a", "b", "c"))

    async with served(dialect, sends(dialect, several, dialect.end)) as (provider, _):
        chunks = await collect(provider)

    assert [chunk.text for chunk in chunks if chunk.text] == ["abc"]


async def test_a_reply_without_its_end_mark_is_interrupted_and_keeps_its_text(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("half an "), dialect.piece("answer"))) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "half an answer"
    assert "end mark" in caught.value.message


async def test_a_body_that_ends_with_its_connection_is_no_proof_of_completeness(dialect: Dialect) -> None:
    answer = sends(dialect, dialect.piece("half"), chunked=False)

    async with served(dialect, answer) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "half"


async def test_a_body_that_ends_with_its_connection_is_whole_with_the_end_mark(dialect: Dialect) -> None:
    answer = sends(dialect, dialect.piece("whole"), dialect.end.rstrip(b"\n"), chunked=False)

    async with served(dialect, answer) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("whole", "stop")


async def test_a_connection_that_breaks_in_a_reply_keeps_its_text(dialect: Dialect) -> None:
    answer = sends(dialect, dialect.piece("so far"), whole=False)

    async with served(dialect, answer) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "so far"
    assert "broke off" in caught.value.message


async def test_a_reply_cut_within_a_line_keeps_the_text_before_it(dialect: Dialect) -> None:
    answer = sends(dialect, dialect.piece("so far"), dialect.piece("lost")[:-9])

    async with served(dialect, answer) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "so far"


async def test_an_error_after_text_is_an_interruption_with_the_servers_words(dialect: Dialect) -> None:
    answer = sends(dialect, dialect.piece("so ") + dialect.piece("far") + dialect.error)

    async with served(dialect, answer) as (provider, _):
        seen = ""
        with pytest.raises(StreamInterruptedError) as caught:
            async for chunk in provider.stream(ask()):
                seen += chunk.text

    assert caught.value.partial == "so far"
    assert seen == "so far", "text before the error of the same read is shown as well as kept"
    assert "the engine stumbled" in caught.value.message


async def test_an_error_before_text_is_no_interruption(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.error)) as (provider, _):
        with pytest.raises(ModelAPIError, match="the engine stumbled") as caught:
            await collect(provider)

    assert not isinstance(caught.value, StreamInterruptedError)


async def test_garbage_after_text_is_an_interruption(dialect: Dialect) -> None:
    garbage = b"data: <html>\x1b[2J\n\n" if "event" in dialect.kind else b"<html>\x1b[2J\n"

    async with served(dialect, sends(dialect, dialect.piece("so far") + garbage)) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "so far"
    assert "<html>\\x1b[2J" in caught.value.message, "control characters must not reach the terminal"


async def test_stopping_closes_the_connection(dialect: Dialect) -> None:
    async def never_ends(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind) + in_chunks(dialect.piece("first"), last=False))
        await asyncio.Event().wait()

    async with served(dialect, never_ends) as (provider, server):
        started = asyncio.Event()

        async def read() -> None:
            async for chunk in provider.stream(ask()):
                if chunk.text:
                    server.hung_up.clear()
                    started.set()

        task = asyncio.create_task(read())
        await asyncio.wait_for(started.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), 30)


async def test_closing_the_iterator_closes_the_connection(dialect: Dialect) -> None:
    async def never_ends(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind) + in_chunks(dialect.piece("first"), last=False))
        await asyncio.Event().wait()

    async with served(dialect, never_ends) as (provider, server):
        stream = provider.stream(ask())
        async for chunk in stream:
            if chunk.text:
                break
        server.hung_up.clear()
        await stream.aclose()  # type: ignore[attr-defined]
        await asyncio.wait_for(server.hung_up.wait(), 30)


async def test_noise_between_the_pieces_changes_nothing(dialect: Dialect) -> None:
    noise = dialect.noise
    body = noise + dialect.piece("on") + noise + noise + dialect.piece("ward") + noise + dialect.end

    async with served(dialect, sends(dialect, body)) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("onward", "stop")


async def test_carriage_returns_before_line_ends_change_nothing(dialect: Dialect) -> None:
    body = (dialect.piece("on") + dialect.piece("ward") + dialect.end).replace(b"\n", b"\r\n")

    async with served(dialect, sends(dialect, body)) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("onward", "stop")


async def test_what_follows_the_end_mark_is_not_read(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("x") + dialect.end + dialect.error)) as (provider, _):
        chunks = await collect(provider)

    assert (text_of(chunks), chunks[-1].finish) == ("x", "stop")


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.floats(0, 1), max_size=12))
def test_any_cut_between_reads_gives_the_same_text(name: str, cuts: list[float]) -> None:
    dialect = DIALECTS[name]
    body = dialect.noise + dialect.piece(TEXT[:9]) + dialect.piece(TEXT[9:]) + dialect.end
    places = sorted({int(cut * len(body)) for cut in cuts} | {0, len(body)})

    async def talk() -> str:
        parts = [body[start:stop] for start, stop in pairwise(places)]
        async with served(dialect, sends(dialect, *parts)) as (provider, _):
            return text_of(await collect(provider))

    assert asyncio.run(talk()) == TEXT


async def test_thoughts_left_in_the_text_are_told_apart(dialect: Dialect) -> None:
    pieces = [dialect.piece(piece) for piece in ("<thi", "nk>edit a.py", "</think>", "\n\nyes")]

    async with served(dialect, sends(dialect, *pieces, dialect.end)) as (provider, _):
        chunks = await collect(provider)

    assert text_of(chunks) == "yes"
    assert "".join(chunk.thinking for chunk in chunks) == "edit a.py"


async def test_what_was_held_back_as_a_possible_tag_is_not_lost(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect, dialect.piece("<thi"), dialect.end)) as (provider, _):
        assert text_of(await collect(provider)) == "<thi"
    async with served(dialect, sends(dialect, dialect.piece("<thi"))) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)
    assert caught.value.partial == "<thi"
