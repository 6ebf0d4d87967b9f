"""A model that is open: who serves it, which one is meant, and how large its window is. For programs, not for turns."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Self, TypedDict, Unpack

from vivek.providers.base import Provider
from vivek.providers.registry import PROVIDERS
from vivek.providers.spec import ModelSpec
from vivek.providers.window import choose_window
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.reply import Reply, ReplyParts
from vivek.schema.request import Request, Sampling
from vivek.schema.tools import ToolCard

Prompt = str | Sequence[Message]
"""One question, or a whole conversation."""

ROOM = 1024
"""Tokens that a reply may have when nothing is said."""


class Options(TypedDict, total=False):
    """How something is asked; all may be left out.

    Attributes:
        system: Rules that stand before the conversation.
        schema: A JSON schema that the reply must follow, strings and arrays bounded.
        max_tokens: Upper bound of the reply, in tokens; 1,024 if left out.
        sampling: How tokens are drawn; left out, as the model's own defaults say.
        think: Whether a thinking model may think first.
        tools: What the model may call natively.
    """

    system: str
    schema: Mapping[str, object]
    max_tokens: int
    sampling: Sampling
    think: bool
    tools: Sequence[ToolCard]


class OpenModel:
    """A model that can be asked; use it with `async with`, or close it.

    Attributes:
        provider: Who serves it, for all that is not offered here.
        spec: How it is named.
    """

    def __init__(self, provider: Provider, spec: ModelSpec, *, window: int | None = None) -> None:
        self.provider = provider
        self.spec = spec
        self._wanted = window
        self._window = window

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def generate(self, prompt: Prompt, **options: Unpack[Options]) -> Reply:
        """Return the whole reply.

        Raises:
            RequestInvalidError: If the request could not be answered by anybody; nothing was sent.
            ContextWindowExceededError: If prompt and reply do not fit the window.
            StreamInterruptedError: If the reply broke off; `partial` holds what had come.
            ModelAPIError: If the server cannot be reached, refuses, is too slow or answers with nonsense.
        """
        begun = time.monotonic()
        parts = ReplyParts(str(self.spec))
        async with aclosing(self.stream(prompt, **options)) as chunks:
            async for chunk in chunks:
                parts.add(chunk, time.monotonic() - begun)
        return parts.whole(time.monotonic() - begun)

    async def stream(self, prompt: Prompt, **options: Unpack[Options]) -> AsyncGenerator[Chunk]:
        """Yield the reply as it comes; the last piece carries figures and finish reason. Raises what `generate` does.

        Closing the iterator stops the model.
        """
        request = _request(self.spec.model, await self._fixed_window(), prompt, options)
        chunks = self.provider.stream(request)
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()

    async def describe(self) -> ModelInfo:
        """Return what is known of it."""
        return await self.provider.describe(self.spec.model)

    async def health(self) -> Health:
        """Return whether it can be asked now; never raises."""
        return await self.provider.health()

    async def close(self) -> None:
        """Give back connections and child processes."""
        await self.provider.close()

    async def _fixed_window(self) -> int | None:
        """Return the window for every request: a server that takes one loads the model anew when it changes."""
        if self._window is None and self.provider.base_url.startswith(("http://", "https://")):
            info = await self.describe()
            resizable = PROVIDERS[self.spec.provider].can_resize(info)
            self._window, _ = choose_window(info, wanted=self._wanted, free_memory=None, resizable=resizable)
        return self._window


def _request(model: str, window: int | None, prompt: Prompt, options: Options) -> Request:
    said = (Message("user", prompt),) if isinstance(prompt, str) else tuple(prompt)
    system = options.get("system")
    return Request(
        model=model,
        messages=(Message("system", system), *said) if system else said,
        max_tokens=options.get("max_tokens", ROOM),
        window=window,
        sampling=options.get("sampling", Sampling()),
        schema=options.get("schema"),
        think=options.get("think"),
        tools=tuple(options.get("tools", ())),
    )
