"""Reads the head of a GGUF file: keys, values and the shapes of its tensors.

The file is a stranger's: every count and length is checked before it is used, and nothing is mapped into memory.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

Number = bool | int | float
Value = Number | str | tuple[Number, ...]

MAGIC = b"GGUF"
VERSIONS = (2, 3)
HEAD_LIMIT = 64 * 2**20  # bytes; the largest vocabularies need about 20 MB
BLOCK = 2**20
KEY_LIMIT = 2**16
TEXT_LIMIT = 2**20
KEYS_LIMIT = 2**16
TENSORS_LIMIT = 2**17
NUMBERS_KEPT = 1024  # in an array: one for each layer is what such an array is good for
NUMBERS_LIMIT = 2**16  # in all arrays together
ELEMENTS_LIMIT = 4 * 2**20  # strings in all arrays together; Gemma's vocabulary and merges have 0.8 million
DIMENSIONS_LIMIT = 8

_TEXT, _ARRAY, _BOOL = 8, 9, 7
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", _BOOL: "<?", 10: "<Q", 11: "<q", 12: "<d"}


class GgufError(ValueError):
    """A file is no GGUF model file, or not a whole one; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a file says.

    Attributes:
        values: Values by key: numbers, strings, and short arrays of numbers; all other arrays are read over.
        tensors: Number of tensors.
        parameters: Elements of all tensors together.
    """

    values: dict[str, Value]
    tensors: int
    parameters: int


def load_head(path: Path) -> Head:
    """Read the head of the file at `path`.

    Raises:
        GgufError: If it is no GGUF file of a known version, or is damaged or incomplete.
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        reader = _Reader(stream, size)
        if reader.take(4) != MAGIC:
            msg = "It is no GGUF file."
            raise GgufError(msg)
        version = reader.integer("<I")
        if version not in VERSIONS:
            msg = f"Its GGUF version is {version}; versions 2 and 3 on little-endian machines can be read."
            raise GgufError(msg)
        tensors = reader.count("<Q", TENSORS_LIMIT)
        keys = reader.count("<Q", KEYS_LIMIT)
        values = dict(_pairs(reader, keys))
        parameters, furthest = _shapes(reader, tensors)
        # Without a table of all tensor types the last byte is not known; the start of the last tensor is.
        if tensors and reader.position + furthest >= size:
            msg = "The file is shorter than its own list of tensors says: an incomplete download?"
            raise GgufError(msg)
    return Head(values, tensors, parameters)


def _pairs(reader: "_Reader", count: int) -> Iterator[tuple[str, Value]]:
    for _ in range(count):
        key = reader.text(KEY_LIMIT)
        kind = reader.integer("<I")
        if kind == _ARRAY:
            if numbers := _numbers(reader):
                yield key, numbers
        elif kind == _TEXT:
            yield key, reader.text(TEXT_LIMIT)
        elif kind in _SCALARS:
            yield key, reader.scalar(_SCALARS[kind])
        else:
            msg = f"The value of {key!r} has the unknown type {kind}."
            raise GgufError(msg)


def _numbers(reader: "_Reader") -> tuple[Number, ...]:
    """Return the array that comes next if it is a short one of numbers, nothing for any other."""
    kind = reader.integer("<I")
    if kind == _TEXT:
        reader.skip_texts(reader.count("<Q", ELEMENTS_LIMIT))
        return ()
    if kind not in _SCALARS:
        msg = f"An array has the unknown type {kind}."
        raise GgufError(msg)
    return reader.numbers(_SCALARS[kind], reader.count("<Q", HEAD_LIMIT))


def _shapes(reader: "_Reader", count: int) -> tuple[int, int]:
    """Return the elements of all tensors and the largest offset into the data."""
    parameters = furthest = 0
    for _ in range(count):
        reader.text(KEY_LIMIT)
        dimensions = reader.count("<I", DIMENSIONS_LIMIT)
        parameters += prod(reader.integer("<Q") for _ in range(dimensions))
        reader.skip(4)
        furthest = max(furthest, reader.integer("<Q"))
    return parameters, furthest


class _Reader:
    """Bytes of the head, fetched in blocks as they are needed."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._limit = min(size, HEAD_LIMIT)
        self._bytes = bytearray()
        self._texts_left = ELEMENTS_LIMIT
        self._numbers_left = NUMBERS_LIMIT
        self.position = 0

    def take(self, length: int) -> bytes:
        start = self.position
        self.skip(length)
        return bytes(self._bytes[start : self.position])

    def skip(self, length: int) -> None:
        self._fill(self.position + length)
        self.position += length

    def integer(self, layout: str) -> int:
        return int(self.scalar(layout))

    def scalar(self, layout: str) -> bool | int | float:
        start = self.position
        self.skip(struct.calcsize(layout))
        value: bool | int | float = struct.unpack_from(layout, self._bytes, start)[0]
        return value

    def count(self, layout: str, limit: int) -> int:
        number = self.integer(layout)
        if number > limit:
            msg = f"It announces {number} entries where {limit} are the most that make sense."
            raise GgufError(msg)
        return number

    def text(self, limit: int) -> str:
        return self.take(self.count("<Q", limit)).decode("utf-8", errors="replace")

    def numbers(self, layout: str, count: int) -> tuple[Number, ...]:
        """Return so many numbers, or read over them when they are too many to be of use."""
        if count > min(NUMBERS_KEPT, self._numbers_left):
            self.skip(count * struct.calcsize(layout))
            return ()
        self._numbers_left -= count
        return tuple(self.scalar(layout) for _ in range(count))

    def skip_texts(self, count: int) -> None:
        """Read over strings; the one loop that runs hundreds of thousands of times."""
        self._texts_left -= count
        if self._texts_left < 0:
            msg = "Its arrays hold more strings than a vocabulary can have."
            raise GgufError(msg)
        length_at = struct.Struct("<Q").unpack_from
        position, have = self.position, len(self._bytes)
        for _ in range(count):
            if position + 8 > have:
                have = self._fill(position + 8)
            position += 8 + length_at(self._bytes, position)[0]
        self._fill(position)
        self.position = position

    def _fill(self, end: int) -> int:
        """Fetch up to byte `end` and return how many bytes there are."""
        have = len(self._bytes)
        if end <= have:
            return have
        if end <= self._limit:
            self._bytes += self._stream.read(min(max(end - have, BLOCK), self._limit - have))
        if end > len(self._bytes):
            msg = "It ends before its head does."
            raise GgufError(msg)
        return len(self._bytes)
