"""llama.cpp's own server, started by the user. What it shares with the embedded engine is in `wire/llamacpp.py`."""

from collections.abc import AsyncIterator, Sequence

from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.llamacpp import LlamaServer
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

DEFAULT_URL = "http://127.0.0.1:8080"


class LlamaCppProvider:
    """A running `llama-server`; it holds one model, chosen when it was started.

    Args:
        base_url: Where it answers, with or without `/v1`.
        key: Its `--api-key`, if it wants one.
        name: The provider's name in messages and figures.
        timeouts: Limits of silence.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        key: str | None = None,
        name: str = "llamacpp",
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.name = name
        door = HttpDoor(
            base_url.rstrip("/").removesuffix("/v1"),
            server="llama-server",
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Start it with `llama-server -m MODEL.gguf`, or choose another model with `--model`.",
        )
        self._server = LlamaServer(door)
        self.base_url = door.base_url

    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`."""
        return self._server.stream(request)

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model it runs."""
        return [await self._server.describe("")]

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of the model it runs, whatever name is asked for."""
        return await self._server.describe(model)

    async def health(self) -> Health:
        """Return whether it can answer now."""
        return await self._server.health()

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return the exact size of a prompt in tokens, template included."""
        return await self._server.count_tokens(messages)

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: not asked for yet."""
        return None

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()
