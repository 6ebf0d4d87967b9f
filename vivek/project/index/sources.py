"""Where an index gets its knowledge from: callables that are handed in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from vivek.schema.index import FileFacts, Imported

List = Callable[[], Sequence[str]]
"""Returns the files of the project, relative to its root."""

Extract = Callable[[str, str], FileFacts]
"""Path and text to what the text says about itself."""

ReadMore = Callable[[Sequence[str]], Mapping[str, FileFacts]]
"""Paths to what those files say that could be read."""

Resolve = Callable[[str, Imported], tuple[str, ...]]
"""Path and import to the files of the repository that the import reaches."""

Resolver = Callable[[Collection[str]], Resolve]
"""The paths of all files to what resolves their imports."""


def _resolver(paths: Collection[str]) -> Resolve:
    from vivek.project.imports import Resolver

    return Resolver(paths).resolve


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an index gets its knowledge from.

    Attributes:
        list_files: Lists the files.
        extract: Reads one text.
        read_more: Reads files that `extract` does not know how to read; those it cannot read either are left out.
        resolver: Finds out which files imports reach.
    """

    list_files: List
    extract: Extract
    read_more: ReadMore
    resolver: Resolver = _resolver
