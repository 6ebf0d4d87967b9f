"""Anthropic's Messages API, and servers that speak it as well (llama.cpp and Ollama do)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from vivek.errors import ModelAPIError, ModelNotFoundError, RequestInvalidError, VivekError
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import key_header
from vivek.providers.wire.anthropic import (
    CHAT_PATH,
    COUNT_PATH,
    MODELS_PATH,
    VERSION,
    chat_body,
    from_list,
    thinks_adaptively,
)
from vivek.providers.wire.anthropic_events import MessageEvents
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.reply import whole
from vivek.providers.wire.stream import stream_reply
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

DEFAULT_URL = "https://api.anthropic.com"
_OPTIONAL = ("temperature", "top_p", "top_k", "output_config", "tool_choice")
_COUNTED = ("model", "system", "messages", "tools", "tool_choice", "thinking")
_LIST = f"{MODELS_PATH}?limit=1000"


class AnthropicProvider:
    """A server with `/v1/messages`.

    Args:
        base_url: Where it answers, with or without `/v1`; None for Anthropic's own address.
        key: Its key.
        timeouts: Limits of silence.
    """

    name = "anthropic"

    def __init__(
        self,
        base_url: str | None = None,
        key: Secret | str | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._door = HttpDoor(
            (base_url or DEFAULT_URL).rstrip("/").removesuffix("/v1"),
            server="The Messages API",
            headers={"anthropic-version": VERSION, **key_header("x-api-key", key)},
            timeouts=timeouts,
            start_hint="Check the connection and `--base-url`, or choose another model with `--model`.",
        )
        self.base_url = self._door.base_url
        self._adaptive: dict[str, bool] = {}
        self._refused: set[str] = set()

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        Models differ in which way of thinking and which sampling they take: what one refuses is left out, told, and
        not sent again.
        """
        while True:
            adaptive = self._adaptive.get(request.model, True)
            body = chat_body(request, adaptive=adaptive)
            for field in self._refused & body.keys():
                del body[field]
            reader = MessageEvents(self._door)
            try:
                async with aclosing(
                    stream_reply(self._door, CHAT_PATH, body, accept="text/event-stream", reader=reader)
                ) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except RequestInvalidError as error:
                note = self._learn(error, body, request.model, adaptive=adaptive)
            yield Chunk(note=note)

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it lists."""
        return [info for info in map(from_list, await self._listed()) if info.name]

    async def describe(self, model: str) -> ModelInfo:
        """Return what the list tells of one model.

        Raises:
            ModelNotFoundError: If it is not there; the hint offers the nearest names.
        """
        listed = await self._listed()
        names = [info.name for info in map(from_list, listed)]
        for entry in listed:
            # An alias names the newest of its dated versions.
            if entry.get("id") == model or str(entry.get("id")).startswith(f"{model}-2"):
                adaptive = thinks_adaptively(entry)
                if adaptive is not None:
                    self._adaptive[model] = adaptive
                return replace(from_list(entry), name=model)
        if not names:
            return ModelInfo(model)
        msg = f"{self._door.place} has no model `{model}`."
        raise ModelNotFoundError(msg, hint=did_you_mean(model, names, f"{self.name}/"))

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            await self._door.get_json(_LIST)
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail="Messages API")

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt as the server counts it, None where it does not."""
        body = chat_body(request, adaptive=self._adaptive.get(request.model, True))
        body = {name: body[name] for name in _COUNTED if name in body and name not in self._refused}
        try:
            return whole((await self._door.post_json(COUNT_PATH, body)).get("input_tokens"))
        except ModelAPIError:
            return None  # not every server of this shape counts

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: this API has no embeddings."""
        return None

    async def close(self) -> None:
        """Give back the connections."""
        await self._door.close()

    async def _listed(self) -> list[Mapping[str, object]]:
        return entries(await self._door.get_json(_LIST), "data")

    def _learn(self, error: RequestInvalidError, body: Mapping[str, object], model: str, *, adaptive: bool) -> str:
        """Return what to tell of a field that was refused; raises `error` when none can be left out."""
        if "thinking" in body and "thinking" in error.message and "thinking" not in self._refused:
            if body["thinking"] == {"type": "adaptive"} and adaptive:
                self._adaptive[model] = False
                return f"`{model}` does not decide itself how much it thinks; asked again with a limit."
            self._refused.add("thinking")
            return f"`{model}` does not take that way of thinking; asked again without it."
        field = next((name for name in _OPTIONAL if name in body and name in error.message), None)
        if field is None:
            raise error
        self._refused.add(field)
        return f"`{model}` does not take `{field}`; asked again without it."
