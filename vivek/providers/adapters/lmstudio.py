"""LM Studio: its own API says what is loaded with which window and loads models; the chat is OpenAI's."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from vivek.errors import (
    AuthenticationError,
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    VivekError,
)
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.lmstudio import LOAD_PATH, OLD_PATH, PATH, Listed, read_list, read_old_list
from vivek.providers.wire.model_lists import from_openai
from vivek.providers.wire.openai import chat_body
from vivek.providers.wire.openai_server import OpenAIServer
from vivek.providers.wire.reply import seconds, whole, words
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

_DEFAULT = frozenset({"", "default"})
_NO_OTHER_LIST = (AuthenticationError, ProviderTimeoutError, ProviderUnavailableError)
_LOOK_SECONDS = 2.0


class LMStudioProvider:
    """A running LM Studio, or its server without a window (`lms server start`).

    Args:
        base_url: Where it answers, with or without `/v1`.
        key: Its token, if it wants one.
        timeouts: Limits of silence.
    """

    name = "lmstudio"

    def __init__(self, base_url: str, key: Secret | str | None = None, *, timeouts: Timeouts | None = None) -> None:
        door = HttpDoor(
            base_url.rstrip("/").removesuffix("/v1"),
            server="LM Studio",
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Start its server with `lms server start`, or choose another model with `--model`.",
        )
        self._door = door
        self._server = OpenAIServer(door, partial(did_you_mean, prefix=f"{self.name}/"))
        self.base_url = door.base_url
        self._loading = asyncio.Lock()

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`.

        A model that is not loaded is loaded first, with the window that was budgeted for: left to itself, the server
        loads it with a window of its own, which is small whatever the model can do.
        """
        listed, took = await self._look(request.model), None
        if listed is None or listed.info.loaded:
            yield Chunk(phase="prefill" if listed else "load")
        else:
            yield Chunk(phase="load", note=_announced(listed, request.window))
            if listed.loadable and request.window:
                listed, took, odd = await self._load(listed, request.model, request.window)
                if odd:
                    yield Chunk(note=odd)
        body = chat_body(request) | _more(request, listed)
        async with aclosing(self._server.stream(body)) as chunks:
            async for chunk in chunks:
                if chunk.usage and took is not None:
                    yield replace(chunk, usage=replace(chunk.usage, load_seconds=took))
                else:
                    yield chunk

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it has on disk, loaded ones first."""
        return [each.info for each in await self._list()]

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model; `default` is the loaded one, else the first that can chat.

        Raises:
            ModelNotFoundError: If it is not there; the hint offers the nearest names.
        """
        listed = await self._list()
        found = _meant(model, listed)
        if found is None:
            raise self._server.unknown(model, [each.info.name for each in listed])
        return found.described(model)

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            listed = await self._list()
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        loaded = sum(each.info.loaded for each in listed)
        return Health(ok=True, detail=f"LM Studio, {loaded} of {len(listed)} models loaded")

    async def count_tokens(self, request: Request) -> int | None:
        """Return None: its HTTP interface has no way to count."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; the model is loaded when it is not."""
        return await self._server.embed(model, texts)

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()

    async def _list(self) -> list[Listed]:
        """Return its own list, the older one where it has no newer, and the one of OpenAI's shape where it has none."""
        for path, read in ((PATH, read_list), (OLD_PATH, read_old_list)):
            try:
                found = read(await self._door.get_json(path))
            except _NO_OTHER_LIST:
                raise
            except ModelAPIError:
                continue
            if found:
                return found
        try:
            return [Listed(info) for info in map(from_openai, await self._server.listed()) if info.name]
        except _NO_OTHER_LIST:
            raise
        except ModelAPIError:
            return []

    async def _look(self, model: str) -> Listed | None:
        """Return the model as it stands now, None when that cannot be told: the chat itself says what is wrong."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return _meant(model, await self._list())
        except (VivekError, TimeoutError):
            return None

    async def _load(self, listed: Listed, name: str, window: int) -> tuple[Listed, float | None, str]:
        """Load a model; return it as it stands then, the seconds it took, and what is odd about its window.

        Raises:
            ModelAPIError: If it cannot be loaded; trying again would not help.
        """
        async with self._loading:  # two calls at once would load it twice
            now = await self._look(name)
            if now and now.info.loaded:
                return now, None, ""
            asked = {"model": listed.info.name, "context_length": window, "echo_load_config": True}
            try:
                answer = await self._door.post_json(LOAD_PATH, asked, limit=self._door.timeouts.load)
            except ModelAPIError as error:
                if error.status is None:
                    raise
                hint = "A smaller window (`--window`) or model needs less memory."
                raise ModelAPIError(error.message, hint=hint) from error
        took = seconds(answer.get("load_time_seconds"), 1.0)
        settings = answer.get("load_config")
        got = whole(settings.get("context_length")) if isinstance(settings, dict) else None
        there = replace(listed, windows={words(answer.get("instance_id")) or listed.info.name: got})
        if got in {None, window}:
            return there, took, ""
        # Read back, because for some models (in MLX's format) the server takes another window without a word.
        told = f"with a window of {got:,} tokens, not the {window:,} asked for."
        return there, took, f"LM Studio loaded `{listed.info.name}` {told}"


def _announced(listed: Listed, window: int | None) -> str:
    name = listed.info.name
    if listed.loadable and window:
        return f"LM Studio loads `{name}` with a window of {window:,} tokens."
    size = f" --context-length {window}" if window else ""
    return (
        f"LM Studio loads `{name}` with a window of its own choice, often 4,096 tokens. "
        f"For another one load it first: `lms load {name}{size}`."
    )


def _meant(model: str, listed: Sequence[Listed]) -> Listed | None:
    """Return the model that a name means, None when there is none."""
    if model in _DEFAULT:
        return next((each for each in listed if "embeddings" not in each.info.abilities), None)
    return next((each for each in listed if each.answers_to(model)), None)


def _more(request: Request, listed: Listed | None) -> dict[str, object]:
    """Return what LM Studio's chat takes beyond OpenAI's."""
    more: dict[str, object] = {"top_k": request.sampling.top_k, "repeat_penalty": request.sampling.repeat_penalty}
    more = {name: value for name, value in more.items() if value is not None}
    if listed:
        more["model"] = listed.instance(listed.info.name if request.model in _DEFAULT else request.model)
    if request.think is not None and listed and "thinking" in listed.info.abilities:
        more["reasoning_effort"] = "medium" if request.think else "none"
    return more
