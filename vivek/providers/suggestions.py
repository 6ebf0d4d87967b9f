"""Models worth fetching, by the memory of a machine; from a dated file whose checksums several sources agree on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_SPARE_BYTES = 1 << 30
_GIB = 1 << 30
_SHORTFALL = 0.9  # a machine sold with 8 GB has a little less of it to give


@dataclass(frozen=True, slots=True)
class SuggestedFile:
    """A model file on the model host.

    Attributes:
        path: Below the host's base address.
        size_bytes: Bytes of the file.
        sha256: Its checksum, in lower case.
    """

    path: str
    size_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One model.

    Attributes:
        name: What `vivek models pull local/NAME` calls it.
        title: Its name for people.
        parameters: Number of weights.
        quantisation: Such as `Q4_K_M`.
        window: Tokens it was made for.
        licence: Its licence.
        limits: What the licence forbids, in a few words; "" for a free one.
        ollama: Its name in Ollama's library.
        mlx: Its repository of MLX weights.
        file: Its GGUF file.
        sources: Who says so.
    """

    name: str
    title: str
    parameters: int
    quantisation: str
    window: int
    licence: str
    limits: str
    ollama: str
    mlx: str
    file: SuggestedFile
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The whole file.

    Attributes:
        date: When it was checked (`2026-11-21`).
        host: Base address of the model host.
        default: Name of the model for a machine of which nothing is known.
        minimum: Name of the smallest model worth offering.
        tiers: Least memory in GiB with the names of its models, best first; ascending.
        models: Each by its name.
    """

    date: str
    host: str
    default: str
    minimum: str
    tiers: tuple[tuple[int, tuple[str, ...]], ...]
    models: Mapping[str, Suggestion]

    def fitting(self, total_memory: int | None, free_memory: int | None = None) -> tuple[Suggestion, ...]:
        """Return the models for a machine, best first; none when even the smallest does not fit.

        Args:
            total_memory: Bytes of memory, None when unknown.
            free_memory: Bytes that are free now, None when unknown.
        """
        if total_memory is None:
            names: tuple[str, ...] = (self.default, self.minimum)
        else:
            tiers = [names for least, names in self.tiers if least * _GIB * _SHORTFALL <= total_memory]
            # Memory may be taken by something else at the moment: then what a smaller machine gets is better than none.
            names = tuple(dict.fromkeys(name for tier in reversed(tiers) for name in tier))
        models = [self.models[name] for name in names]
        room = None if free_memory is None else free_memory - _SPARE_BYTES
        return tuple(model for model in models if room is None or model.file.size_bytes <= room)


@cache
def load_suggestions() -> Suggestions:
    """Return what the file of this version says."""
    text = (files("vivek.providers") / "data" / "suggestions.json").read_text(encoding="utf-8")
    return parse_suggestions(json.loads(text))


def parse_suggestions(said: Mapping[str, Any]) -> Suggestions:  # Any: JSON
    """Return suggestions from their JSON form.

    Raises:
        KeyError: If something is missing.
        TypeError: If something is there that nobody knows.
    """
    models = [
        Suggestion(**each | {"file": SuggestedFile(**each["file"]), "sources": tuple(each["sources"])})
        for each in said["models"]
    ]
    return Suggestions(
        date=said["date"],
        host=said["host"],
        default=said["default"],
        minimum=said["minimum"],
        tiers=tuple((tier["memory_gb"], tuple(tier["models"])) for tier in said["tiers"]),
        models={model.name: model for model in models},
    )
