"""Lists of models in the shapes that OpenAI-compatible servers and LM Studio give. Pure."""

import re
from collections.abc import Mapping

from vivek.providers.wire.reply import whole, words
from vivek.schema.models import Ability, ModelInfo

_IN_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*([bm])", re.IGNORECASE)


def entries(answer: Mapping[str, object], field: str) -> list[Mapping[str, object]]:
    """Return the objects of the list `field`, none when there is no such list."""
    found = answer.get(field)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def from_openai(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of `/v1/models`.

    The window has no place in OpenAI's own shape: vLLM adds `max_model_len`, llama.cpp `meta.n_ctx`, OpenRouter
    `context_length`.
    """
    found = entry.get("meta")
    meta = found if isinstance(found, Mapping) else {}
    window = whole(entry.get("max_model_len")) or whole(meta.get("n_ctx")) or whole(entry.get("context_length")) or None
    return ModelInfo(
        name=words(entry.get("id")),
        window_loaded=window,
        window_maximum=whole(meta.get("n_ctx_train")),
        parameters=whole(meta.get("n_params")),
        size_bytes=whole(meta.get("size")),
        sources={"window_loaded": "/v1/models"} if window else {},
    )


def from_lm_studio(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of LM Studio's `/api/v1/models`; its loaded instance has the window that counts."""
    loaded = entries(entry, "loaded_instances")
    settings = loaded[0].get("config") if loaded else None
    window = whole(settings.get("context_length")) if isinstance(settings, Mapping) else None
    quantization, capabilities = entry.get("quantization"), entry.get("capabilities")
    abilities: set[Ability] = {"embeddings"} if entry.get("type") == "embedding" else {"structured_output"}
    if isinstance(capabilities, Mapping):
        named: dict[str, Ability] = {"vision": "vision", "trained_for_tool_use": "tools", "reasoning": "thinking"}
        abilities |= {ability for name, ability in named.items() if capabilities.get(name)}
    return ModelInfo(
        name=words(entry.get("key")),
        window_loaded=window,
        window_maximum=whole(entry.get("max_context_length")),
        parameters=_in_words(entry.get("params_string")),
        quantisation=words(quantization.get("name")) or None if isinstance(quantization, Mapping) else None,
        architecture=words(entry.get("architecture")) or None,
        size_bytes=whole(entry.get("size_bytes")),
        abilities=frozenset(abilities),
        loaded=bool(loaded),
        sources={"window_loaded": "/api/v1/models"} if window else {},
    )


def from_old_lm_studio(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of `/api/v0/models`, which LM Studio had before 0.4."""
    window = whole(entry.get("loaded_context_length"))
    embeds = entry.get("type") == "embeddings"
    return ModelInfo(
        name=words(entry.get("id")),
        window_loaded=window,
        window_maximum=whole(entry.get("max_context_length")),
        quantisation=words(entry.get("quantization")) or None,
        architecture=words(entry.get("arch")) or None,
        abilities=frozenset({"embeddings"} if embeds else {"structured_output"}),
        loaded=entry.get("state") == "loaded",
        sources={"window_loaded": "/api/v0/models"} if window else {},
    )


def _in_words(value: object) -> int | None:
    found = _IN_WORDS.search(words(value))
    return int(float(found[1]) * (1e9 if found[2].lower() == "b" else 1e6)) if found else None
