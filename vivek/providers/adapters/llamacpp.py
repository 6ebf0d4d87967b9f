"""llama.cpp's own server, started by the user. What it shares with the embedded engine is in `wire/llamacpp.py`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from vivek.errors import VivekError
from vivek.providers.engine.gguf import load_gguf
from vivek.providers.wire.address import bearer_header, is_loopback, parse_address
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.llamacpp import LlamaServer, Props
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

DEFAULT_URL = "http://127.0.0.1:8080"
_LOOK_SECONDS = 2.0


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
        key: Secret | str | None = None,
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
        self._is_near = is_loopback(parse_address(door.base_url).host)
        self._before: Props | None = None
        self.base_url = door.base_url

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`. A server that was restarted otherwise is told."""
        if note := await self._changed():
            yield Chunk(note=note)
        async with aclosing(self._server.stream(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model it runs."""
        return [await self.describe("")]

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of the model it runs, whatever name is asked for.

        The path of the weights is their digest. The server does not tell the shape of the model; where the file lies
        on this machine, it does.
        """
        props = await self._server.props()
        self._before = props
        info = await self._server.describe(model, props)
        if not self._is_near or not info.digest:
            return info
        return await asyncio.to_thread(_with_shape, info, Path(info.digest))

    async def health(self) -> Health:
        """Return whether it can answer now."""
        return await self._server.health()

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of a request's prompt in tokens."""
        return await self._server.count_tokens(request)

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if the server was not started for that."""
        return await self._server.embed(model, texts)

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()

    async def _changed(self) -> str:
        """Return how the server differs from what it was when it was last looked at, "" when it does not."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                now = await self._server.props()
        except (VivekError, TimeoutError):
            return ""  # what is wrong shows when it is asked
        before, self._before = self._before, now
        if before is None or not now.model_path or (before.model_path, before.window) == (now.model_path, now.window):
            return ""
        place = self._server.door.place
        if before.model_path != now.model_path:
            return f"{place} now runs {_told(now)}; it was {_told(before)} before."
        return f"{place} was restarted with {_told(now)}; it was {_told(before)} before."


def _told(props: Props) -> str:
    window = f" with a window of {props.window:,} tokens" if props.window else ""
    return f"{props.file_name}{window}"


def _with_shape(info: ModelInfo, path: Path) -> ModelInfo:
    """Return the model with what its file tells and the server does not, if it is that file and not another's."""
    if not path.is_absolute() or not path.is_file():
        return info
    file = load_gguf(path).info
    if info.parameters is None or file.parameters != info.parameters:
        return info
    sources = {fact: place for fact, place in file.sources.items() if fact in {"architecture", "cache_bytes"}}
    return replace(
        info,
        architecture=file.architecture,
        cache_bytes=file.cache_bytes,
        sources=sources | dict(info.sources),
    )
