"""Connections: certificates, how long they are kept, proxies."""

import asyncio

import pytest

from tests.providers.tls_server import certificate, tls_server
from vivek.errors import ConfigError, ProviderUnavailableError
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor

SSE = "text/event-stream"
OBJECT = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\ne\r\ndata: [DONE]\n\n\r\n"
)
END = b"0\r\n\r\n"


@pytest.fixture
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate("good")))


@pytest.mark.usefixtures("_trusted")
async def test_a_certificate_that_the_user_names_is_trusted() -> None:
    async with tls_server(OBJECT) as server:
        door = HttpDoor(server.url)
        assert await door.get_json("/x") == {"a": 1}
        await door.close()


@pytest.mark.covers("N05")
@pytest.mark.parametrize(
    ("name", "trusted", "why", "hint"),
    [
        ("good", False, "self-signed certificate", "SSL_CERT_FILE"),
        ("expired", True, "certificate has expired", "certificate"),
        ("early", True, "certificate is not yet valid", "certificate"),
        ("elsewhere", True, "certificate is not valid for '127.0.0.1'", "address"),
    ],
)
async def test_a_certificate_that_cannot_be_trusted_is_told_with_the_clock(
    name: str, trusted: bool, why: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate(name)))
    async with tls_server(OBJECT, name=name) as server:
        door = HttpDoor(server.url, server="S")
        with pytest.raises(ProviderUnavailableError) as caught:
            await door.get_json("/x")
        await door.close()

    assert caught.value.message.startswith(f"No secure connection to S at {server.url}: ")
    assert why in caught.value.message
    assert "_ssl.c" not in caught.value.message
    assert "clock of this machine" in caught.value.hint
    assert hint in caught.value.hint
    assert server.requests in ([], [[]]), "nothing was sent"


def test_certificates_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(ConfigError, match="SSL_CERT_FILE=/nowhere"):
        HttpDoor("https://127.0.0.1:1")


@pytest.mark.usefixtures("_trusted")
async def test_an_encrypted_connection_is_used_again() -> None:
    async with tls_server(OBJECT) as server:
        door = HttpDoor(server.url, headers=bearer_header("abcdefgh"))
        for _ in range(3):
            await door.get_json("/x")
        await door.close()

    assert [len(asked) for asked in server.requests] == [3]
    assert all("authorization: bearer abcdefgh" in head.lower() for head in server.requests[0])


@pytest.mark.usefixtures("_trusted")
async def test_a_stream_read_to_its_end_leaves_its_connection_for_the_next() -> None:
    async with tls_server(STREAM + END) as server:
        door = HttpDoor(server.url)
        for _ in range(2):
            async with door.post_stream("/x", {}, accept=SSE) as stream:
                await anext(stream)  # the end mark; what frames the body is left
        await door.close()

    assert [len(asked) for asked in server.requests] == [2]


@pytest.mark.usefixtures("_trusted")
async def test_a_stream_that_does_not_end_after_its_end_mark_is_not_waited_for() -> None:
    async with tls_server(STREAM, hold=True) as server:
        door = HttpDoor(server.url)
        async with asyncio.timeout(5):
            async with door.post_stream("/x", {}, accept=SSE) as stream:
                await anext(stream)
            await server.hung_up.wait()
        await door.close()


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
async def test_a_stream_left_in_the_middle_closes_its_connection(error: type[BaseException]) -> None:
    async with tls_server(STREAM, hold=True) as server:
        door = HttpDoor(server.url)
        with pytest.raises(error):
            async with door.post_stream("/x", {}, accept=SSE):
                raise error
        await asyncio.wait_for(server.hung_up.wait(), 5)
        await door.close()


@pytest.mark.usefixtures("_trusted")
async def test_closing_closes_what_was_kept() -> None:
    async with tls_server(OBJECT) as server:
        door = HttpDoor(server.url)
        await door.get_json("/x")
        assert not server.hung_up.is_set()
        await door.close()
        await asyncio.wait_for(server.hung_up.wait(), 5)


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:1", "http://127.0.0.1:notaport", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigError, match=r"proxy .* models\.example cannot be used") as caught:
        HttpDoor("https://models.example")
    assert "ALL_PROXY" in caught.value.hint


def test_a_proxy_that_cannot_be_used_does_not_matter_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
    HttpDoor("https://localhost:1")
