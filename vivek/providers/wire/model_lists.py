"""Lists of models in the OpenAI shape, with what some servers add to it. Pure."""

from collections.abc import Mapping

from vivek.providers.wire.reply import amount, whole, words
from vivek.providers.wire.sources import sourced
from vivek.schema.models import Ability, ModelInfo
from vivek.schema.request import Sampling

_PLACE = "/v1/models"
_ENFORCING = frozenset({"vllm", "llamacpp", "sglang"})
"""Servers, as `owned_by` of their models names them, that hold a reply to a JSON schema."""

_PARAMETERS: Mapping[str, Ability] = {
    "tools": "tools",
    "reasoning": "thinking",
    "structured_outputs": "structured_output",
}


def entries(answer: Mapping[str, object], field: str) -> list[Mapping[str, object]]:
    """Return the objects of the list `field`, none when there is no such list."""
    found = answer.get(field)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def from_openai(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of `/v1/models`.

    OpenAI's own shape has no more than its name. vLLM adds `max_model_len`, llama.cpp `meta` and what its model takes
    in, others `context_length` or `context_window`; vLLM's `root` is the weights behind the name it serves them by.
    """
    meta, architecture = _object(entry.get("meta")), _object(entry.get("architecture"))
    abilities: set[Ability] = {"structured_output"} if words(entry.get("owned_by")) in _ENFORCING else set()
    if "image" in _texts(architecture.get("input_modalities")):
        abilities.add("vision")
    windows = (entry.get("max_model_len"), meta.get("n_ctx"), entry.get("context_length"), entry.get("context_window"))
    root, name = words(entry.get("root")), words(entry.get("id"))
    info = ModelInfo(
        name=name,
        window_loaded=next((window for window in map(whole, windows) if window), None),
        window_maximum=whole(meta.get("n_ctx_train")) or None,
        parameters=whole(meta.get("n_params")) or None,
        size_bytes=whole(meta.get("size")) or None,
        quantisation=words(meta.get("ftype")) or None,
        digest=root if root and root != name else None,
        abilities=frozenset(abilities),
    )
    return sourced(info, _PLACE)


def from_openrouter(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of OpenRouter's list; its window is that of the provider it prefers, where it tells that."""
    architecture, top = _object(entry.get("architecture")), _object(entry.get("top_provider"))
    maximum = whole(entry.get("context_length")) or None
    abilities = {ability for name, ability in _PARAMETERS.items() if name in _texts(entry.get("supported_parameters"))}
    if "image" in _texts(architecture.get("input_modalities")):
        abilities.add("vision")
    if "embeddings" in _texts(architecture.get("output_modalities")):
        abilities.add("embeddings")
    info = ModelInfo(
        name=words(entry.get("id")),
        window_loaded=whole(top.get("context_length")) or maximum,
        window_maximum=maximum,
        abilities=frozenset(abilities),
        sampling=_sampling(_object(entry.get("default_parameters"))),
        digest=words(entry.get("canonical_slug")) or None,
    )
    return sourced(info, "OpenRouter's list of models")


def _sampling(told: Mapping[str, object]) -> Sampling:
    return Sampling(
        temperature=amount(told.get("temperature")),
        top_p=amount(told.get("top_p")),
        top_k=whole(told.get("top_k")),
        repeat_penalty=amount(told.get("repetition_penalty")),
    )


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
