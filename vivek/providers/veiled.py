"""A provider that is shown no secrets: whatever is sent through it is rewritten first. Replies stay as they are."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import cast

from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request


class VeiledProvider:
    """A provider behind a veil.

    Args:
        inner: The provider itself.
        hide: Returns a text without its secrets; the same text always becomes the same, so that a prompt's beginning
            stays what the server read before.
    """

    def __init__(self, inner: Provider, hide: Callable[[str], str]) -> None:
        self.inner = inner
        self.name = inner.name
        self._hide = hide
        self._told = False

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return self.inner.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply; that something was hidden is told once, before it."""
        messages = self._veiled(request.messages)
        if messages != request.messages and not self._told:
            self._told = True
            yield Chunk(note=f"What looks like a secret is hidden from {request.model}, which is not on this machine.")
        chunks = cast("AsyncGenerator[Chunk]", self.inner.stream(replace(request, messages=messages)))
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models the server offers."""
        return await self.inner.models()

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model."""
        return await self.inner.describe(model)

    async def health(self) -> Health:
        """Return whether the server can be used now."""
        return await self.inner.health()

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt as it is sent, None if the server cannot count."""
        return await self.inner.count_tokens(replace(request, messages=self._veiled(request.messages)))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, None if the server cannot embed."""
        return await self.inner.embed(model, [self._hide(text) for text in texts])

    async def close(self) -> None:
        """Give back connections."""
        await self.inner.close()

    def _veiled(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        return tuple(
            replace(
                message,
                content=self._hide(message.content),
                tool_calls=tuple(replace(call, arguments=self._hide(call.arguments)) for call in message.tool_calls),
            )
            for message in messages
        )
