"""The one HTTP door: everything that leaves vivek passes here, and no httpx error gets out.

It knows addresses, phases and statuses; what the bytes mean is read elsewhere. It must never log or show a key.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

import httpx

from vivek.errors import ModelAPIError, ProviderTimeoutError, StreamInterruptedError, VivekError
from vivek.providers.wire.address import is_loopback, parse_address
from vivek.providers.wire.decoding import GarbledError, excerpt
from vivek.providers.wire.failures import Failure, error_for, failure_in, failure_of, parse_retry_after, read_failure
from vivek.providers.wire.ndjson import load_object
from vivek.providers.wire.translate import translate_errors

_ANSWER_BYTES = 64 * 1024 * 1024  # a model list or a prompt's tokens; far below what hurts
_FAILURE_BYTES = 64 * 1024
_STREAM_BYTES = 1024 * 1024 * 1024
_WRONG_PLACE = "Is this the address of a model server? Check `--base-url`."


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each phase may stay silent, in seconds; a whole reply has no limit.

    Attributes:
        connect: To be connected.
        load: From the request to the status line; servers load a model, some read the prompt, before it.
        first_token: Between two signs of life before the first text.
        between_tokens: Between two signs of life after it.
        answer: For a short question that no model has to think about.
    """

    connect: float = 5.0
    load: float = 600.0
    first_token: float = 300.0
    between_tokens: float = 60.0
    answer: float = 30.0


class ByteStream:
    """The body of a streamed answer: one piece per network read.

    Attributes:
        head: The first bytes, for telling what a server sent instead of a reply.
    """

    def __init__(self, response: httpx.Response, place: str, timeouts: Timeouts, limit: int = _STREAM_BYTES) -> None:
        self._most = limit
        self._pieces = response.aiter_bytes()
        self._place = place
        self._timeouts = timeouts
        self._limit = timeouts.first_token
        self._received = 0
        self.head = b""

    def text_began(self) -> None:
        """From now on the shorter limit between two tokens holds."""
        self._limit = self._timeouts.between_tokens

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece.

        Raises:
            ProviderTimeoutError: If the phase's limit passes in silence.
            StreamInterruptedError: If the connection breaks.
        """
        try:
            with translate_errors(self._place, started=True):
                async with asyncio.timeout(self._limit):
                    piece = await anext(self._pieces)
        except TimeoutError as error:
            msg = f"{self._place} sent nothing for {self._limit:g} s."
            raise ProviderTimeoutError(msg, hint="Ask again; a smaller model answers sooner.") from error
        self._received += len(piece)
        if self._received > self._most:
            msg = f"{self._place} sent more than {self._most:,} bytes for one reply."
            raise StreamInterruptedError(msg)
        if len(self.head) < 320:
            self.head += piece[:320]
        return piece


class HttpDoor:
    """One model server, spoken to over HTTP.

    Connections are not kept: llama.cpp's server may drop one after an event stream although it offered to keep
    it, and the next request would fail. Redirects are refused: a prompt goes to the configured address or nowhere.

    Args:
        base_url: Address of the server; paths are appended.
        server: Its name in messages.
        headers: Sent with every request; `bearer_header` makes the one with the key.
        timeouts: Limits of silence.
        start_hint: What the user can do when nothing answers.

    Raises:
        ConfigError: If `base_url` is no address.
    """

    def __init__(
        self,
        base_url: str,
        *,
        server: str = "The model server",
        headers: Mapping[str, str] = MappingProxyType({}),
        timeouts: Timeouts | None = None,
        start_hint: str = "Start it, or choose another one with `--base-url`.",
    ) -> None:
        url = parse_address(base_url)
        self.base_url = str(url.copy_with(userinfo=b"")).rstrip("/")
        self.place = f"{server} at {self.base_url}"
        self.timeouts = timeouts or Timeouts()
        self._start_hint = start_hint
        self._secrets = [*(value.removeprefix("Bearer ") for value in headers.values()), url.password]
        self._client = httpx.AsyncClient(
            base_url=url,
            headers=dict(headers),
            timeout=httpx.Timeout(None, connect=self.timeouts.connect),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=not is_loopback(url.host),
            # Plain HTTP needs no certificates; loading them costs more than the rest of the start.
            verify=True if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    @asynccontextmanager
    async def post_stream(self, path: str, body: Mapping[str, object], *, accept: str) -> AsyncIterator[ByteStream]:
        """Post `body` as JSON and open the streamed answer; leaving the context closes the connection.

        Args:
            path: Appended to the base address.
            body: A JSON object.
            accept: The media type the stream must have.

        Raises:
            ModelAPIError: If the server cannot be reached, refuses, or answers with something else.
            ContextWindowExceededError: If it says that the prompt is too long.
        """
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        response = await self._send("POST", path, body, headers=headers, limit=self.timeouts.load)
        try:
            await self._check_status(response)
            await self._check_type(response, accept)
            yield ByteStream(response, self.place, self.timeouts)
        finally:
            await response.aclose()

    async def get_json(self, path: str) -> dict[str, object]:
        """Return the JSON object at `path`; raises what `post_json` raises."""
        return await self._ask("GET", path, None)

    async def post_json(self, path: str, body: Mapping[str, object]) -> dict[str, object]:
        """Return the JSON object that answers `body`.

        Raises:
            ModelAPIError: If the server cannot be reached, refuses, or answers with something else.
        """
        return await self._ask("POST", path, body)

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.aclose()

    def error(self, failure: Failure) -> VivekError:
        """Return the error for what this server reports, cleaned of keys."""
        message = failure.message
        for secret in self._secrets:
            message = message.replace(secret, "***") if secret else message
        return error_for(replace(failure, message=message), self.place)

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> dict[str, object]:
        limit = self.timeouts.answer
        response = await self._send(method, path, body, headers={"Accept": "application/json"}, limit=limit)
        try:
            await self._check_status(response)
            answer = load_object((await self._read(response, _ANSWER_BYTES)).decode("utf-8", errors="replace"))
        except GarbledError as error:
            msg = f"{self.place} answered {path} with {error}"
            raise ModelAPIError(msg, hint=_WRONG_PLACE) from error
        finally:
            await response.aclose()
        if failure := read_failure(answer):
            raise self.error(failure)
        return answer

    async def _send(
        self, method: str, path: str, body: Mapping[str, object] | None, *, headers: Mapping[str, str], limit: float
    ) -> httpx.Response:
        content = None if body is None else json.dumps(body, separators=(",", ":")).encode("ascii")
        sent = {**headers, "Content-Type": "application/json"} if content else headers
        request = self._client.build_request(method, path, content=content, headers=dict(sent))
        try:
            with translate_errors(self.place, start_hint=self._start_hint):
                async with asyncio.timeout(limit):
                    return await self._client.send(request, stream=True)
        except TimeoutError as error:
            msg = f"{self.place} did not answer within {limit:g} s."
            raise ProviderTimeoutError(msg, hint="Look whether it is busy or still loads a model.") from error

    async def _check_status(self, response: httpx.Response) -> None:
        if 200 <= response.status_code < 300:
            return
        if 300 <= response.status_code < 400:
            target = excerpt(response.headers.get("location", ""), 200)
            msg = f"{self.place} redirects to {target}; redirects are not followed."
            raise ModelAPIError(msg, hint="If you trust that address, give it with `--base-url`.")
        body = (await self._read(response, _FAILURE_BYTES)).decode("utf-8", errors="replace")
        wait = parse_retry_after(response.headers.get("retry-after"), response.headers.get("date"))
        raise self.error(replace(failure_of(response.status_code, body), retry_after=wait))

    async def _check_type(self, response: httpx.Response, accept: str) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in {"", accept}:
            return
        body = (await self._read(response, _FAILURE_BYTES)).decode("utf-8", errors="replace")
        if failure := failure_in(body):
            raise self.error(failure)
        msg = f"{self.place} sent {kind} instead of {accept}: {excerpt(body)}"
        raise ModelAPIError(msg, hint=_WRONG_PLACE)

    async def _read(self, response: httpx.Response, cap: int) -> bytes:
        """Return the body, cut at `cap` bytes."""
        body = bytearray()
        try:
            with translate_errors(self.place, started=True):
                async with asyncio.timeout(self.timeouts.answer):
                    async for piece in response.aiter_bytes():
                        body += piece
                        if len(body) > cap:
                            break
        except TimeoutError as error:
            msg = f"{self.place} did not finish its answer within {self.timeouts.answer:g} s."
            raise ProviderTimeoutError(msg) from error
        return bytes(body[:cap])
