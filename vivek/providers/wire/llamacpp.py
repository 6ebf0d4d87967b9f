"""What llama.cpp's server adds to the OpenAI shape: `/props`, `/tokenize`, progress. Shared by two adapters."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from vivek.errors import (
    ContextWindowExceededError,
    ModelAPIError,
    ProviderUnavailableError,
    RequestInvalidError,
    VivekError,
)
from vivek.providers.wire.chat_template import template_abilities
from vivek.providers.wire.embeddings import EMBEDDINGS_PATH, fetch_embeddings
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.llama_count import PromptCounter
from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.openai import MODELS_PATH, chat_body, stream_chat
from vivek.providers.wire.own_sampling import from_props
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.sources import sourced
from vivek.schema.chunk import Chunk
from vivek.schema.models import Ability, Health, ModelInfo
from vivek.schema.request import Request, Sampling

PROPS_PATH = "/props"
_TYPE_NAMES = {"all F32": "F32", "Q2_K - Medium": "Q2_K", "IQ3_S mix - 3.66 bpw": "IQ3_M"}
_SIZES = {"Small": "_S", "Medium": "_M", "Large": "_L"}
_POOLING = re.compile(r"pooling", re.IGNORECASE)
_TOO_LARGE = re.compile(r"too large to process", re.IGNORECASE)
_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Props:
    """What `/props` tells.

    Attributes:
        window: Tokens of one slot's window, as loaded.
        model_path: The file of the weights, as the server sees it.
        alias: The name the server was given for it, or "".
        slots: How many prompts it can work on at a time; they share the window.
        quantisation: Such as `Q4_K_M`, None where the build does not tell.
        abilities: What the template has a place for, and whether it can see.
        sampling: What the model file or whoever started the server set.
        sleeping: Whether it gave its memory back for want of requests.
    """

    window: int | None
    model_path: str
    alias: str
    slots: int | None
    quantisation: str | None = None
    abilities: frozenset[Ability] = frozenset()
    sampling: Sampling = field(default_factory=Sampling)
    sleeping: bool = False

    @property
    def file_name(self) -> str:
        """The name of the file, without its folder on whatever system."""
        return self.model_path.replace("\\", "/").rpartition("/")[2]


class LlamaServer:
    """One llama.cpp server behind a door: everything that its adapters share.

    Args:
        door: Where it answers; closed with this object.
    """

    def __init__(self, door: HttpDoor) -> None:
        self.door = door
        self._counter = PromptCounter(door)

    def stream(self, request: Request) -> AsyncGenerator[Chunk]:
        """Yield the reply; raises what `stream_chat` raises."""
        return stream_chat(self.door, llama_body(request))

    async def props(self) -> Props:
        """Return the server's own description of what it runs.

        Raises:
            ModelAPIError: If it cannot be had; `loading` is set while the model loads.
        """
        return read_props(await self.door.get_json(PROPS_PATH))

    async def describe(self, model: str, props: Props) -> ModelInfo:
        """Return what is known of the model that runs; a server of one model takes any name for it.

        Args:
            model: The name asked for.
            props: What the server said of itself.
        """
        listed, meta = await self._listed()
        own = props.alias or listed or props.model_path
        if own.endswith(".gguf"):  # without an alias the server calls the model by the path of its file
            own = own.replace("\\", "/").rpartition("/")[2]
        several = f", one of {props.slots} slots that share it" if props.slots and props.slots > 1 else ""
        info = ModelInfo(
            name=own if model in {"", "default"} and own else model,
            window_loaded=props.window,
            prompts_kept=props.slots,
            at_once=props.slots,
            quantisation=props.quantisation,
            abilities=props.abilities | {"structured_output"},
            digest=props.model_path or None,
            sampling=props.sampling,
            loaded=True,
            sources={"window_loaded": PROPS_PATH + several} if props.window else {},
        )
        more = replace(
            sourced(info, PROPS_PATH),
            window_maximum=whole(meta.get("n_ctx_train")) or None,
            parameters=whole(meta.get("n_params")) or None,
            quantisation=info.quantisation or quantisation_in(words(meta.get("ftype"))),
            size_bytes=whole(meta.get("size")) or None,
        )
        if not await self._can_embed():
            return sourced(more, MODELS_PATH)
        return sourced(replace(sourced(more, MODELS_PATH), abilities=more.abilities | {"embeddings"}), EMBEDDINGS_PATH)

    async def health(self) -> Health:
        """Return whether it can answer now; never raises."""
        try:
            await self.door.get_json("/health")
        except ProviderUnavailableError as error:
            return Health(ok=False, detail="loads its model" if error.loading else error.message)
        except VivekError as error:
            return Health(ok=False, detail=error.message)
        return Health(ok=True, detail="llama.cpp server")

    async def count_tokens(self, request: Request) -> int | None:
        """Return the exact size of the prompt, template, tools and all; None when the server lacks the means.

        What a picture takes is known only once it was looked at.

        Raises:
            ProviderUnavailableError: If the server does not answer.
        """
        if any(message.images for message in request.messages):
            return None
        return await self._counter.count(llama_body(request))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return one vector for each text, in their order; None if it was not started for that.

        Raises:
            ContextWindowExceededError: If a text is longer than what it takes at a time; none is cut.
        """
        try:
            return await fetch_embeddings(self.door, model, texts)
        except RequestInvalidError as error:
            if _POOLING.search(error.message):  # started for it, but with a model that gives no vector for a text
                return None
            raise
        except ProviderUnavailableError as error:
            if _TOO_LARGE.search(error.message):
                hint = "Cut it into smaller pieces, or start llama-server with a larger `--ubatch-size`."
                raise ContextWindowExceededError(error.message, hint=hint) from error
            raise

    async def restore_slot(self, name: str) -> None:
        """Load what was saved of its one slot; a file that it refuses leaves the slot empty.

        Raises:
            ProviderUnavailableError: If the server does not answer.
        """
        with suppress(RequestInvalidError):
            await self.door.post_json("/slots/0?action=restore", {"filename": name})

    async def close(self) -> None:
        """Give back the connections."""
        await self.door.close()

    async def _can_embed(self) -> bool:
        """Return whether it was started for embeddings: then it refuses to embed nothing, otherwise to embed at all."""
        try:
            await self.door.post_json(EMBEDDINGS_PATH, {"model": "", "input": []}, limit=_LOOK_SECONDS)
        except RequestInvalidError as error:
            return error.status == 400 and not _POOLING.search(error.message)
        except VivekError:
            pass
        return False

    async def _listed(self) -> tuple[str, Mapping[str, object]]:
        """Return the name and the facts of `/v1/models`, empty when it has none."""
        try:
            listed = entries(await self.door.get_json(MODELS_PATH), "data")
        except ModelAPIError:
            return "", {}
        first = listed[0] if listed else {}
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


def read_props(answer: Mapping[str, object]) -> Props:
    """Return what `/props` says; builds before a field was added say less."""
    settings, seen = _object(answer.get("default_generation_settings")), _object(answer.get("modalities"))
    abilities = set(template_abilities(words(answer.get("chat_template"))))
    if isinstance(caps := answer.get("chat_template_caps"), Mapping):  # what the template does, not what it looks like
        able = caps.get("supports_tools") is True or caps.get("supports_tool_calls") is True
        abilities = abilities | {"tools"} if able else abilities - {"tools"}
    if seen.get("vision") is True:
        abilities.add("vision")
    return Props(
        window=whole(settings.get("n_ctx")) or None,
        model_path=words(answer.get("model_path")),
        alias=words(answer.get("model_alias")),
        slots=whole(answer.get("total_slots")),
        quantisation=quantisation_in(words(answer.get("model_ftype"))),
        abilities=frozenset(abilities),
        sampling=from_props(_object(settings.get("params"))),
        sleeping=answer.get("is_sleeping") is True,
    )


def quantisation_in(name: str) -> str | None:
    """Return the short name of a file type that llama.cpp tells in words: `Q4_K - Medium` is `Q4_K_M`."""
    told = name.removesuffix(" (guessed)").strip()
    short, _, more = told.partition(" - ")
    known = _TYPE_NAMES.get(told) or short + _SIZES.get(more, "")
    return known if re.fullmatch(r"[A-Z0-9_]+", known) else None


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
