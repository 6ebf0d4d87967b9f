"""Ollama through its own API: its OpenAI-compatible one takes no window and cuts prompts silently."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from vivek.errors import ModelAPIError, ModelNotFoundError, RequestInvalidError, StreamInterruptedError, VivekError
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header, ollama_url
from vivek.providers.wire.embeddings import read_embeddings
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.ollama import NDJSON, ChatLines
from vivek.providers.wire.ollama_models import PS_PATH, SHOW_PATH, TAGS_PATH, from_list, from_show, tagged
from vivek.providers.wire.ollama_request import CHAT_PATH, EMBED_PATH, chat_body, embed_body, refused_field
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.stream import stream_reply
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

_LOOK_SECONDS = 2.0
_CANNOT_EMBED = re.compile(r"does not support embedding", re.IGNORECASE)
_ABSENT = frozenset({404, 405, 501})

Running = Mapping[str, object]
"""A model's entry in `/api/ps`."""


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
        key: Secret | str | None = None,
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
        self._refused: dict[str, set[str]] = {}
        self._digests: dict[str, str] = {}

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        A field that the model does not know (`think`, `tools`) is left out and the request sent again, once for each.
        """
        running = await self._running(request.model)
        there = running is not None and request.window in {None, running.get("context_length")}
        if note := self._replaced(request.model, running):
            yield Chunk(note=note)
        yield Chunk(phase="prefill" if there else "load")
        body = chat_body(request, self._keep_alive)
        refused = self._refused.setdefault(request.model, set())
        while True:
            sent = {name: value for name, value in body.items() if name not in refused}
            try:
                async with aclosing(self._reply(request, sent, look=not there)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except ModelNotFoundError as error:
                raise await self._unknown(request.model, error) from error
            except RequestInvalidError as error:
                field = refused_field(sent, error.message)
                if not field:
                    raise
            refused.add(field)
            yield Chunk(note=f"{request.model} in {self._door.place} does not take `{field}`; asked again without it.")

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it has on disk, loaded ones first."""
        listed, loaded = await asyncio.gather(self._list(TAGS_PATH), self._list(PS_PATH))
        running = {tagged(words(entry.get("name"))): entry for entry in loaded}
        names = [(words(entry.get("name")), entry) for entry in listed]
        infos = [from_list(entry, running.get(tagged(name))) for name, entry in names if name]
        return sorted(infos, key=lambda info: not info.loaded)

    async def describe(self, model: str) -> ModelInfo:
        """Return what `/api/show`, `/api/ps` and `/api/tags` tell of one model.

        Raises:
            ModelNotFoundError: If it is not there; the hint offers the nearest names.
        """
        try:
            shown = await self._door.post_json(SHOW_PATH, {"model": model})
        except ModelNotFoundError as error:
            raise await self._unknown(model, error) from error
        known = {tagged(info.name): info for info in await self._known()}
        info = from_show(model, shown, known.get(tagged(model)))
        if info.digest:
            self._digests[tagged(model)] = info.digest
        return info

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            version = words((await self._door.get_json("/api/version")).get("version"))
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail=f"Ollama {version}".rstrip())

    async def count_tokens(self, request: Request) -> int | None:
        """Return None: Ollama cannot count a prompt without answering it."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if the model cannot embed.

        Raises:
            ContextWindowExceededError: If a text is longer than the model's window; none is cut.
        """
        if not texts:
            return []
        body = embed_body(model, texts, self._keep_alive)
        try:
            answer = await self._door.post_json(EMBED_PATH, body, limit=self._door.timeouts.load)
        except ModelNotFoundError as error:
            raise await self._unknown(model, error) from error
        except ModelAPIError as error:
            if error.status in _ABSENT or _CANNOT_EMBED.search(error.message):
                return None
            raise
        found = answer.get("embeddings")
        data = [{"embedding": each} for each in found] if isinstance(found, list) else []
        vectors = read_embeddings({"data": data}, len(texts))
        if vectors is None:
            msg = f"{self._door.place} sent no usable vectors for {len(texts)} texts."
            raise ModelAPIError(msg, hint=f"Is `{model}` a model for embeddings?")
        return vectors

    async def close(self) -> None:
        """Give back the connections."""
        await self._door.close()

    async def _reply(self, request: Request, body: Mapping[str, object], *, look: bool) -> AsyncGenerator[Chunk]:
        """Yield the reply to `body`; with `look` the window that was really loaded is told before the first text."""
        lines = ChatLines(self._door)
        try:
            async with aclosing(stream_reply(self._door, CHAT_PATH, body, accept=NDJSON, reader=lines)) as chunks:
                async for chunk in chunks:
                    if look and (note := await self._loaded_otherwise(request)):
                        yield Chunk(note=note)
                    look = False
                    yield chunk
        except StreamInterruptedError as error:
            raise lines.explained(error) from error

    async def _loaded_otherwise(self, request: Request) -> str:
        """Return how what was loaded differs from what was asked for, "" when it does not or cannot be told.

        The server loads a smaller window than it was asked for where memory runs out or the model was made for less.
        """
        running = await self._running(request.model)
        loaded = whole(running.get("context_length")) if running else None
        if loaded and request.window and loaded < request.window:
            return (
                f"{self._door.place} loaded {request.model} with a window of {loaded:,} tokens, not with the "
                f"{request.window:,} that were asked for; a prompt that needs more will be refused."
            )
        return self._replaced(request.model, running)

    def _replaced(self, model: str, running: Running | None) -> str:
        """Return that other weights answer to a model's name than before, "" when they are the same or unknown."""
        digest = words(running.get("digest")) if running else ""
        before = self._digests.get(tagged(model))
        if digest:
            self._digests[tagged(model)] = digest
        if not digest or before in {None, digest}:
            return ""
        return f"{model} in {self._door.place} is another model than before: its weights were replaced."

    async def _running(self, model: str) -> Running | None:
        """Return how a model is loaded now, None when it is not or that cannot be told: the chat says what is wrong."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                loaded = await self._list(PS_PATH)
        except (VivekError, TimeoutError):
            return None
        return next((entry for entry in loaded if tagged(words(entry.get("name"))) == tagged(model)), None)

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
        return entries(await self._door.get_json(path), "models")
