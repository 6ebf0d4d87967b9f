"""Patience with a server: tries again before the first token, waits while a model loads. Never after text was shown.

A library for retries (stamina) would not fit: the wait is told inside the stream, `Retry-After` decides it, and a
server that loads its model is polled, which is no retry. Forty lines say it plainly, with clock and sleep handed in.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from typing import NoReturn, TypeVar

from vivek.errors import (
    AuthenticationError,
    ContextWindowExceededError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
    StreamInterruptedError,
    VivekError,
)
from vivek.providers.base import Provider
from vivek.providers.breaker import BREAKERS, Breaker, Breakers, Permit
from vivek.providers.spec import PatienceSpec
from vivek.schema.chunk import Chunk
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
        breakers: Leave an endpoint alone that failed again and again.
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
        breakers: Breakers = BREAKERS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.inner = inner
        self.name = inner.name
        # An engine of ours has no endpoint that others share: it starts itself anew.
        shared = inner.base_url.startswith(("http://", "https://"))
        self._breaker = breakers.of(inner.base_url) if shared else Breaker(failures=sys.maxsize)
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
        with self._breaker.enter() as permit:
            waits = self._waits()
            while True:
                began = False
                try:
                    async with _closing(self.inner.stream(request)) as chunks:
                        async for chunk in chunks:
                            if not began and (chunk.text or chunk.thinking or chunk.tool_calls or chunk.finish):
                                began = True
                                permit.good()
                            yield chunk
                    return
                except VivekError as error:
                    if began:
                        raise
                    note = waits.after(error, permit)
                yield note
                await waits.wait()

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models the server offers."""
        return await self._patiently(self.inner.models)

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model."""
        return await self._patiently(lambda: self.inner.describe(model))

    async def health(self) -> Health:
        """Return whether the server can be used now; never waits, and asks even a server that is left alone."""
        health = await self.inner.health()
        if health.ok:
            self._breaker.reset()
        return health

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of a prompt, None if the server cannot count."""
        return await self._patiently(lambda: self.inner.count_tokens(request))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, None if the server cannot embed."""
        return await self._patiently(lambda: self.inner.embed(model, texts))

    async def close(self) -> None:
        """Give back connections and child processes."""
        await self.inner.close()

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        with self._breaker.enter() as permit:
            waits = self._waits()
            while True:
                try:
                    answer = await ask()
                    permit.good()
                    return answer
                except VivekError as error:
                    waits.after(error, permit)
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

    def after(self, error: VivekError, permit: Permit) -> Chunk:
        """Return what to tell of the wait that follows `error`; raise it when waiting is useless.

        Raises:
            ProviderTimeoutError: If the server says for too long that it loads its model.
        """
        if isinstance(error, ProviderUnavailableError) and error.loading:
            return self._loading(error)
        self._failures += 1
        wait = self._wait_for(error)
        if wait is None:
            _settle(permit, error)
            _raise_told(error)
        self._next = wait
        return Chunk(note=f"{error.message} Trying again in {wait:.1f} s ({self._failures + 1} of {self._spec.tries}).")

    def _wait_for(self, error: VivekError) -> float | None:
        """Return how long to wait before the next try, None when there is none."""
        # A server that stayed silent for a whole phase is not asked again: the limit is minutes.
        if not isinstance(error, ProviderUnavailableError | RateLimitError) or self._failures >= self._spec.tries:
            return None
        wait = self._backoff(error) if error.retry_after is None else error.retry_after
        return None if wait > self._spec.cap or (isinstance(error, RateLimitError) and error.final) else wait

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


def _settle(permit: Permit, error: VivekError) -> None:
    """Tell the breaker how a call failed: a server that refuses a request did answer."""
    match error:
        case ProviderUnavailableError() | ProviderTimeoutError() | StreamInterruptedError():
            permit.bad(error)
        case AuthenticationError() | ModelNotFoundError() | RateLimitError() | RequestInvalidError():
            permit.good()
        case ContextWindowExceededError():
            permit.good()


def _raise_told(error: VivekError) -> NoReturn:
    """Raise `error`, with the wait that the server asked for and did not get."""
    wait = error.retry_after if isinstance(error, ProviderUnavailableError | RateLimitError) else None
    if not wait:
        raise error
    told = copy(error)
    told.message = f"{error.message.rstrip('.')}. It asks to wait {_span(wait)}."
    told.args = (told.message,)
    raise told from error


def _span(seconds: float) -> str:
    """Return a time in words that a person can plan with."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


@asynccontextmanager
async def _closing(chunks: AsyncIterator[Chunk]) -> AsyncIterator[AsyncIterator[Chunk]]:
    try:
        yield chunks
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
