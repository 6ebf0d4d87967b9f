"""OpenRouter: many makers' models behind one key. It tells the cost of a call, and may fail after output began."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from vivek.errors import VivekError
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.model_lists import from_openrouter
from vivek.providers.wire.openai import chat_body
from vivek.providers.wire.openai_server import OpenAIServer
from vivek.providers.wire.reply import amount
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

_KEY_PATH = "/v1/key"


class OpenRouterProvider:
    """OpenRouter's API. Which program asks is not told to it: that would be the user's to say.

    Args:
        base_url: Where it answers, with or without `/v1`.
        key: The key of an account.
        timeouts: Limits of silence.
    """

    name = "openrouter"

    def __init__(self, base_url: str, key: Secret | str | None = None, *, timeouts: Timeouts | None = None) -> None:
        self._door = HttpDoor(
            base_url.rstrip("/").removesuffix("/v1"),
            server="OpenRouter",
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Is this machine online? A local model needs no network: choose one with `--model`.",
        )
        self._server = OpenAIServer(self._door, partial(did_you_mean, prefix=f"{self.name}/"))
        self.base_url = self._door.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`."""
        async with aclosing(self._server.stream(_body(request))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it routes to; those for embeddings are not in this list."""
        return [info for info in map(from_openrouter, await self._server.listed()) if info.name]

    async def describe(self, model: str) -> ModelInfo:
        """Return what its list tells of one model; a variant (`:free`, `:nitro`) is the model it varies.

        Raises:
            ModelNotFoundError: If it has none of that name; the hint offers the nearest names.
        """
        infos = await self.models()
        plain = model if any(info.name == model for info in infos) else model.partition(":")[0]
        return self._server.named(plain, infos)

    async def health(self) -> Health:
        """Return whether it answers and takes the key, and what may still be spent; never raises."""
        try:
            told = (await self._door.get_json(_KEY_PATH)).get("data")
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        left = amount(told.get("limit_remaining")) if isinstance(told, Mapping) else None
        return Health(ok=True, detail="OpenRouter" if left is None else f"OpenRouter, {left:.2f} credits left")

    async def count_tokens(self, request: Request) -> int | None:
        """Return None: its API counts only what it answers."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order."""
        return await self._server.embed(model, texts)

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()


def _body(request: Request) -> dict[str, object]:
    """Return the body of a call that is never cut silently.

    For models with a small window the server would by default take out the middle of a prompt that is too long; that
    is switched off, under its present name and its earlier one. Usage and cost come unasked.
    """
    body = chat_body(request)
    del body["stream_options"]
    sampling = {"top_k": request.sampling.top_k, "repetition_penalty": request.sampling.repeat_penalty}
    body |= {name: value for name, value in sampling.items() if value is not None}
    body["plugins"] = [{"id": "context-compression", "enabled": False}]
    body["transforms"] = []
    if request.schema is not None:
        body["provider"] = {"require_parameters": True}  # else it may choose one that ignores the schema
    if request.think is not None:
        body["reasoning"] = {"enabled": True} if request.think else {"effort": "none"}
    return body
