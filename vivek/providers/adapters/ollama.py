"""Ollama through its own API: its OpenAI-compatible one takes no window and cuts prompts silently."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from vivek.errors import ModelAPIError, ModelNotFoundError, VivekError
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header, ollama_url
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.ollama import CHAT_PATH, NDJSON, ChatLines, chat_body
from vivek.providers.wire.ollama_models import from_list, from_show, tagged
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.stream import stream_reply
from vivek.schema.chunk import Chunk, Phase
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

_LOOK_SECONDS = 2.0


class OllamaProvider:
    """A running Ollama server.

    Args:
        base_url: Where it answers, in any form that `OLLAMA_HOST` may have.
        key: For a server behind a proxy that wants one.
        keep_alive: How long the model stays loaded after a reply, as Ollama writes it.
        timeouts: Limits of silence.
    """

    name = "ollama"

    def __init__(
        self,
        base_url: str | None = None,
        key: str | None = None,
        *,
        keep_alive: str = "30m",
        timeouts: Timeouts | None = None,
    ) -> None:
        self._door = HttpDoor(
            ollama_url(base_url),
            server="Ollama",
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Start it with `ollama serve`, or choose another model with `--model`.",
        )
        self.base_url = self._door.base_url
        self._keep_alive = keep_alive

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`."""
        yield Chunk(phase=await self._first_phase(request))
        lines = ChatLines(self._door)
        body = chat_body(request, self._keep_alive)
        try:
            async with aclosing(stream_reply(self._door, CHAT_PATH, body, accept=NDJSON, reader=lines)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ModelNotFoundError as error:
            raise await self._unknown(request.model, error) from error

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it has on disk, loaded ones first."""
        listed, running = await asyncio.gather(self._list("/api/tags"), self._list("/api/ps"))
        windows = {tagged(words(entry.get("name"))): whole(entry.get("context_length")) for entry in running}
        infos = [from_list(entry, windows) for entry in listed if words(entry.get("name"))]
        return sorted(infos, key=lambda info: not info.loaded)

    async def describe(self, model: str) -> ModelInfo:
        """Return what `/api/show`, `/api/ps` and `/api/tags` tell of one model.

        Raises:
            ModelNotFoundError: If it is not there; the hint offers the nearest names.
        """
        try:
            shown = await self._door.post_json("/api/show", {"model": model})
        except ModelNotFoundError as error:
            raise await self._unknown(model, error) from error
        known = {tagged(info.name): info for info in await self._known()}
        return from_show(model, shown, known.get(tagged(model)))

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            version = words((await self._door.get_json("/api/version")).get("version"))
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail=f"Ollama {version}".rstrip())

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return None: Ollama cannot count a prompt without answering it."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: not asked for yet."""
        return None

    async def close(self) -> None:
        """Give back the connections."""
        await self._door.close()

    async def _first_phase(self, request: Request) -> Phase:
        """Ask what the silence before the first token will be: loading, unless the model is there with this window."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                running = await self._list("/api/ps")
        except (VivekError, TimeoutError):
            return "load"  # the chat itself says what is wrong
        for entry in running:
            if tagged(words(entry.get("name"))) == tagged(request.model):
                return "prefill" if request.window in {None, entry.get("context_length")} else "load"
        return "load"

    async def _known(self) -> Sequence[ModelInfo]:
        try:
            return await self.models()
        except ModelAPIError:
            return ()  # only what the lists add is missing then

    async def _unknown(self, model: str, error: ModelNotFoundError) -> ModelNotFoundError:
        offer = did_you_mean(model, [info.name for info in await self._known()], "ollama/")
        hint = f"{offer} `ollama pull {model}` fetches it.".strip()
        return ModelNotFoundError(error.message, hint=hint)

    async def _list(self, path: str) -> list[Mapping[str, object]]:
        entries = (await self._door.get_json(path)).get("models")
        return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
