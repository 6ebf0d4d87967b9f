"""The files of a project, with what had to be left out of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

UNUSABLE = "unusable name"
"""Why files are not read whose names are no UTF-8, or hold a line end: no message could carry them."""


@dataclass(frozen=True, slots=True)
class FileList(Sequence[str]):
    """The files of a project; also the sequence of their paths.

    Attributes:
        paths: Relative to the root, with `/`, sorted.
        cut: Whether there are more than were taken.
        unusable: How many files and folders were left out because their names are no text of one line.
    """

    paths: tuple[str, ...] = ()
    cut: bool = False
    unusable: int = 0

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """Return a path, or some of them."""
        return self.paths[index]

    def __iter__(self) -> Iterator[str]:
        """Yield the paths."""
        return iter(self.paths)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.paths)
