"""Fetches files over HTTP: in pieces, from where an earlier attempt stopped, along a bounded chain of redirects.

Beside `http.py` the only way out of vivek, and the only one that follows redirects: model hosts send on to a storage
host. A prompt never takes this way. Where the bytes go, and whether they are the right ones, is decided elsewhere.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from vivek.errors import (
    AuthenticationError,
    ConfigError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    StreamInterruptedError,
)
from vivek.providers.wire.address import bearer_header, is_loopback, parse_address
from vivek.providers.wire.client import open_client
from vivek.providers.wire.decoding import excerpt
from vivek.providers.wire.failures import parse_retry_after
from vivek.providers.wire.translate import translate_errors
from vivek.schema.secret import Secret

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 500, 502, 503, 504})
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]{1,200}"')
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_START_HINT = "Check the network, or set another address with `models.base_url`."


@dataclass(frozen=True, slots=True)
class DownloadTimeouts:
    """Limits of silence, in seconds; a whole file has none.

    Attributes:
        connect: To be connected.
        status: From the request to the status line.
        piece: Between two pieces of the file.
    """

    connect: float = 10.0
    status: float = 60.0
    piece: float = 60.0


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that arrives.

    Attributes:
        pieces: Its bytes, from `start` on.
        start: Where in the file they begin: what was asked for, or 0 when the server cannot skip.
        total: Bytes of the whole file, None when the server does not say.
        tag: What tells this version of the file from others, "" when the server gives nothing that could.
        hosts: Every host of the chain, the first one first.
    """

    pieces: AsyncIterator[bytes]
    start: int
    total: int | None
    tag: str
    hosts: tuple[str, ...]


class Downloader:
    """Fetches files.

    Args:
        key: Sent to the host of `own` and to no other.
        own: Address of the host that the key is for.
        timeouts: Limits of silence.
    """

    def __init__(self, *, key: Secret | None = None, own: str = "", timeouts: DownloadTimeouts | None = None) -> None:
        self._timeouts = timeouts or DownloadTimeouts()
        self._key = bearer_header(key)
        self._own = parse_address(own) if own else None

    @asynccontextmanager
    async def open(self, url: str, *, start: int = 0, tag: str = "") -> AsyncIterator[Arriving]:
        """Open a file; leaving the context closes the connection.

        Args:
            url: Its address: https, or http on this machine.
            start: Bytes that are here already.
            tag: What told their version; with another version on the server the file begins anew.

        Raises:
            ConfigError: If the address is none that may be used.
            ModelAPIError: If the file cannot be had, or the chain leads where it must not.
        """
        first = _usable(url)
        hosts: list[str] = []
        at = first
        while True:
            hosts.append(at.host)
            # Each host gets a client of its own, so that nothing of one reaches the other.
            mine = self._own is not None and _place(at) == _place(self._own)
            async with open_client(at, self._key if mine else {}, connect=self._timeouts.connect) as client:
                response = await self._ask(client, at, start, tag)
                try:
                    if start and response.status_code == 416:  # fewer bytes there than here: another file
                        start, tag = 0, ""
                        continue
                    if response.status_code not in _REDIRECTS:
                        yield self._arriving(response, start, tuple(dict.fromkeys(hosts)))
                        return
                    at = _next(at, first, response.headers.get("location", ""), hosts)
                finally:
                    await response.aclose()

    async def _ask(self, client: httpx.AsyncClient, url: httpx.URL, start: int, tag: str) -> httpx.Response:
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
            if _STRONG_TAG.fullmatch(tag):
                headers["If-Range"] = tag
        limit = self._timeouts.status
        try:
            with translate_errors(url.host, start_hint=_START_HINT):
                async with asyncio.timeout(limit):
                    request = client.build_request("GET", url.copy_with(userinfo=b""), headers=headers)
                    return await client.send(request, stream=True)
        except TimeoutError as error:
            msg = f"{url.host} did not answer within {limit:g} s."
            raise ProviderTimeoutError(msg, hint=_START_HINT) from error

    def _arriving(self, response: httpx.Response, asked: int, hosts: tuple[str, ...]) -> Arriving:
        host, status = hosts[-1], response.status_code
        if status not in {200, 206}:
            raise _refused(response, host)
        if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            msg = f"{host} sends the file packed, although it was asked not to."
            raise ModelAPIError(msg, hint="A proxy in between may do that.")
        start, total = 0, _length(response)
        if status == 206:
            found = _RANGE.fullmatch(response.headers.get("content-range", "").strip())
            if found is None or int(found[1]) != asked:
                msg = f"{host} sends another part of the file than the one asked for."
                raise ModelAPIError(msg, hint="Try again; remove the file that ends in `.part` to begin anew.")
            start, total = asked, None if found[3] == "*" else int(found[3])
        tag = response.headers.get("etag", "").strip()
        return Arriving(self._pieces(response, host), start, total, tag if _STRONG_TAG.fullmatch(tag) else "", hosts)

    async def _pieces(self, response: httpx.Response, host: str) -> AsyncIterator[bytes]:
        pieces = response.aiter_raw()
        while True:
            try:
                with translate_errors(host, started=True):
                    async with asyncio.timeout(self._timeouts.piece):
                        piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                msg = f"{host} sent nothing for {self._timeouts.piece:g} s."
                raise StreamInterruptedError(msg, hint="The same command goes on where it stopped.") from error
            yield piece


def _usable(url: str) -> httpx.URL:
    """Return an address that a file may be fetched from.

    Raises:
        ConfigError: If it is none, or unsafe.
    """
    found = parse_address(url)
    if found.scheme != "https" and not is_loopback(found.host):
        msg = f"Nothing is fetched from http://{found.host}: on the way anybody could change it."
        raise ConfigError(msg, hint=f"Use https://{found.host}.")
    return found


def _next(at: httpx.URL, first: httpx.URL, location: str, hosts: Sequence[str]) -> httpx.URL:
    """Return where a redirect leads.

    Raises:
        ModelAPIError: If that is not allowed: unencrypted, into this machine from outside, too far.
    """
    try:
        url = at.join(location)
    except httpx.InvalidURL as error:
        msg = f"{at.host} sends on to `{excerpt(location)}`, which is no address."
        raise ModelAPIError(msg) from error
    inside = is_loopback(url.host)
    safe = url.scheme == "https" or (url.scheme == "http" and inside)
    if url.userinfo or not url.host or not safe or (inside and not is_loopback(first.host)):
        msg = f"{at.host} sends on to {excerpt(f'{url.scheme}://{url.host}')}, where nothing is fetched from."
        raise ModelAPIError(msg, hint="Files come over https, from hosts outside of this machine.")
    if len(hosts) > MOST_REDIRECTS:
        msg = f"{first.host} sends on more than {MOST_REDIRECTS} times: {' -> '.join(hosts)}."
        raise ModelAPIError(msg, hint=_START_HINT)
    return url


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _refused(response: httpx.Response, host: str) -> ModelAPIError:
    status = response.status_code
    told = f"{host} answered {status} to the request for the file."
    if status in {401, 403}:
        hint = "It may have to be asked for at its page; a key goes into `models.api_key`."
        return AuthenticationError(told, hint=hint)
    if status in {404, 410}:
        return ModelNotFoundError(f"{host} has no such file.", hint="Check the name; the file may have moved.")
    wait = parse_retry_after(response.headers.get("retry-after"), response.headers.get("date"))
    if status == 429:
        return RateLimitError(told, hint="Wait a while; the same command goes on where it stopped.", retry_after=wait)
    if status in _TRANSIENT:
        return ProviderUnavailableError(told, hint="Try again in a while.", retry_after=wait)
    return ModelAPIError(told, hint=_START_HINT)
