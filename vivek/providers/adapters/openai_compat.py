"""Any server that speaks OpenAI's chat: vLLM, mlx_lm.server, SGLang and others, each with its own gaps."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial

from vivek.errors import (
    AuthenticationError,
    ModelAPIError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitError,
    VivekError,
)
from vivek.providers.catalog import did_you_mean
from vivek.providers.wire.address import bearer_header
from vivek.providers.wire.http import HttpDoor, Timeouts
from vivek.providers.wire.model_lists import from_openai
from vivek.providers.wire.openai import chat_body
from vivek.providers.wire.openai_server import OpenAIServer, split_address
from vivek.schema.chunk import Chunk
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.secret import Secret

_DEFAULT = frozenset({"", "default"})
_NO_LIST_YET = (AuthenticationError, ProviderUnavailableError, ProviderTimeoutError, RateLimitError)


class OpenAICompatProvider:
    """A server with `/v1/chat/completions`.

    Args:
        base_url: Where it answers: with or without `/v1`, or with a path of its own.
        key: Its key, if it wants one.
        timeouts: Limits of silence.
    """

    name = "openai_compat"

    def __init__(self, base_url: str, key: Secret | str | None = None, *, timeouts: Timeouts | None = None) -> None:
        address, prefix = split_address(base_url)
        door = HttpDoor(
            address,
            headers=bearer_header(key),
            timeouts=timeouts,
            start_hint="Start it, check `--base-url`, or choose another model with `--model`.",
        )
        self._server = OpenAIServer(door, partial(did_you_mean, prefix=f"{self.name}/"), prefix)
        self.base_url = door.base_url
        self._default: str | None = None

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the reply piece by piece; see `Provider.stream`."""
        body = chat_body(request)
        if request.model in _DEFAULT and (name := await self._default_name()):
            body["model"] = name
        elif request.model in _DEFAULT:
            del body["model"]  # mlx_lm.server would fetch a model of any name it does not know
        if request.think is not None:
            body["chat_template_kwargs"] = {"enable_thinking": request.think}
        async with aclosing(self._server.stream(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> Sequence[ModelInfo]:
        """Return the models it lists; a server without a usable list has none.

        mlx_lm.server answers 200 without a body when it finds no models on disk, and can chat all the same.
        """
        try:
            listed = await self._server.listed()
        except _NO_LIST_YET:
            raise
        except ModelAPIError:
            return []
        return [info for info in map(from_openai, listed) if info.name]

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of one model; `default` is the one it serves.

        Raises:
            ModelNotFoundError: If the server lists others only; the hint offers the nearest names.
        """
        infos = await self.models()
        if model in _DEFAULT:
            name = await self._default_name()
            return next((info for info in infos if info.name == name), ModelInfo(model))
        return self._server.named(model, infos) if infos else ModelInfo(model)

    async def health(self) -> Health:
        """Return whether it answers; never raises."""
        try:
            await self.models()
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail="OpenAI-compatible server")

    async def count_tokens(self, request: Request) -> int | None:
        """Return None: the protocol has no way to count."""
        return None

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if the server cannot embed."""
        return await self._server.embed(model, texts)

    async def close(self) -> None:
        """Give back the connections."""
        await self._server.close()

    async def _default_name(self) -> str:
        """Return the name of the model that is served, "" when it has to be asked without one.

        A list whose entries name no owner is mlx_lm.server's: all models on its disk, whichever is loaded.
        """
        if self._default is None:
            try:
                listed = await self._server.listed()
            except _NO_LIST_YET:
                raise
            except ModelAPIError:
                listed = []
            self._default = next((info.name for entry in listed if (info := from_openai(entry)).name), "")
            if not any("owned_by" in entry for entry in listed):
                self._default = ""
        return self._default
