"""One server of the OpenAI shape behind a door: everything that its adapters share."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing

from vivek.errors import ModelNotFoundError, RequestInvalidError, VivekError
from vivek.providers.wire.address import parse_address
from vivek.providers.wire.embeddings import fetch_embeddings
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.openai import stream_chat
from vivek.providers.wire.refusals import Refusals
from vivek.providers.wire.reply import words
from vivek.schema.chunk import Chunk
from vivek.schema.models import ModelInfo


def split_address(base_url: str) -> tuple[str, str]:
    """Return the address of a server and the path before `/chat/completions`.

    An address with a path of its own is taken as its maker writes it (`https://HOST/v1beta/openai`); one without, or
    with `/v1` at its end, has its endpoints below `/v1`.

    Raises:
        ConfigError: If it is no address.
    """
    path = parse_address(base_url).path.rstrip("/")
    if path and not path.endswith("/v1"):
        return base_url.rstrip("/"), ""
    return base_url.rstrip("/").removesuffix("/v1"), "/v1"


class OpenAIServer:
    """A server with `/chat/completions`, `/models` and perhaps `/embeddings`.

    Args:
        door: Where it answers; closed with this object.
        suggest: Makes of a wrong name and the right ones a question that offers the nearest, "" when none is near.
        prefix: The path before the endpoints.
    """

    def __init__(self, door: HttpDoor, suggest: Callable[[str, Sequence[str]], str], prefix: str = "/v1") -> None:
        self.door = door
        self._suggest = suggest
        self._prefix = prefix
        self._refusals = Refusals()

    async def stream(self, body: Mapping[str, object]) -> AsyncGenerator[Chunk]:
        """Yield the reply; a field that the server does not take is left out and the request sent again.

        Raises what `stream_chat` raises.
        """
        model = str(body.get("model", ""))
        while True:
            sent = self._refusals.fit(model, body)
            try:
                async with aclosing(stream_chat(self.door, sent, path=f"{self._prefix}/chat/completions")) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except RequestInvalidError as error:
                done = self._refusals.learn(model, sent, error)
                if not done:
                    raise
            except ModelNotFoundError as error:
                raise self.unknown(model, await self._names(), error.message) from error
            yield Chunk(note=f"{self.door.place} {done}")

    async def listed(self) -> list[Mapping[str, object]]:
        """Return the entries of its list of models.

        Raises:
            ModelAPIError: If it has none, or cannot be reached.
        """
        return entries(await self.door.get_json(f"{self._prefix}/models"), "data")

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text; see `fetch_embeddings`."""
        return await fetch_embeddings(self.door, model, texts, path=f"{self._prefix}/embeddings")

    def unknown(self, model: str, names: Sequence[str], message: str = "") -> ModelNotFoundError:
        """Return the error for a model that is not among `names`; its hint offers the nearest of them."""
        told = message or f"{self.door.place} has no model `{model}`."
        hint = self._suggest(model, names) or "`vivek models list` shows which models it has."
        return ModelNotFoundError(told, hint=hint)

    def named(self, model: str, infos: Sequence[ModelInfo]) -> ModelInfo:
        """Return the model of that name.

        Raises:
            ModelNotFoundError: If there is none; the hint offers the nearest names.
        """
        for info in infos:
            if info.name == model:
                return info
        raise self.unknown(model, [info.name for info in infos])

    async def close(self) -> None:
        """Give back the connections."""
        await self.door.close()

    async def _names(self) -> list[str]:
        try:
            return [name for entry in await self.listed() if (name := words(entry.get("id")))]
        except VivekError:
            return []  # only the offer is missing then
