"""What is to be fetched, and how its bytes are counted into a checksum."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

BLOCK = 4 << 20
"""Bytes that are read at once: short enough to stop in between."""


class Hash(Protocol):
    """A checksum in the making."""

    def update(self, data: bytes, /) -> None:
        """Take bytes in."""
        ...

    def hexdigest(self) -> str:
        """Return what they come to."""
        ...


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of a file must come to.

    Attributes:
        algorithm: SHA-256 of the bytes, or git's name of them as a blob: SHA-1 of a head with their number and them.
        value: In lower case.
    """

    algorithm: Literal["sha256", "git"]
    value: str

    def begin(self, size: int | None) -> Hash:
        """Return the checksum of no bytes yet."""
        if self.algorithm == "sha256":
            return hashlib.sha256()
        begun = hashlib.sha1(usedforsecurity=False)
        begun.update(b"blob %d\0" % (size or 0))
        return begun


@dataclass(frozen=True, slots=True)
class WantedFile:
    """One file to fetch.

    Attributes:
        name: Its name in the folder where it goes.
        url: Where it comes from.
        size: Its bytes, None when unknown.
        checksum: What they must come to.
    """

    name: str
    url: str
    size: int | None
    checksum: Checksum


def count_file(path: Path, checksum: Checksum, size: int) -> Iterator[tuple[int, str]]:
    """Read a whole file, a few megabytes at a time; yields how many bytes are read and what they come to so far.

    Raises:
        OSError: If it cannot be read.
    """
    begun, seen = checksum.begin(size), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            begun.update(block)
            seen += len(block)
            yield seen, begun.hexdigest()
