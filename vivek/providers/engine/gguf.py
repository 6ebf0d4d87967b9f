"""Finds model files that are already on this disk and says what each is; reads only, never writes there."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vivek.providers.engine.meaning import Role, number_of, quantisation_of, role_of, text_of
from vivek.providers.engine.metadata import GgufError, Head, load_head
from vivek.providers.wire.cache_size import CacheSize, cache_size
from vivek.providers.wire.chat_template import template_abilities
from vivek.providers.wire.own_sampling import from_gguf
from vivek.providers.wire.sources import sourced
from vivek.schema.models import Ability, ModelInfo
from vivek.schema.request import Sampling

FILE = "the model file"
"""What facts that a file tells have as their source."""

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_OLLAMA_HOST, _OLLAMA_OWNER = "registry.ollama.ai", "library"
_DEPTH = 4  # LM Studio keeps publisher/repository/file
_FILES_LIMIT = 2_000
_MANIFEST_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class GgufFile:
    """One model file; None means unknown.

    Attributes:
        path: Where it lies.
        name: What to call it: the file's stem, or the name it has in Ollama.
        size_bytes: Bytes on disk.
        architecture: Such as `qwen2`; "" when unknown.
        parameters: Number of weights.
        context_length: Tokens of the largest window the model was made for.
        quantisation: Such as `Q4_K_M`.
        is_chat: Whether it brings a chat template.
        role: What the file is for; only `text` can answer.
        cache: What one token of context takes in memory.
        sampling: How its maker wants tokens to be drawn.
        abilities: What its chat template has a place for.
        reason: Why it cannot be used, or "".
    """

    path: Path
    name: str
    size_bytes: int = 0
    architecture: str = ""
    parameters: int | None = None
    context_length: int | None = None
    quantisation: str | None = None
    is_chat: bool = False
    role: Role = "text"
    cache: CacheSize | None = None
    sampling: Sampling = field(default_factory=Sampling)
    abilities: frozenset[Ability] = frozenset()
    reason: str = ""

    @property
    def info(self) -> ModelInfo:
        """What the file says of its model; a text model in a file of its own can see nothing."""
        cache = self.cache
        info = ModelInfo(
            name=self.name,
            window_maximum=self.context_length,
            parameters=self.parameters,
            quantisation=self.quantisation,
            architecture=self.architecture or None,
            size_bytes=self.size_bytes or None,
            abilities=frozenset({"embeddings"}) if self.role == "embedding" else self.abilities | {"structured_output"},
            cache_bytes=cache.bytes if cache else None,
            sampling=self.sampling,
            sources={"cache_bytes": f"{FILE}: {cache.words}"} if cache else {},
        )
        return sourced(info, FILE)


def load_gguf(path: Path, name: str = "") -> GgufFile:
    """Read what a model file says of itself; a file that cannot be used comes back with its `reason`."""
    name = name or path.stem
    try:
        size = path.stat().st_size
        head = load_head(path)
    except OSError as error:
        return GgufFile(path, name, reason=error.strerror or type(error).__name__)
    except GgufError as error:
        return GgufFile(path, name, size, reason=str(error))
    values = head.values
    architecture = text_of(values, "general.architecture")
    template = text_of(values, "tokenizer.chat_template")
    return GgufFile(
        path,
        name,
        size,
        architecture,
        parameters=head.parameters or None,
        context_length=number_of(values, f"{architecture}.context_length"),
        quantisation=quantisation_of(values) if head.tensors else None,
        is_chat=bool(template),
        role=role_of(name, architecture, values),
        cache=cache_size(architecture, values),
        sampling=from_gguf(values),
        abilities=template_abilities(template),
        reason=_reason(architecture, head),
    )


def find_models(folders: Sequence[Path]) -> list[GgufFile]:
    """Return the text models below `folders`, in their order; broken ones with their reason.

    Projectors, embedding models, adapters, drafts and later parts of split files are left out, as is a file
    that was found before.
    """
    found: dict[Path, GgufFile] = {}
    for folder in folders:
        for path, name in _candidates(folder):
            real = Path(os.path.realpath(path))
            if real in found or len(found) >= _FILES_LIMIT:
                continue
            found[real] = load_gguf(path, name)
    return [file for file in found.values() if file.role == "text"]


def model_folders(home: Path, data: Path) -> list[Path]:
    """Return where model files usually lie, the user's own folder first; not all of them exist.

    Args:
        home: The user's home directory.
        data: Vivek's folder for the user's data.
    """
    caches = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return [
        data / "models",
        home / ".lmstudio" / "models",
        home / ".cache" / "lm-studio" / "models",
        home / ".ollama" / "models",
        Path("/usr/share/ollama/.ollama/models"),
        home / ".cache" / "huggingface" / "hub",
        caches / "llama.cpp",
    ]


def _candidates(folder: Path) -> Iterator[tuple[Path, str]]:
    if (folder / "manifests").is_dir() and (folder / "blobs").is_dir():
        yield from _ollama_blobs(folder)
        return
    for path in _files(folder):
        if path.suffix.lower() == ".gguf":
            yield path, path.stem


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted, hidden ones and deep ones left out; an unreadable folder is empty."""
    for place, folders, names in os.walk(folder):
        deep = len(Path(place).relative_to(folder).parts) >= _DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _ollama_blobs(store: Path) -> Iterator[tuple[Path, str]]:
    manifests = store / "manifests"
    for path in _files(manifests):
        digest = _model_digest(path)
        if digest:
            yield store / "blobs" / f"sha256-{digest}", _ollama_name(path.relative_to(manifests).parts)


def _model_digest(manifest: Path) -> str | None:
    """Return the digest of the model layer, None if the file is no manifest of a model kept on this disk."""
    try:
        with manifest.open("rb") as stream:
            layers = json.loads(stream.read(_MANIFEST_LIMIT))["layers"]
        digests = [str(layer["digest"]) for layer in layers if layer.get("mediaType") == _OLLAMA_MODEL]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    # The digest becomes a file name: only a whole, plain one is taken.
    match = _DIGEST.fullmatch(digests[0]) if digests else None
    return match[1] if match else None


def _ollama_name(parts: tuple[str, ...]) -> str:
    *place, tag = parts
    if place[:1] == [_OLLAMA_HOST]:
        place = place[1:]
    if place[:1] == [_OLLAMA_OWNER]:
        place = place[1:]
    return f"{'/'.join(place)}:{tag}"


def _reason(architecture: str, head: Head) -> str:
    if not architecture:
        return "It does not name its architecture."
    return "" if head.tensors else "It holds no weights."
