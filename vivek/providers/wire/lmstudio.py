"""What LM Studio tells of its models: `/api/v1/models`, and `/api/v0/models`, which it had before 0.4. Pure.

Source: LM Studio's documentation of its REST API (April 2026), and what version 0.4.25 was seen to answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vivek.providers.wire.model_lists import entries
from vivek.providers.wire.reply import whole, words
from vivek.providers.wire.sources import sourced
from vivek.schema.models import Ability, ModelInfo

PATH = "/api/v1/models"
LOAD_PATH = "/api/v1/models/load"
OLD_PATH = "/api/v0/models"

_DOCUMENTED = "LM Studio's documentation"
_IN_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*([bm])", re.IGNORECASE)
_NO_THINKING = frozenset({"", "off", "none"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of the list.

    Attributes:
        info: What is known of it; the window is that of its first loaded instance.
        windows: For each loaded instance, by the id it is asked by, the tokens of its window.
        loadable: Whether the server can be asked to load it with a window.
    """

    info: ModelInfo
    windows: Mapping[str, int | None] = field(default_factory=dict)
    loadable: bool = False

    def answers_to(self, name: str) -> bool:
        """Return whether it is meant by `name`: its key, or the id of a loaded instance."""
        return name == self.info.name or name in self.windows

    def instance(self, name: str) -> str:
        """Return the id to ask by: another one than that of a loaded instance would load it once more."""
        return name if name in self.windows or not self.windows else next(iter(self.windows))

    def described(self, name: str) -> ModelInfo:
        """Return what is known of the instance that `name` means."""
        return replace(self.info, window_loaded=self.windows.get(self.instance(name)))


def read_list(answer: Mapping[str, object]) -> list[Listed]:
    """Return the models of `/api/v1/models`, loaded ones first."""
    found = [_listed(entry) for entry in entries(answer, "models") if words(entry.get("key"))]
    return sorted(found, key=lambda each: not each.info.loaded)


def read_old_list(answer: Mapping[str, object]) -> list[Listed]:
    """Return the models of `/api/v0/models`, loaded ones first."""
    found = [_old_listed(entry) for entry in entries(answer, "data") if words(entry.get("id"))]
    return sorted(found, key=lambda each: not each.info.loaded)


def _listed(entry: Mapping[str, object]) -> Listed:
    name, instances = words(entry.get("key")), entries(entry, "loaded_instances")
    windows = {words(instance.get("id")) or name: _window(instance.get("config")) for instance in instances}
    quantization, size = entry.get("quantization"), whole(entry.get("size_bytes"))
    quantisation = words(quantization.get("name")) if isinstance(quantization, Mapping) else ""
    info = ModelInfo(
        name=name,
        window_loaded=next(iter(windows.values()), None),
        window_maximum=whole(entry.get("max_context_length")) or None,
        parameters=_in_words(entry.get("params_string")),
        quantisation=quantisation or None,
        architecture=words(entry.get("architecture")) or None,
        size_bytes=size,
        abilities=_abilities(entry.get("type"), entry.get("capabilities")),
        loaded=bool(windows),
        # It tells no checksum; variant and size change with the weights.
        digest=f"{words(entry.get('selected_variant')) or quantisation} {size}" if size else None,
        sources=_enforced(entry.get("type")),
    )
    return Listed(sourced(info, PATH), windows, loadable=entry.get("type") != "embedding")


def _old_listed(entry: Mapping[str, object]) -> Listed:
    name, loaded = words(entry.get("id")), entry.get("state") == "loaded"
    window = whole(entry.get("loaded_context_length")) or None
    abilities = set(_abilities("embedding" if entry.get("type") == "embeddings" else entry.get("type"), None))
    told = entry.get("capabilities")
    if isinstance(told, list) and "tool_use" in told:
        abilities.add("tools")
    info = ModelInfo(
        name=name,
        window_loaded=window,
        window_maximum=whole(entry.get("max_context_length")) or None,
        quantisation=words(entry.get("quantization")) or None,
        architecture=words(entry.get("arch")) or None,
        abilities=frozenset(abilities),
        loaded=loaded,
        sources=_enforced(entry.get("type")),
    )
    return Listed(sourced(info, OLD_PATH), {name: window} if loaded else {})


def _abilities(kind: object, capabilities: object) -> frozenset[Ability]:
    if kind == "embedding":
        return frozenset({"embeddings"})
    abilities: set[Ability] = {"structured_output"}
    if kind == "vlm":
        abilities.add("vision")
    if isinstance(capabilities, Mapping):
        named: dict[str, Ability] = {"vision": "vision", "trained_for_tool_use": "tools"}
        abilities |= {ability for name, ability in named.items() if capabilities.get(name) is True}
        if _thinks(capabilities.get("reasoning")):
            abilities.add("thinking")
    return frozenset(abilities)


def _enforced(kind: object) -> dict[str, str]:
    """Return the source of the one ability that is not the model's but the server's: it enforces schemas."""
    return {} if words(kind).startswith("embedding") else {"structured_output": _DOCUMENTED}


def _thinks(reasoning: object) -> bool:
    if isinstance(reasoning, Mapping):
        options = reasoning.get("allowed_options")
        return isinstance(options, list) and any(words(option) not in _NO_THINKING for option in options)
    return reasoning is True


def _window(config: object) -> int | None:
    return whole(config.get("context_length")) or None if isinstance(config, Mapping) else None


def _in_words(value: object) -> int | None:
    """Return the number of weights that `7B`, `270M` or `35B-A3B` means: all of them, not the active ones."""
    found = _IN_WORDS.search(words(value))
    return int(float(found[1]) * (1e9 if found[2].lower() == "b" else 1e6)) if found else None
