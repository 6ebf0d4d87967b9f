"""Any server that speaks OpenAI's chat: LM Studio, vLLM, mlx_lm.server and others, each with its own gaps."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing

from vivek.errors import (
    AuthenticationError,
    ModelAPIError,
    ModelNotFoundError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RequestInvalidError,
    VivekError,
)
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.model_lists import entries, from_lm_studio, from_old_lm_studio, from_openai
from vivek.providers.wire.openai import MODELS_PATH, chat_body, stream_chat
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

_ESSENTIAL = frozenset({"model", "messages", "stream", "max_tokens"})
_NEEDS_A_HUMAN = (AuthenticationError, ProviderUnavailableError, ProviderTimeoutError)


class OpenAICompatProvider:
    """A server with `/v1/chat/completions`.

    Args:
        base_url: Where it answers, with or without `/v1`.
        key: Its key, if it wants one.
        timeouts: Limits of silence.
    """

    name = "openai_compat"

    def __init__(self, base_url: str, key: str | None = None, *, timeouts: Timeouts | None = None) -> None:
        self._door = HttpDoor(
            base_url.rstrip("/").removesuffix("/v1"),
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Start it, check `--base-url`, or choose another model with `--model`.",
        )
        self.base_url = self._door.base_url
        self._refused: set[str] = set()
        self._default = ""

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        A field that the server does not know is left out and the request sent again, once for each: what follows
        from it (a schema that is not enforced, figures that are missing) shows in the reply and is checked there.
        """
        body = {name: value for name, value in chat_body(request).items() if name not in self._refused}
        body["model"] = await self._resolve(request.model)
        while True:
            try:
                async with aclosing(stream_chat(self._door, body)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except RequestInvalidError as error:
                field = next((name for name in body if name not in _ESSENTIAL and name in error.message), None)
                if field is None:
                    raise
            self._refused.add(field)
            del body[field]
            yield Chunk(note=f"{self._door.place} does not take `{field}`; asked again without it.")

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it lists, loaded ones first; a server without a usable list has none.

        mlx_lm.server answers 200 without a body when it finds no models on disk, and can chat all the same.
        """
        listed = await self._list(MODELS_PATH, "data", from_openai)
        local = any(entry.window_loaded is None for entry in listed)
        better = {info.name: info for info in (await self._lm_studio() if local else ())}
        infos = [better.get(info.name, info) for info in listed]
        return sorted(infos, key=lambda info: not info.loaded)

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model; `default` is the first of the list.

        Raises:
            ModelNotFoundError: If the server lists others only; the hint offers the nearest names.
        """
        infos = await self.models()
        if not infos:
            return ModelInfo(model)
        if model in {"", "default"}:
            return infos[0]
        for info in infos:
            if info.name == model:
                return info
        msg = f"{self._door.place} has no model `{model}`."
        raise ModelNotFoundError(msg, hint=did_you_mean(model, [info.name for info in infos], f"{self.name}/"))

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            await self._list(MODELS_PATH, "data", from_openai)
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail="OpenAI-compatible server")

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return None: the protocol has no way to count."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: not asked for yet."""
        return None

    async def close(self) -> None:
        """Give back the connections."""
        await self._door.close()

    async def _resolve(self, model: str) -> str:
        if model not in {"", "default"}:
            return model
        self._default = self._default or (await self.describe(model)).name
        return self._default

    async def _lm_studio(self) -> list[ModelInfo]:
        """Return LM Studio's own list, which knows the loaded windows; empty when this is another server."""
        return await self._list("/api/v1/models", "models", from_lm_studio) or await self._list(
            "/api/v0/models", "data", from_old_lm_studio
        )

    async def _list(self, path: str, field: str, read: Callable[[Mapping[str, object]], ModelInfo]) -> list[ModelInfo]:
        try:
            answer = await self._door.get_json(path)
        except _NEEDS_A_HUMAN:
            raise
        except ModelAPIError:
            return []
        return [info for info in map(read, entries(answer, field)) if info.name]
