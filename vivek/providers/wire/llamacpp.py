"""What llama.cpp's server adds to the OpenAI shape: `/props`, `/tokenize`, progress. Shared by two adapters."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from vivek.errors import ModelAPIError, ProviderUnavailableError, VivekError
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.openai import MODELS_PATH, chat_body, stream_chat
from vivek.providers.wire.reply import whole, words
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request


@dataclass(frozen=True, slots=True)
class Props:
    """What `/props` tells.

    Attributes:
        window: Tokens of one slot's window, as loaded.
        model_path: The file of the weights, as the server sees it.
        alias: The name the server was given for it, or "".
        slots: How many prompts it can work on at a time.
    """

    window: int | None
    model_path: str
    alias: str
    slots: int | None


class LlamaServer:
    """One llama.cpp server behind a door: everything that its adapters share.

    Args:
        door: Where it answers; closed with this object.
    """

    def __init__(self, door: HttpDoor) -> None:
        self.door = door

    def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the reply; raises what `stream_chat` raises."""
        return stream_chat(self.door, llama_body(request))

    async def props(self) -> Props:
        """Return the server's own description of what it runs.

        Raises:
            ModelAPIError: If it cannot be had; `loading` is set while the model loads.
        """
        answer = await self.door.get_json("/props")
        settings = answer.get("default_generation_settings")
        window = settings.get("n_ctx") if isinstance(settings, Mapping) else None
        return Props(
            window=whole(window),
            model_path=words(answer.get("model_path")),
            alias=words(answer.get("model_alias")),
            slots=whole(answer.get("total_slots")),
        )

    async def describe(self, model: str) -> ModelInfo:
        """Return what is known of the model that runs; a server of one model takes any name for it.

        Raises:
            ModelAPIError: If `/props` cannot be read.
        """
        props = await self.props()
        listed, meta = await self._listed()
        own = props.alias or listed or props.model_path
        if own.endswith(".gguf"):  # without an alias the server calls the model by the path of its file
            own = own.replace("\\", "/").rpartition("/")[2]
        told = {"window_maximum": "n_ctx_train", "parameters": "n_params", "size_bytes": "size"}
        sources = {fact: MODELS_PATH for fact, field in told.items() if whole(meta.get(field))}
        if props.window:
            sources["window_loaded"] = "/props"
        return ModelInfo(
            name=own if model in {"", "default"} and own else model,
            window_loaded=props.window,
            window_maximum=whole(meta.get("n_ctx_train")),
            parameters=whole(meta.get("n_params")),
            size_bytes=whole(meta.get("size")),
            abilities=frozenset({"structured_output"}),
            loaded=True,
            sources=sources,
        )

    async def health(self) -> Health:
        """Return whether it can answer now; never raises."""
        try:
            await self.door.get_json("/health")
        except ProviderUnavailableError as error:
            return Health(ok=False, detail="loads its model" if error.loading else error.message)
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail="llama.cpp server")

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return the exact size of the prompt, template included; None when the server lacks the means.

        Raises:
            ProviderUnavailableError: If the server does not answer.
        """
        said = [{"role": message.role, "content": message.content} for message in messages]
        try:
            prompt = (await self.door.post_json("/apply-template", {"messages": said})).get("prompt")
            body = {"content": prompt, "add_special": True, "parse_special": True}
            tokens = (await self.door.post_json("/tokenize", body)).get("tokens")
        except ProviderUnavailableError:
            raise
        except ModelAPIError:
            return None  # older builds lack one of the two
        return len(tokens) if isinstance(tokens, list) and isinstance(prompt, str) else None

    async def close(self) -> None:
        """Give back the connections."""
        await self.door.close()

    async def _listed(self) -> tuple[str, Mapping[str, object]]:
        """Return the name and the facts of `/v1/models`, empty when it has none."""
        try:
            data = (await self.door.get_json(MODELS_PATH)).get("data")
        except ModelAPIError:
            return "", {}
        first = data[0] if isinstance(data, list) and data and isinstance(data[0], Mapping) else {}
        meta = first.get("meta")
        return words(first.get("id")), meta if isinstance(meta, Mapping) else {}


def llama_body(request: Request) -> dict[str, object]:
    """Return the body for llama.cpp's server.

    `return_progress` is not for the progress bar alone: without it the server notices a closed connection only
    after the whole prompt was read.
    """
    body = chat_body(request) | {"return_progress": True, "cache_prompt": True, "timings_per_token": False}
    extra = {"top_k": request.sampling.top_k, "repeat_penalty": request.sampling.repeat_penalty}
    body |= {name: value for name, value in extra.items() if value is not None}
    if request.think is not None:
        body["chat_template_kwargs"] = {"enable_thinking": request.think}
    return body
