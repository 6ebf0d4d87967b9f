"""An ordered list of models: the next one is asked when one cannot answer, and never after something was shown."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from vivek.errors import (
    ConfigError,
    ContextWindowExceededError,
    ModelAPIError,
    ProviderUnavailableError,
    RateLimitError,
    RequestInvalidError,
    VivekError,
)
from vivek.providers.base import Provider
from vivek.providers.breaker import OPEN_SECONDS
from vivek.providers.spec import ModelSpec
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

T = TypeVar("T")
_PER_MESSAGE = 16  # tokens that a chat template puts around a message, at most


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer.

    Attributes:
        spec: How it is named.
        open: Opens its provider; called when it is first needed.
        can_resize: Whether a window can be asked for; elsewhere it is what its server loaded.
    """

    spec: ModelSpec
    open: Callable[[], Provider]
    can_resize: Callable[[ModelInfo], bool] = lambda info: False


class FallbackProvider:
    """The first of several models that can answer.

    One that failed comes last for half a minute, or for as long as it asked to wait: so the calls of a turn stay with
    who answered. Then it comes first again. When none can answer, the first one's error is raised, with the reasons of
    the others in its hint.

    Args:
        candidates: Best first, at least one.
        clock: Seconds, monotonic.
    """

    def __init__(self, candidates: Sequence[Candidate], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._candidates = tuple(candidates)
        self._clock = clock
        self._first = self._asked = self._candidates[0].spec
        self._opened: dict[ModelSpec, Provider] = {}
        self._infos: dict[ModelSpec, ModelInfo] = {}
        self._last_until: dict[ModelSpec, float] = {}
        self._why: dict[ModelSpec, str] = {}
        self.name = self._first.provider

    @property
    def base_url(self) -> str:
        """The address of the first one's server."""
        return self._provider(self._candidates[0]).base_url

    async def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the reply of the first that can give one.

        A change of who is asked is told in a note. Where another than the first of the list answers, the first piece
        of its reply and the last one carry its name in `answered_by`.
        """
        failures: dict[ModelSpec, VivekError] = {}
        for candidate in self._order():
            if candidate.spec != self._asked:
                yield Chunk(note=self._change(candidate.spec))
            began = False
            try:
                async with aclosing(self._ask(candidate, request)) as chunks:
                    async for chunk in chunks:
                        shown = bool(chunk.text or chunk.thinking or chunk.tool_calls or chunk.finish)
                        yield self._signed(candidate.spec, chunk) if chunk.finish or (shown and not began) else chunk
                        began = began or shown
                return
            except VivekError as error:
                if began:
                    raise
                failures[candidate.spec] = self._failed(candidate.spec, error)
        raise self._told(failures)

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models of the first server that tells them."""
        return await self._first_of(lambda provider, spec: provider.models())

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of the first model that can be described; `model` is the name of the first."""
        return await self._first_of(self._describe)

    async def health(self) -> Health:
        """Return whether one of them can be used now."""
        states = []
        for candidate in self._candidates:
            try:
                states.append(await self._provider(candidate).health())
            except VivekError as error:
                states.append(Health(ok=False, detail=error.message))
            if states[-1].ok:
                break
        if len(states) == 1 or not states[-1].ok:
            return states[0]
        return Health(ok=True, detail=f"{states[0].detail} {candidate.spec} can answer instead: {states[-1].detail}")

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt for the model that is asked next, None if it cannot count."""
        try:
            return await self._first_of(lambda one, spec: one.count_tokens(replace(request, model=spec.model)))
        except VivekError:
            return None  # `stream` says why

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return the vectors of the first: those of another model could not be compared with them."""
        return await self._provider(self._candidates[0]).embed(model, texts)

    async def close(self) -> None:
        """Give back the connections and child processes of all that were opened."""
        opened, self._opened = list(self._opened.values()), {}
        async with AsyncExitStack() as stack:
            for provider in opened:
                stack.push_async_callback(provider.close)

    async def _ask(self, candidate: Candidate, request: Request) -> AsyncGenerator[Chunk]:
        provider = self._provider(candidate)
        stream = provider.stream(await self._fitted(candidate, provider, request))
        try:
            async for chunk in stream:
                yield chunk
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()

    async def _fitted(self, candidate: Candidate, provider: Provider, request: Request) -> Request:
        """Return the request as this candidate can take it.

        Raises:
            ContextWindowExceededError: If its window cannot hold it.
            RequestInvalidError: If it cannot see the pictures.
        """
        info = self._infos.get(candidate.spec) or await self._describe(provider, candidate.spec)
        if any(message.images for message in request.messages) and info.abilities and "vision" not in info.abilities:
            msg = f"{candidate.spec} cannot see pictures."
            raise RequestInvalidError(msg, hint="Choose a model that can, or ask without them.")
        limit = info.window_maximum if candidate.can_resize(info) else info.window_loaded or info.window_maximum
        needed = _needed(request)
        if limit is not None and needed > limit:
            counted = await provider.count_tokens(replace(request, model=candidate.spec.model))
            needed = needed if counted is None else counted + request.max_tokens
            if needed > limit:
                msg = f"{candidate.spec} holds {limit:,} tokens, too few for the {needed:,} of this request."
                raise ContextWindowExceededError(msg, needed=needed, window=limit)
        window = request.window if limit is None or request.window is None else min(request.window, limit)
        return replace(request, model=candidate.spec.model, window=window)

    async def _first_of(self, ask: Callable[[Provider, ModelSpec], Awaitable[T]]) -> T:
        failures: dict[ModelSpec, VivekError] = {}
        for candidate in self._order():
            try:
                return await ask(self._provider(candidate), candidate.spec)
            except VivekError as error:
                failures[candidate.spec] = self._failed(candidate.spec, error)
        raise self._told(failures)

    async def _describe(self, provider: Provider, spec: ModelSpec) -> ModelInfo:
        self._infos[spec] = await provider.describe(spec.model)
        return self._infos[spec]

    def _provider(self, candidate: Candidate) -> Provider:
        if candidate.spec not in self._opened:
            self._opened[candidate.spec] = candidate.open()
        return self._opened[candidate.spec]

    def _order(self) -> Iterator[Candidate]:
        """Yield the candidates as they are to be asked: those that failed lately come last."""
        now = self._clock()
        yield from sorted(self._candidates, key=lambda each: self._last_until.get(each.spec, 0.0) > now)

    def _failed(self, spec: ModelSpec, error: VivekError) -> VivekError:
        """Keep why a candidate could not answer; raise what no other one could mend."""
        refused = isinstance(error, RequestInvalidError | ContextWindowExceededError)
        if not isinstance(error, ModelAPIError | ConfigError | ContextWindowExceededError) or (
            spec == self._first and (refused or isinstance(error, ConfigError))
        ):
            raise error
        self._why[spec] = error.message
        if not refused:
            asked = error.retry_after if isinstance(error, ProviderUnavailableError | RateLimitError) else None
            self._last_until[spec] = self._clock() + max(OPEN_SECONDS, asked or 0.0)
        return error

    def _change(self, spec: ModelSpec) -> str:
        """Return what to tell when another candidate is asked than before."""
        before, self._asked = self._asked, spec
        why = self._why.get(before, "")
        return f"{why.rstrip('.')}. Asking {spec} instead." if spec != self._first and why else f"Asking {spec} again."

    def _signed(self, spec: ModelSpec, chunk: Chunk) -> Chunk:
        return chunk if spec == self._first else replace(chunk, answered_by=str(spec))

    def _told(self, failures: dict[ModelSpec, VivekError]) -> VivekError:
        """Return the error of the first of the list, with the reasons of the others."""
        first, *others = sorted(failures, key=[each.spec for each in self._candidates].index)
        if not others:
            return failures[first]
        told = copy(failures[first])
        reasons = " ".join(f"{spec}: {failures[spec].message}" for spec in others)
        told.hint = f"{told.hint} The others could not answer either. {reasons}".lstrip()
        told.__cause__ = failures[first]
        return told


def _needed(request: Request) -> int:
    """Return the most tokens that a request may need: no tokenizer makes more of a text than it has bytes."""
    texts = [message.content for message in request.messages]
    texts += [f"{card.name}{card.description}{card.parameters}" for card in request.tools]
    images = [image for message in request.messages for image in message.images]
    most = sum(len(text.encode("utf-8", "replace")) + _PER_MESSAGE for text in texts) + request.max_tokens
    most += sum(image.tokens for image in images)
    if request.window is None:
        return most
    return request.window if any(not image.tokens for image in images) else min(most, request.window)
