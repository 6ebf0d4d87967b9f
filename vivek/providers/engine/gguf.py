"""Finds model files that are already on this disk and says what each is; reads only, never writes there."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vivek.providers.engine.metadata import GgufError, Head, Value, load_head

Role = Literal["text", "embedding", "projector", "adapter", "draft", "part"]

# The numbers of `general.file_type` (llama.cpp's llama_ftype).
QUANTISATIONS = {
    **dict(enumerate(("F32", "F16", "Q4_0", "Q4_1"))),
    **dict(enumerate(("Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M"), 7)),
    **dict(enumerate(("Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS"), 16)),
    **dict(enumerate(("IQ1_S", "IQ4_NL", "IQ3_S", "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16"), 24)),
    **dict(enumerate(("TQ1_0", "TQ2_0", "MXFP4"), 36)),
}
_EMBEDDING = re.compile(r"bert|t5encoder|embedding", re.IGNORECASE)
_PROJECTOR = re.compile(r"mmproj|projector", re.IGNORECASE)
_DRAFT = re.compile(r"(^|[-_.])(draft|eagle\d?)([-_.]|$)", re.IGNORECASE)
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")
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
        cache_bytes: Bytes that one token of context takes in memory.
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
    cache_bytes: int | None = None
    reason: str = ""


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
    architecture = _text(values, "general.architecture")
    return GgufFile(
        path,
        name,
        size,
        architecture,
        parameters=head.parameters or None,
        context_length=_number(values, f"{architecture}.context_length"),
        quantisation=QUANTISATIONS.get(_number(values, "general.file_type") or 0) if head.tensors else None,
        is_chat=bool(_text(values, "tokenizer.chat_template")),
        role=_role(name, architecture, values),
        cache_bytes=_cache_bytes(architecture, values),
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


def _role(name: str, architecture: str, values: Mapping[str, Value]) -> Role:
    kind = _text(values, "general.type")
    if kind in ("mmproj", "projector") or architecture == "clip" or _PROJECTOR.search(name):
        return "projector"
    if kind in ("adapter", "imatrix"):
        return "adapter"
    if _EMBEDDING.search(architecture) or _number(values, f"{architecture}.pooling_type"):
        return "embedding"
    if _LATER_PART.search(name):
        return "part"
    return "draft" if _DRAFT.search(name) else "text"


def _reason(architecture: str, head: Head) -> str:
    if not architecture:
        return "It does not name its architecture."
    return "" if head.tensors else "It holds no weights."


def _cache_bytes(architecture: str, values: Mapping[str, Value]) -> int | None:
    """Return the bytes of keys and values, 16 bits each, that one token leaves in all layers."""
    layers = _number(values, f"{architecture}.block_count")
    heads = _number(values, f"{architecture}.attention.head_count")
    width = _number(values, f"{architecture}.embedding_length")
    if not layers or not heads or not width:
        return None
    kv_heads = _number(values, f"{architecture}.attention.head_count_kv") or heads
    key = _number(values, f"{architecture}.attention.key_length") or width // heads
    value = _number(values, f"{architecture}.attention.value_length") or width // heads
    return layers * kv_heads * (key + value) * 2


def _text(values: Mapping[str, Value], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _number(values: Mapping[str, Value], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and value >= 0 else None
