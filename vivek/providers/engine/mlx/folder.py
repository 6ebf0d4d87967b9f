"""Says what an MLX model folder is: description, weights, tokenizer, chat template. Reads only; loads no library."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vivek.providers.engine.fingerprint import load_fingerprint
from vivek.providers.engine.meaning import role_of
from vivek.providers.engine.mlx.config import (
    cache_facts,
    count,
    quantisation_name,
    quantization_of,
    sampling_of,
    text_part,
    window_maximum,
)
from vivek.providers.engine.mlx.weights import WeightsError, load_weights
from vivek.providers.wire.cache_size import CacheSize, cache_size
from vivek.providers.wire.chat_template import template_abilities
from vivek.schema.models import Ability, ModelInfo
from vivek.schema.request import Sampling

WEIGHTS = "model*.safetensors"  # the files that mlx-lm loads; others belong to adapters
HUB = "models--"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tiktoken.model")
_JSON_LIMIT = 64 * 2**20


@dataclass(frozen=True, slots=True)
class MlxFolder:
    """One model folder; None means unknown.

    Attributes:
        path: Where it lies.
        name: What to call it.
        size_bytes: Bytes of the weights on disk.
        architecture: As mlx-lm calls it, such as `qwen2`.
        parameters: Number of weights.
        context_length: Tokens of the largest window the model was made for.
        quantisation: Such as `4-bit` or `BF16`.
        vocabulary: Tokens that the model gives a number to.
        is_chat: Whether it brings a chat template.
        cache: What one token of context takes in memory.
        sampling: How its maker wants tokens to be drawn.
        abilities: What its chat template has a place for.
        digest: What tells these weights from others.
        reason: Why it cannot be used, or "".
    """

    path: Path
    name: str
    size_bytes: int = 0
    architecture: str = ""
    parameters: int | None = None
    context_length: int | None = None
    quantisation: str | None = None
    vocabulary: int = 0
    is_chat: bool = False
    cache: CacheSize | None = None
    sampling: Sampling = field(default_factory=Sampling)
    abilities: frozenset[Ability] = frozenset()
    digest: str | None = None
    reason: str = ""

    @property
    def info(self) -> ModelInfo:
        """What the folder says of its model; pictures are nothing that mlx-lm can take."""
        described = {
            "window_maximum": self.context_length,
            "architecture": self.architecture or None,
            "quantisation": self.quantisation,
        }
        weighed = {"parameters": self.parameters, "size_bytes": self.size_bytes or None, "digest": self.digest}
        sources = {name: "config.json" for name, value in described.items() if value is not None}
        sources |= {name: "the weight files" for name, value in weighed.items() if value is not None}
        sources["abilities"] = "the chat template"
        if self.cache:
            sources["cache_bytes"] = f"config.json: {self.cache.words}"
        if self.sampling != Sampling():
            sources["sampling"] = "generation_config.json"
        return ModelInfo(
            name=self.name,
            window_maximum=self.context_length,
            parameters=self.parameters,
            quantisation=self.quantisation,
            architecture=self.architecture or None,
            size_bytes=self.size_bytes or None,
            abilities=self.abilities | {"structured_output"},
            cache_bytes=self.cache.bytes if self.cache else None,
            sampling=self.sampling,
            digest=self.digest,
            sources=sources,
        )


def load_folder(path: Path, name: str = "") -> MlxFolder:
    """Read what a model folder says of itself; one that cannot be used comes back with its `reason`."""
    name = name or _usual_name(path)
    try:
        config = _load_json(path / "config.json")
        files = _weight_files(path)
        weights = load_weights(files)
        digest = hashlib.sha256("".join(load_fingerprint(file) for file in files).encode()).hexdigest()[:32]
        template = load_template(path)
        asked = _load_json(path / "generation_config.json") if (path / "generation_config.json").is_file() else {}
    except OSError as error:
        return MlxFolder(path, name, reason=f"{_name_of(error, path)}: {error.strerror or type(error).__name__}.")
    except (WeightsError, _FolderError) as error:
        return MlxFolder(path, name, reason=str(error))
    text = text_part(config)
    architecture = str(config.get("model_type") or text.get("model_type") or "")
    return MlxFolder(
        path,
        name,
        weights.size_bytes,
        architecture,
        parameters=weights.parameters(quantization_of(config)),
        context_length=window_maximum(config),
        quantisation=quantisation_name(config, weights),
        vocabulary=count(text.get("vocab_size")) or count(config.get("vocab_size")),
        is_chat=bool(template),
        cache=cache_size(architecture, cache_facts(architecture, text)),
        sampling=sampling_of(asked),
        abilities=template_abilities(template),
        digest=f"sampled:{digest}",
        reason=_reason(path, name, architecture, config),
    )


def load_template(path: Path) -> str:
    """Return the chat template of a model folder, "" when it has none.

    Raises:
        OSError: If a file cannot be read.
    """
    own = path / "chat_template.jinja"
    if own.is_file():
        return own.read_text("utf-8", errors="replace")
    for name in ("tokenizer_config.json", "chat_template.json"):
        if (path / name).is_file():
            value = _load_json(path / name).get("chat_template")
            if isinstance(value, list):  # several of them, each with a name
                named = [each for each in value if isinstance(each, Mapping)]
                value = next((each.get("template") for each in named if each.get("name") == "default"), None)
            if isinstance(value, str):
                return value
    return ""


class _FolderError(ValueError):
    """A folder cannot be used; its text is the reason."""


def _load_json(path: Path) -> dict[str, object]:
    with path.open("rb") as stream:
        text = stream.read(_JSON_LIMIT + 1)
    try:
        value = json.loads(text) if len(text) <= _JSON_LIMIT else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        msg = f"{path.name} is no JSON object."
        raise _FolderError(msg)
    return value


def _weight_files(path: Path) -> list[Path]:
    files = sorted(path.glob(WEIGHTS))
    if not files:
        msg = f"There is no {WEIGHTS} in it."
        raise _FolderError(msg)
    index = path / "model.safetensors.index.json"
    if index.is_file():
        listed = _load_json(index).get("weight_map")
        wanted = {str(name) for name in listed.values()} if isinstance(listed, Mapping) else set()
        if missing := sorted(wanted - {file.name for file in files}):
            msg = f"{missing[0]} is missing ({len(missing)} of {len(wanted)} weight files): an incomplete download?"
            raise _FolderError(msg)
    return files


def _reason(path: Path, name: str, architecture: str, config: Mapping[str, object]) -> str:
    if not architecture:
        return "config.json does not name the architecture (`model_type`)."
    if not any((path / each).is_file() for each in _TOKENIZERS):
        return "There is no tokenizer.json in it."
    if config.get("model_file"):
        return "It needs program code that comes with it; vivek runs none."
    if role_of(name, architecture, {}) == "embedding":
        return "It makes embeddings and cannot answer."
    return ""


def _usual_name(path: Path) -> str:
    """Return what people call a model folder; in the hub's cache it lies in models--OWNER--NAME/snapshots/REVISION."""
    repository = path.parent.parent.name
    if path.parent.name == "snapshots" and repository.startswith(HUB):
        return repository.removeprefix(HUB).replace("--", "/")
    return path.name


def _name_of(error: OSError, path: Path) -> str:
    return Path(error.filename).name if error.filename else path.name
