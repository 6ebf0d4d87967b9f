"""What every provider that speaks over a wire must keep, whatever its server does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers.conversation import ask, collect, text_of
from tests.providers.dialects import DIALECTS, WITH_AN_ENGINE, WITHOUT_A_WIRE, Dialect
from tests.providers.raw_server import Answer, RawServer, Seen, in_chunks, json_reply, raw_server, reply, stream_head
from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    StreamInterruptedError,
)
from vivek.providers.base import Provider
from vivek.providers.registry import EXAMPLES
from vivek.providers.wire.http import Timeouts
from vivek.schema.chunk import Usage

TEXT = "naïve café — 日本 👍🏽 done"
NAMES = sorted(DIALECTS)


@pytest.fixture(params=NAMES)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def sends(dialect: Dialect, *pieces: bytes, chunked: bool = True, whole: bool = True) -> Answer:
    """Answer a chat with `pieces`, each in a write of its own; other questions with an empty object."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind, chunked=chunked))
        for piece in pieces:
            writer.write(in_chunks(piece, last=False) if chunked else piece)
            await writer.drain()
            await asyncio.sleep(0)
        if chunked and whole:
            writer.write(in_chunks(b""))

    return answer


def refuses(dialect: Dialect, answer: bytes) -> Answer:
    async def give(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer if request.path == dialect.path else json_reply({}))

    return give


@asynccontextmanager
async def served(
    dialect: Dialect, answer: Answer, timeouts: Timeouts | None = None
) -> AsyncIterator[tuple[Provider, RawServer]]:
    async with raw_server(answer) as server:
        provider = dialect.open(server.url, timeouts)
        try:
            yield provider, server
        finally:
            await provider.close()


def test_every_provider_of_the_registry_has_a_place_in_the_contract() -> None:
    assert set(EXAMPLES) == set(DIALECTS) | WITHOUT_A_WIRE | WITH_AN_ENGINE


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
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]
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


async def test_nobody_listening_is_told_with_the_address_and_what_to_do(dialect: Dialect) -> None:
    provider = dialect.open("http://127.0.0.1:1", None)
    with pytest.raises(ProviderUnavailableError) as caught:
        await collect(provider)
    health = await provider.health()
    await provider.close()

    assert "http://127.0.0.1:1" in caught.value.message
    assert "--model" in caught.value.hint
    assert not health.ok


async def test_a_server_that_hangs_up_at_once_is_unavailable(dialect: Dialect) -> None:
    async def hang_up(request: Seen, writer: asyncio.StreamWriter) -> None:
        return

    async with served(dialect, hang_up) as (provider, _):
        with pytest.raises(ProviderUnavailableError, match="without an answer"):
            await collect(provider)


@pytest.mark.parametrize(
    ("limits", "answered"),
    [(Timeouts(load=0.05), False), (Timeouts(first_token=0.05), True)],
    ids=["before the status", "before the first token"],
)
async def test_silence_before_text_is_a_timeout(dialect: Dialect, limits: Timeouts, answered: bool) -> None:
    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        if answered:
            writer.write(stream_head(dialect.kind))
        await asyncio.Event().wait()

    async with served(dialect, silent, limits) as (provider, _):
        with pytest.raises(ProviderTimeoutError):
            await collect(provider)


async def test_silence_after_text_is_an_interruption(dialect: Dialect) -> None:
    async def stalls(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind) + in_chunks(dialect.piece("so far"), last=False))
        await asyncio.Event().wait()

    async with served(dialect, stalls, Timeouts(between_tokens=0.05)) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)

    assert caught.value.partial == "so far"


async def test_a_web_page_instead_of_a_reply_is_named(dialect: Dialect) -> None:
    page = reply("200 OK", "text/html; charset=utf-8", b"<!doctype html>\n<title>Log in</title>" + b"x" * 500)

    async with served(dialect, refuses(dialect, page)) as (provider, _):
        with pytest.raises(ModelAPIError) as caught:
            await collect(provider)

    assert "text/html" in caught.value.message
    assert "<!doctype html>\\n<title>" in caught.value.message
    assert "--base-url" in caught.value.hint


async def test_a_redirect_is_refused(dialect: Dialect) -> None:
    moved = reply("302 Found", "text/plain", b"", Location="http://elsewhere.example/v1")

    async with served(dialect, refuses(dialect, moved)) as (provider, server):
        with pytest.raises(ModelAPIError, match=r"elsewhere\.example"):
            await collect(provider)
        assert len(server.asked(dialect.path)) == 1


async def test_noise_that_is_no_http_is_told(dialect: Dialect) -> None:
    async with served(dialect, refuses(dialect, b"SSH-2.0-OpenSSH_9.2\r\n\r\n")) as (provider, _):
        with pytest.raises(ModelAPIError, match="does not speak HTTP"):
            await collect(provider)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("401 Unauthorized", AuthenticationError),
        ("403 Forbidden", AuthenticationError),
        ("429 Too Many Requests", RateLimitError),
        ("500 Internal Server Error", ProviderUnavailableError),
        ("502 Bad Gateway", ProviderUnavailableError),
        ("503 Service Unavailable", ProviderUnavailableError),
        ("507 Insufficient Storage", ModelAPIError),
    ],
)
async def test_a_status_has_its_error(dialect: Dialect, status: str, kind: type[ModelAPIError]) -> None:
    answer = json_reply({"error": "no"}, status, Retry_After="3")

    async with served(dialect, refuses(dialect, answer)) as (provider, _):
        with pytest.raises(kind) as caught:
            await collect(provider)

    assert type(caught.value) is kind
    assert status[:3] in caught.value.message
    if isinstance(caught.value, RateLimitError | ProviderUnavailableError):
        assert caught.value.retry_after == 3.0


async def test_a_prompt_that_is_too_long_is_told_with_both_numbers(dialect: Dialect) -> None:
    error = {
        "code": 400,
        "type": "exceed_context_size_error",
        "message": "the request exceeds the available context size",
        "n_prompt_tokens": 9012,
        "n_ctx": 4096,
    }
    body: object = {"error": error}
    if dialect is DIALECTS["ollama"]:
        body = {"error": json.dumps(body)}

    async with served(dialect, refuses(dialect, json_reply(body, "400 Bad Request"))) as (provider, _):
        with pytest.raises(ContextWindowExceededError) as caught:
            await collect(provider)

    assert (caught.value.needed, caught.value.window) == (9012, 4096)
    assert "9,012" in caught.value.message
    assert "4,096" in caught.value.message


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
