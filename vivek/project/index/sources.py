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

ReadFile = Callable[[str], bytes | None]
"""Path to the bytes of a file, None where it cannot be read."""

Resolver = Callable[[Collection[str], ReadFile], Resolve]
"""The paths of all files, and what reads one, to what resolves their imports."""


def resolver_of(paths: Collection[str], read: ReadFile) -> Resolve:
    """Return what finds the files that imports reach, given the paths of all files and what reads one."""
    from vivek.project.imports.aliases import load_aliases
    from vivek.project.imports.resolving import Resolver, go_module

    named = {path.rpartition("/")[0]: go_module(read(path) or b"") for path in paths if f"/{path}".endswith("/go.mod")}
    modules = {folder: name for folder, name in named.items() if name}
    return Resolver(paths, go_modules=modules, aliases=load_aliases(paths, read)).resolve


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
    resolver: Resolver = resolver_of
