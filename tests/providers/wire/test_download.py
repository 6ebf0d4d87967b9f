"""The one door that follows redirects: how far, whereto, and with what."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.providers.raw_server import RawServer, Seen, raw_server, reply
from vivek.errors import (
    AuthenticationError,
    ConfigError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    VivekError,
)
from vivek.providers.wire.download import MOST_REDIRECTS, Downloader, DownloadTimeouts
from vivek.schema.secret import Secret

DATA = b"0123456789" * 1_000


def redirect(target: str, status: str = "302 Found") -> bytes:
    return reply(status, "text/plain", b"", Location=target)


@asynccontextmanager
async def answering(respond: Callable[[Seen], bytes]) -> AsyncIterator[RawServer]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(respond(request))

    async with raw_server(answer) as server:
        yield server


async def read(
    url: str, *, start: int = 0, tag: str = "", downloader: Downloader | None = None
) -> tuple[bytes, int, int | None, tuple[str, ...]]:
    async with (downloader or Downloader()).open(url, start=start, tag=tag) as arriving:
        data = b"".join([piece async for piece in arriving.pieces])
    return data, arriving.start, arriving.total, arriving.hosts


async def test_a_file_comes_as_it_is() -> None:
    async with answering(lambda _: reply("200 OK", "application/octet-stream", DATA)) as server:
        assert await read(f"{server.url}/a") == (DATA, 0, len(DATA), ("127.0.0.1",))

    assert server.seen[0].headers["accept-encoding"] == "identity"
    assert "range" not in server.seen[0].headers


async def test_redirects_are_followed_and_every_host_is_named() -> None:
    async with answering(lambda _: reply("200 OK", "x/y", DATA)) as storage:
        there = storage.url.replace("127.0.0.1", "localhost")
        async with answering(lambda _: redirect(f"{there}/b")) as server:
            data, _, _, hosts = await read(f"{server.url}/a", start=0)

    assert data == DATA
    assert hosts == ("127.0.0.1", "localhost")


@pytest.mark.parametrize("status", ["301 x", "303 x", "307 x", "308 x"])
async def test_a_redirect_may_be_relative(status: str) -> None:
    def respond(request: Seen) -> bytes:
        return redirect("../b?x=1", status) if request.path == "/a/c" else reply("200 OK", "x/y", DATA)

    async with answering(respond) as server:
        assert (await read(f"{server.url}/a/c"))[0] == DATA
    assert server.seen[-1].path == "/b?x=1"


async def test_a_range_and_its_condition_travel_along() -> None:
    def respond(request: Seen) -> bytes:
        if request.path == "/a":
            return redirect("/b")
        return reply("206 Partial Content", "x/y", DATA[7:], Content_Range=f"bytes 7-{len(DATA) - 1}/{len(DATA)}")

    async with answering(respond) as server:
        assert await read(f"{server.url}/a", start=7, tag='"t"') == (DATA[7:], 7, len(DATA), ("127.0.0.1",))
    assert [(seen.headers["range"], seen.headers["if-range"]) for seen in server.seen] == [("bytes=7-", '"t"')] * 2


@pytest.mark.parametrize("tag", ['W/"weak"', "bare", '"a\r\nX: y"', '"a" "b"', '"' + "x" * 300 + '"'])
async def test_a_tag_that_cannot_prove_anything_is_not_sent(tag: str) -> None:
    async with answering(lambda _: reply("200 OK", "x/y", DATA)) as server:
        await read(f"{server.url}/a", start=7, tag=tag)

    assert "if-range" not in server.seen[0].headers
    assert "x" not in server.seen[0].headers


async def test_too_long_a_chain_is_cut() -> None:
    def respond(request: Seen) -> bytes:
        return redirect(f"/{int(request.path[1:]) + 1}")

    async with answering(respond) as server:
        with pytest.raises(ModelAPIError, match="more than 5 times"):
            await read(f"{server.url}/0")
    assert len(server.seen) == MOST_REDIRECTS + 1


@pytest.mark.covers("N02")
@pytest.mark.parametrize(
    "target",
    ["http://example.org/a", "ftp://127.0.0.1/a", "file:///etc/passwd", "http://user:pass@127.0.0.1/a", "http://["],
)
async def test_a_redirect_to_where_nothing_is_fetched_from_is_refused(target: str) -> None:
    async with answering(lambda _: redirect(target)) as server:
        with pytest.raises(ModelAPIError, match=r"nothing is fetched from|is no address"):
            await read(f"{server.url}/a")
    assert len(server.seen) == 1


def test_a_host_outside_does_not_lead_into_this_machine() -> None:
    import httpx

    from vivek.providers.wire.download import _next

    outside = httpx.URL("https://host.example/a")
    for inside in ("http://127.0.0.1:8080/x", "https://localhost/x", "http://[::1]/x", "https://0.0.0.0/x"):
        with pytest.raises(ModelAPIError, match="nothing is fetched from"):
            _next(outside, outside, inside, ["host.example"])
    assert str(_next(outside, outside, "https://store.example/y", ["host.example"])) == "https://store.example/y"


async def test_the_key_reaches_its_host_and_no_other() -> None:
    async with answering(lambda _: reply("200 OK", "x/y", DATA)) as storage:
        ways = {"/a": "/b", "/b": f"{storage.url}/c"}
        async with answering(lambda request: redirect(ways[request.path])) as server:
            downloader = Downloader(key=Secret("hunter2"), own=server.url)
            await read(f"{server.url}/a", downloader=downloader)
            await read(f"{storage.url}/d", downloader=downloader)

    assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer hunter2"] * 2
    assert [seen.headers.get("authorization") for seen in storage.seen] == [None, None]


@pytest.mark.parametrize("url", ["http://host.example/a.gguf", "ftp://127.0.0.1/a", "http://", "nonsense url"])
async def test_an_unsafe_address_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigError):
        await read(url)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("401 x", AuthenticationError),
        ("403 x", AuthenticationError),
        ("404 x", ModelNotFoundError),
        ("410 x", ModelNotFoundError),
        ("429 x", RateLimitError),
        ("503 x", ProviderUnavailableError),
        ("500 x", ProviderUnavailableError),
        ("418 x", ModelAPIError),
    ],
)
async def test_a_refusal_is_told_as_what_it_is(status: str, kind: type[VivekError]) -> None:
    async with answering(lambda _: reply(status, "text/html", b"<html>", Retry_After="7")) as server:
        with pytest.raises(kind) as error:
            await read(f"{server.url}/a")
    assert type(error.value) is kind
    assert error.value.hint
    if kind in {RateLimitError, ProviderUnavailableError}:
        assert getattr(error.value, "retry_after", None) == 7


async def test_fewer_bytes_there_than_here_begin_anew() -> None:
    def respond(request: Seen) -> bytes:
        if "range" in request.headers:
            return reply("416 Range Not Satisfiable", "text/plain", b"", Content_Range="bytes */10000")
        return reply("200 OK", "x/y", DATA)

    async with answering(respond) as server:
        assert await read(f"{server.url}/a", start=20_000) == (DATA, 0, len(DATA), ("127.0.0.1",))


@pytest.mark.parametrize("given", ["bytes 8-9999/10000", "bytes */10000", "items 7-9/10", ""])
async def test_another_part_than_asked_for_is_refused(given: str) -> None:
    async with answering(lambda _: reply("206 Partial Content", "x/y", DATA[7:], Content_Range=given)) as server:
        with pytest.raises(ModelAPIError, match="another part"):
            await read(f"{server.url}/a", start=7)


async def test_a_packed_file_is_refused() -> None:
    async with answering(lambda _: reply("200 OK", "x/y", b"\x1f\x8b", Content_Encoding="gzip")) as server:
        with pytest.raises(ModelAPIError, match="packed"):
            await read(f"{server.url}/a")


async def test_nobody_there_and_somebody_silent_are_told() -> None:
    with pytest.raises(ProviderUnavailableError, match="nothing listens"):
        await read("http://127.0.0.1:9/a")

    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with raw_server(silent) as server:
        with pytest.raises(ProviderTimeoutError, match="did not answer within"):
            await read(f"{server.url}/a", downloader=Downloader(timeouts=DownloadTimeouts(status=0.1)))


async def test_leaving_in_the_middle_closes_the_connection() -> None:
    async def endless(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 1_000)
            await writer.drain()
            await asyncio.sleep(0.001)

    async with raw_server(endless) as server:
        async with Downloader().open(f"{server.url}/a") as arriving:
            await anext(arriving.pieces)
        await asyncio.wait_for(server.hung_up.wait(), 5)
