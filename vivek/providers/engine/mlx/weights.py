"""Reads the heads of weight files: names, types and shapes. The files are a stranger's: everything is checked.

Format: https://huggingface.co/docs/safetensors (length of the head in 8 bytes, the head as JSON, the numbers).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

HEAD_LIMIT = 64 * 2**20  # bytes; a model of 60,000 tensors needs about 8 MB
_DIMENSIONS_LIMIT = 8
_ELEMENTS_LIMIT = 2**48
_PACKED_BITS = 32
_SCALES = (".scales", ".biases")


class WeightsError(ValueError):
    """A file holds no weights, or not all of them; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: its type as the format names it (`F16`, `BF16`, `U32`), and its number of elements."""

    kind: str
    elements: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What the weight files of one model hold.

    Attributes:
        size_bytes: Bytes on disk.
        tensors: Every tensor by its name.
    """

    size_bytes: int
    tensors: Mapping[str, Tensor]

    def parameters(self, quantization: Mapping[str, object]) -> int:
        """Return the number of weights; packed ones count as what they stand for, their scales do not count.

        Args:
            quantization: `quantization` of `config.json`: bits for all, and exceptions by the name of a layer.
        """
        return sum(
            tensor.elements * _PACKED_BITS // _bits(name, quantization) if self._is_packed(name) else tensor.elements
            for name, tensor in self.tensors.items()
            if not self._is_scale(name)
        )

    def usual_kind(self) -> str:
        """Return the type that most elements have."""
        elements: dict[str, int] = {}
        for tensor in self.tensors.values():
            elements[tensor.kind] = elements.get(tensor.kind, 0) + tensor.elements
        return max(elements, key=elements.__getitem__, default="")

    def _is_packed(self, name: str) -> bool:
        layer, dot, last = name.rpartition(".")
        return bool(dot) and last == "weight" and f"{layer}.scales" in self.tensors

    def _is_scale(self, name: str) -> bool:
        layer = name.rpartition(".")[0]
        return name.endswith(_SCALES) and f"{layer}.scales" in self.tensors


def load_weights(paths: Sequence[Path]) -> Weights:
    """Read the heads of all weight files of a model.

    Raises:
        WeightsError: If one of them is no such file, or is incomplete.
        OSError: If one cannot be read.
    """
    size, tensors = 0, dict[str, Tensor]()
    for path in paths:
        size += path.stat().st_size
        try:
            tensors.update(_load_head(path))
        except WeightsError as error:
            msg = f"{path.name}: {error}"
            raise WeightsError(msg) from error
    if not tensors:
        msg = "The files hold no weights."
        raise WeightsError(msg)
    return Weights(size, tensors)


def _load_head(path: Path) -> Iterator[tuple[str, Tensor]]:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= HEAD_LIMIT:
            msg = "It is no file of weights in the safetensors format."
            raise WeightsError(msg)
        if 8 + length > size:
            msg = "It ends before its head does: an incomplete download?"
            raise WeightsError(msg)
        text = stream.read(length)
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = "Its head is no JSON."
        raise WeightsError(msg) from error
    if not isinstance(head, dict):
        msg = "Its head is no list of tensors."
        raise WeightsError(msg)
    for name, entry in head.items():
        if name != "__metadata__":
            yield name, _tensor(name, entry, size - 8 - length)


def _tensor(name: str, entry: object, room: int) -> Tensor:
    said = entry if isinstance(entry, Mapping) else {}
    kind, shape, place = said.get("dtype"), _counts(said.get("shape")), _counts(said.get("data_offsets"))
    if not isinstance(kind, str) or shape is None or place is None or len(place) != 2:
        msg = f"The tensor {name!r} is not described."
        raise WeightsError(msg)
    elements = prod(shape)
    if place[0] > place[1] or len(shape) > _DIMENSIONS_LIMIT or elements > _ELEMENTS_LIMIT:
        msg = f"The tensor {name!r} is described wrongly."
        raise WeightsError(msg)
    if place[1] > room:
        msg = "The file is shorter than its own list of tensors says: an incomplete download?"
        raise WeightsError(msg)
    return Tensor(kind, elements)


def _counts(value: object) -> list[int] | None:
    """Return a list of numbers that count something, None for anything else."""
    if not isinstance(value, list):
        return None
    counts = [each for each in value if isinstance(each, int) and not isinstance(each, bool) and each >= 0]
    return counts if len(counts) == len(value) else None


def _bits(name: str, quantization: Mapping[str, object]) -> int:
    own = quantization.get(name.rpartition(".")[0])
    for place in (own, quantization):
        bits = place.get("bits") if isinstance(place, Mapping) else None
        if isinstance(bits, int) and 1 <= bits <= _PACKED_BITS:
            return bits
    return 4
