"""What Ollama tells of its models: `/api/tags`, `/api/ps` and `/api/show` as values. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from vivek.providers.wire.cache_size import cache_size
from vivek.providers.wire.own_sampling import from_gguf, from_modelfile, modelfile_lines
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.sources import sourced
from vivek.schema.models import Ability, ModelInfo
from vivek.schema.request import Sampling

TAGS_PATH, PS_PATH, SHOW_PATH = "/api/tags", "/api/ps", "/api/show"

_ABILITIES: Mapping[str, Ability] = {
    "tools": "tools",
    "thinking": "thinking",
    "vision": "vision",
    "embedding": "embeddings",
    "completion": "structured_output",
}
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def tagged(name: str) -> str:
    """Return the name with its tag: a model without one is its `latest`."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def from_list(entry: Mapping[str, object], running: Mapping[str, object] | None) -> ModelInfo:
    """Return the model of one entry of `/api/tags`.

    Args:
        entry: As listed.
        running: The same model's entry of `/api/ps`, None when it is not loaded.
    """
    details = _object(entry.get("details"))
    info = ModelInfo(
        name=words(entry.get("name")),
        parameters=parameter_count(details.get("parameter_size")),
        quantisation=_named(details.get("quantization_level")),
        architecture=_named(details.get("family")),
        size_bytes=whole(entry.get("size")),
        digest=words(entry.get("digest")) or None,
        sources=_remote(entry),
    )
    return with_loaded(sourced(info, TAGS_PATH), running)


def from_show(model: str, shown: Mapping[str, object], listed: ModelInfo | None) -> ModelInfo:
    """Return the model that `/api/show` describes, with what the lists add.

    Args:
        model: The name asked for.
        shown: The answer.
        listed: The same model as listed, None when it is not.
    """
    facts, details = _object(shown.get("model_info")), _object(shown.get("details"))
    named, parameters = shown.get("capabilities"), words(shown.get("parameters"))
    architecture = words(facts.get("general.architecture")) or words(details.get("family"))
    cache = cache_size(architecture, facts)
    default = modelfile_lines(parameters).get("num_ctx", "")
    told = ModelInfo(
        name=model,
        window_maximum=whole(facts.get(f"{architecture}.context_length")) or None,
        window_default=int(default) if default.isdecimal() else None,
        parameters=whole(facts.get("general.parameter_count")) or parameter_count(details.get("parameter_size")),
        quantisation=_named(details.get("quantization_level")),
        architecture=architecture or None,
        abilities=frozenset(_ABILITIES[each] for each in named if each in _ABILITIES)
        if isinstance(named, list)
        else frozenset(),
        cache_bytes=cache.bytes if cache else None,
        sampling=_own_sampling(parameters, facts),
        sources={"cache_bytes": f"{SHOW_PATH}: {cache.words}"} if cache else {},
    )
    shown_info = sourced(replace(told, sources=dict(told.sources) | _remote(shown)), SHOW_PATH)
    return _joined(shown_info, listed) if listed else shown_info


def with_loaded(info: ModelInfo, running: Mapping[str, object] | None) -> ModelInfo:
    """Return the model with what `/api/ps` tells of it while it is loaded."""
    if running is None:
        return info
    size, on_gpu = whole(running.get("size")), whole(running.get("size_vram"))
    loaded = replace(
        info,
        loaded=True,
        window_loaded=whole(running.get("context_length")) or None,
        # Both are what is in memory, cache included; a zero is left out.
        gpu_share=min(1.0, (on_gpu or 0) / size) if size else None,
        digest=words(running.get("digest")) or info.digest,
    )
    return sourced(loaded, PS_PATH)


def parameter_count(text: object) -> int | None:
    """Return the number that Ollama writes as `8.0B`, None when it is none."""
    written = words(text).strip().upper()
    try:
        return int(float(written[:-1]) * _UNITS[written[-1]]) if written[-1:] in _UNITS else None
    except (ValueError, OverflowError):
        return None


def _joined(shown: ModelInfo, listed: ModelInfo) -> ModelInfo:
    """Return what `/api/show` told, and what only the lists know."""
    only_listed = ("window_loaded", "gpu_share", "digest", "size_bytes", "remote")
    sources = {fact: place for fact, place in listed.sources.items() if fact in only_listed}
    return replace(
        shown,
        window_loaded=listed.window_loaded,
        gpu_share=listed.gpu_share,
        digest=listed.digest,
        size_bytes=listed.size_bytes,
        loaded=listed.loaded,
        sources=sources | dict(shown.sources),
    )


def _own_sampling(parameters: str, facts: Mapping[str, object]) -> Sampling:
    """Return what the Modelfile says, and where it is silent what the weights' own file says."""
    first, second = from_modelfile(parameters), from_gguf(facts)
    return Sampling(
        temperature=second.temperature if first.temperature is None else first.temperature,
        top_p=second.top_p if first.top_p is None else first.top_p,
        top_k=second.top_k if first.top_k is None else first.top_k,
        repeat_penalty=second.repeat_penalty if first.repeat_penalty is None else first.repeat_penalty,
    )


def _remote(entry: Mapping[str, object]) -> dict[str, str]:
    """Return the host that a model really runs on, when it is not this server."""
    remote = words(entry.get("remote_host"))
    return {"remote": remote} if remote else {}


def _named(value: object) -> str | None:
    name = words(value)
    return name if name and name != "unknown" else None


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
