"""OpenAI's own API. What is special: the name of the reply's bound, models that think, a list of names only."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial

from vivek.errors import VivekError
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.openai import chat_body
from vivek.providers.wire.openai_families import documented
from vivek.providers.wire.openai_server import OpenAIServer, split_address
from vivek.providers.wire.reply import words
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret


class OpenAIProvider:
    """OpenAI, or a gateway that stands for it.

    Args:
        base_url: Where it answers, with or without `/v1`.
        key: The key of an account.
        timeouts: Limits of silence.
    """

    name = "openai"

    def __init__(self, base_url: str, key: Secret | str | None = None, *, timeouts: Timeouts | None = None) -> None:
        address, prefix = split_address(base_url)
        door = HttpDoor(
            address,
            server="OpenAI",
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Is this machine online? A local model needs no network: choose one with `--model`.",
        )
        self._server = OpenAIServer(door, partial(did_you_mean, prefix=f"{self.name}/"), prefix)
        self.base_url = door.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        Models that think refuse the fields of sampling; the first call of a model learns which.
        """
        body = chat_body(request, room="max_completion_tokens")
        if "thinking" in documented(request.model).abilities:
            body = {name: value for name, value in body.items() if name not in {"temperature", "top_p"}}
        if request.think is not None:
            body["reasoning_effort"] = "medium" if request.think else "none"
        async with aclosing(self._server.stream(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models this key may use."""
        return [documented(name) for entry in await self._server.listed() if (name := words(entry.get("id")))]

    async def describe(self, model: str) -> ModelInfo:
        """Return what is published of one model.

        Raises:
            ModelNotFoundError: If this key may not use it; the hint offers the nearest names.
        """
        return self._server.named(model, await self.models())

    async def health(self) -> Health:
        """Return whether it answers and takes the key; never raises."""
        try:
            count = len(await self.models())
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail=f"OpenAI, {count} models")

    async def count_tokens(self, request: Request) -> int | None:
        """Return None: its API counts only what it answers."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order."""
        return await self._server.embed(model, texts)

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()
