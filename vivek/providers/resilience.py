"""Patience with a server: tries again before the first token, waits while a model loads. Never after text was shown.

A library for retries would not fit: the wait is told to the user inside the stream, `Retry-After` decides it, and a
server that loads its model is polled, which is no retry. Forty lines say it plainly, with clock and sleep handed in.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from vivek.errors import ModelAPIError, ProviderTimeoutError, ProviderUnavailableError, RateLimitError
from vivek.providers.base import Provider
from vivek.providers.spec import PatienceSpec
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

T = TypeVar("T")
_RATE_LIMIT_FACTOR = 4


class PatientProvider:
    """A provider that is tried again while that can help.

    Args:
        inner: The provider itself.
        check: Refuses a bad request before it is sent.
        spec: How often and how long.
        clock: Seconds, monotonic.
        sleep: Waits for seconds.
        jitter: Draws a number between two others.
    """

    def __init__(
        self,
        inner: Provider,
        *,
        check: Callable[[Request], None] = lambda request: None,
        spec: PatienceSpec | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.inner = inner
        self.name = inner.name
        self._check = check
        self._spec = spec or PatienceSpec()
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return self.inner.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply; each wait is told as a chunk with a note, or with the phase `load`."""
        self._check(request)
        waits = self._waits()
        while True:
            began = False
            try:
                async with _closing(self.inner.stream(request)) as chunks:
                    async for chunk in chunks:
                        began = began or bool(chunk.text or chunk.thinking or chunk.finish)
                        yield chunk
                return
            except ModelAPIError as error:
                if began:
                    raise
                note = waits.after(error)
            yield note
            await waits.wait()

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models the server offers."""
        return await self._patiently(self.inner.models)

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model."""
        return await self._patiently(lambda: self.inner.describe(model))

    async def health(self) -> Health:
        """Return whether the server can be used now; never waits."""
        return await self.inner.health()

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return the exact size of a prompt, None if the server cannot count."""
        return await self._patiently(lambda: self.inner.count_tokens(messages))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, None if the server cannot embed."""
        return await self._patiently(lambda: self.inner.embed(model, texts))

    async def close(self) -> None:
        """Give back connections and child processes."""
        await self.inner.close()

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        waits = self._waits()
        while True:
            try:
                return await ask()
            except ModelAPIError as error:
                waits.after(error)
            await waits.wait()

    def _waits(self) -> "_Waits":
        return _Waits(self._spec, self._clock, self._sleep, self._jitter)


class _Waits:
    """The waits of one call."""

    def __init__(
        self,
        spec: PatienceSpec,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[float, float], float],
    ) -> None:
        self._spec, self._clock, self._sleep, self._jitter = spec, clock, sleep, jitter
        self._failures = 0
        self._loading_since: float | None = None
        self._next = 0.0

    def after(self, error: ModelAPIError) -> Chunk:
        """Return what to tell of the wait that follows `error`; raises `error` when waiting cannot help."""
        if isinstance(error, ProviderUnavailableError) and error.loading:
            return self._loading(error)
        self._failures += 1
        # A server that stayed silent for a whole phase is not asked again: the limit is minutes.
        if not isinstance(error, ProviderUnavailableError | RateLimitError) or self._failures >= self._spec.tries:
            raise error
        wait = self._backoff(error) if error.retry_after is None else error.retry_after
        if wait > self._spec.cap:
            raise error
        self._next = wait
        return Chunk(note=f"{error.message} Trying again in {wait:.1f} s ({self._failures + 1} of {self._spec.tries}).")

    async def wait(self) -> None:
        """Wait as `after` decided."""
        await self._sleep(self._next)

    def _backoff(self, error: ModelAPIError) -> float:
        """Draw from the whole range (full jitter): clients that failed together must not come back together."""
        base = self._spec.base * (_RATE_LIMIT_FACTOR if isinstance(error, RateLimitError) else 1)
        return self._jitter(0.0, min(self._spec.cap, base * 2 ** (self._failures - 1)))

    def _loading(self, error: ProviderUnavailableError) -> Chunk:
        now = self._clock()
        first = self._loading_since is None
        self._loading_since = now if self._loading_since is None else self._loading_since
        if now - self._loading_since > self._spec.load:
            msg = f"{error.message} It did so for {self._spec.load:g} s."
            raise ProviderTimeoutError(msg, hint="Look at the server's own log, or use a smaller model.") from error
        self._next = self._spec.poll
        return Chunk(phase="load") if first else Chunk()


@asynccontextmanager
async def _closing(chunks: AsyncIterator[Chunk]) -> AsyncIterator[AsyncIterator[Chunk]]:
    try:
        yield chunks
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
