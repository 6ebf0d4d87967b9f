"""What Ollama tells of its models: `/api/tags`, `/api/ps` and `/api/show` as values. Pure."""

from collections.abc import Mapping

from vivek.providers.wire.reply import whole, words
from vivek.schema.models import Ability, ModelInfo

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


def from_list(entry: Mapping[str, object], windows: Mapping[str, int | None]) -> ModelInfo:
    """Return the model of one entry of `/api/tags`.

    Args:
        entry: As listed.
        windows: Tagged name to loaded window for every model of `/api/ps`.
    """
    found = entry.get("details")
    details = found if isinstance(found, Mapping) else {}
    name = words(entry.get("name"))
    parameters, size = parameter_count(details.get("parameter_size")), whole(entry.get("size"))
    window = windows.get(tagged(name))
    return ModelInfo(
        name=name,
        window_loaded=window,
        parameters=parameters,
        quantisation=words(details.get("quantization_level")) or None,
        architecture=words(details.get("family")) or None,
        size_bytes=size,
        loaded=tagged(name) in windows,
        sources=_sources(
            entry,
            {
                "window_loaded": "/api/ps" if window else "",
                "parameters": "/api/tags" if parameters else "",
                "size_bytes": "/api/tags" if size else "",
            },
        ),
    )


def from_show(model: str, shown: Mapping[str, object], listed: ModelInfo | None) -> ModelInfo:
    """Return the model that `/api/show` describes, with what the lists add.

    Args:
        model: The name asked for.
        shown: The answer.
        listed: The same model as listed, None when it is not.
    """
    found, more, named = shown.get("model_info"), shown.get("details"), shown.get("capabilities")
    facts = found if isinstance(found, Mapping) else {}
    details = more if isinstance(more, Mapping) else {}
    architecture = words(facts.get("general.architecture")) or words(details.get("family"))
    maximum = whole(facts.get(f"{architecture}.context_length"))
    parameters = whole(facts.get("general.parameter_count")) or parameter_count(details.get("parameter_size"))
    abilities = [_ABILITIES[each] for each in named if each in _ABILITIES] if isinstance(named, list) else []
    sources = dict(listed.sources) if listed else {}
    sources |= {name: "/api/show" for name, fact in (("window_maximum", maximum), ("parameters", parameters)) if fact}
    return ModelInfo(
        name=model,
        window_loaded=listed.window_loaded if listed else None,
        window_maximum=maximum,
        parameters=parameters,
        quantisation=words(details.get("quantization_level")) or None,
        architecture=architecture or None,
        size_bytes=listed.size_bytes if listed else None,
        abilities=frozenset(abilities),
        loaded=listed.loaded if listed else False,
        sources=_sources(shown, sources),
    )


def parameter_count(text: object) -> int | None:
    """Return the number that Ollama writes as `8.0B`, None when it is none."""
    written = words(text).strip().upper()
    try:
        return int(float(written[:-1]) * _UNITS[written[-1]]) if written[-1:] in _UNITS else None
    except ValueError:
        return None


def _sources(entry: Mapping[str, object], places: Mapping[str, str]) -> dict[str, str]:
    """Return where facts were read; `remote` names the host a model really runs on, when it is not this server."""
    remote = words(entry.get("remote_host"))
    return {fact: place for fact, place in {**places, "remote": remote}.items() if place}
