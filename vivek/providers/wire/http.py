"""The one HTTP door: everything that leaves vivek passes here, and no httpx error gets out.

It knows addresses, phases and statuses; what the bytes mean is read elsewhere. It must never log or show a key.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from types import MappingProxyType

import httpx

from vivek.errors import AuthenticationError, ModelAPIError, ProviderTimeoutError, VivekError
from vivek.providers.wire.address import is_for, parse_address
from vivek.providers.wire.body import ByteStream, load_body
from vivek.providers.wire.client import is_kept, open_client
from vivek.providers.wire.decoding import GarbledError, excerpt
from vivek.providers.wire.failures import Failure, error_for, failure_in, failure_of, parse_retry_after, read_failure
from vivek.providers.wire.ndjson import load_object
from vivek.providers.wire.translate import translate_errors, without_frames
from vivek.schema.secret import Secret

_ANSWER_BYTES = 64 * 1024 * 1024  # a model list or a prompt's tokens; far below what hurts
_FAILURE_BYTES = 64 * 1024
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


class HttpDoor:
    """One model server, spoken to over HTTP.

    Redirects are refused: a prompt goes to the configured address or nowhere.

    Args:
        base_url: Address of the server; paths are appended.
        server: Its name in messages.
        headers: Sent with every request; `bearer_header` makes the one with the key.
        timeouts: Limits of silence.
        start_hint: What the user can do when nothing answers.
        clock: Seconds since 1970, for servers that name a date to wait for but not their own.

    Raises:
        ConfigError: If `base_url` is no address, or a key would travel unencrypted through the open network.
    """

    def __init__(
        self,
        base_url: str,
        *,
        server: str = "The model server",
        headers: Mapping[str, str | Secret] = MappingProxyType({}),
        timeouts: Timeouts | None = None,
        start_hint: str = "Start it, or choose another one with `--base-url`.",
        clock: Callable[[], float] = time.time,
    ) -> None:
        url = parse_address(base_url)
        self.base_url = str(url.copy_with(userinfo=b"")).rstrip("/")
        self.place = f"{server} at {self.base_url}"
        self.timeouts = timeouts or Timeouts()
        self._start_hint = start_hint
        self._clock = clock
        self._keys = [value for value in headers.values() if isinstance(value, Secret)]
        if url.password:
            self._keys.append(Secret(url.password, source="the address"))
        self._keeps = is_kept(url)
        self._client = open_client(url, headers, connect=self.timeouts.connect)

    @asynccontextmanager
    async def post_stream(self, path: str, body: Mapping[str, object], *, accept: str) -> AsyncIterator[ByteStream]:
        """Post `body` as JSON and open the streamed answer; leaving the context by an error closes the connection.

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
            await self._check_head(response)
            await self._check_type(response, accept)
            limits = self.timeouts
            async with aclosing(ByteStream(response, self.place, limits.first_token, limits.between_tokens)) as stream:
                yield stream
                if self._keeps:
                    await stream.finish()
        finally:
            await response.aclose()

    async def get_json(self, path: str) -> dict[str, object]:
        """Return the JSON object at `path`; raises what `post_json` raises."""
        return await self._ask("GET", path, None)

    async def post_json(
        self, path: str, body: Mapping[str, object], *, limit: float | None = None
    ) -> dict[str, object]:
        """Return the JSON object that answers `body`.

        Args:
            path: Appended to the base address.
            body: A JSON object.
            limit: Seconds to the status line, for what takes longer than a short question.

        Raises:
            ModelAPIError: If the server cannot be reached, refuses, or answers with something else.
        """
        return await self._ask("POST", path, body, limit)

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.aclose()

    def error(self, failure: Failure) -> VivekError:
        """Return the error for what this server reports, cleaned of keys; a refused key is told by its source."""
        error = error_for(replace(failure, message=self._cleaned(failure.message)), self.place)
        if isinstance(error, AuthenticationError):
            error.hint = self._key_hint()
        return error

    def _key_hint(self) -> str:
        if not self._keys:
            return "It wants a key: set `model.api_key` in your settings, or the variable `VIVEK_MODEL_API_KEY`."
        key = self._keys[0]
        source = key.source or "whoever gave it"
        if is_for(key, self.base_url):
            return f"Check the key from {source}, and what it may be used for."
        kept = f"The key from {source} was entered for {key.entered_for} and is sent nowhere else."
        return f"{kept} Set `model.base_url` and `model.api_key` together."

    def _cleaned(self, text: str) -> str:
        """Return what a server said without the keys that it repeats."""
        for key in self._keys:
            text = text.replace(key.reveal().rpartition(" ")[2], "***")
        return text

    async def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None, limit: float | None = None
    ) -> dict[str, object]:
        limit = limit or self.timeouts.answer
        response = await self._send(method, path, body, headers={"Accept": "application/json"}, limit=limit)
        try:
            await self._check_head(response)
            answer = load_object(await self._read(response, _ANSWER_BYTES))
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
            hint = "Look whether it is busy or still loads a model, or choose another one with `--model`."
            raise ProviderTimeoutError(msg, hint=hint) from without_frames(error)

    async def _check_head(self, response: httpx.Response) -> None:
        known = {"", "identity", *self._client.headers["accept-encoding"].split(", ")}
        packed = response.headers.get("content-encoding", "").lower()
        if not {each.strip() for each in packed.split(",")} <= known:
            msg = f"{self.place} sent a body packed as `{excerpt(packed)}`, which cannot be read here."
            raise ModelAPIError(msg, hint="A proxy in between may have done so.")
        if 200 <= response.status_code < 300:
            return
        if 300 <= response.status_code < 400:
            target = excerpt(response.headers.get("location", ""), 200)
            msg = f"{self.place} redirects to {target}; redirects are not followed."
            raise ModelAPIError(msg, hint="If you trust that address, give it with `--base-url`.")
        body = await self._read(response, _FAILURE_BYTES)
        date = response.headers.get("date") or formatdate(self._clock())
        wait = parse_retry_after(response.headers.get("retry-after"), date)
        raise self.error(replace(failure_of(response.status_code, body), retry_after=wait))

    async def _check_type(self, response: httpx.Response, accept: str) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in {"", accept}:
            return
        body = await self._read(response, _FAILURE_BYTES)
        if failure := failure_in(body):
            raise self.error(failure)
        msg = f"{self.place} sent {excerpt(kind)} instead of {accept}: {excerpt(body)}"
        raise ModelAPIError(msg, hint=_WRONG_PLACE)

    async def _read(self, response: httpx.Response, cap: int) -> str:
        """Return the text of a body, cut at `cap` bytes and cleaned of keys."""
        data = await load_body(response, self.place, cap=cap, limit=self.timeouts.answer)
        return self._cleaned(data.decode("utf-8", errors="replace"))
