"""What every provider that speaks over a wire must tell when its server fails."""

import asyncio
import json

import pytest

from tests.providers.conversation import collect
from tests.providers.dialects import DIALECTS, Dialect
from tests.providers.raw_server import Seen, in_chunks, json_reply, reply, stream_head
from tests.providers.serving import refuses, served
from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    StreamInterruptedError,
)
from vivek.providers.wire.http import Timeouts


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


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


@pytest.mark.covers("N01")
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
