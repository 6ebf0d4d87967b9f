"""What the files of a project say of themselves: their first words, and what they define and document."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vivek.analysis.citations.evidence import Outline
from vivek.analysis.structure.first_words import first_words
from vivek.errors import WorkspaceError
from vivek.schema.index import Definition
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.place import Place
from vivek.workspace.files import Files

_HEAD = 8_000  # bytes


@contextmanager
def open_outline(place: Place) -> Iterator[Outline]:
    """Open what tells of a file; the index is asked as it is, which is as the measures were taken.

    Raises:
        ConfigError: If this is no project.
        IndexingError: If the index cannot be opened.
        WorkspaceError: If its folder or database cannot be used.
    """
    files = Files(place.root)
    with open_lookup(place, find_home(place)) as index:

        def outline(path: str) -> Sequence[Definition]:
            words = first_words(_head(files, path))
            own = [Definition(path, "file", path, words.line, words.line, doc=words.text)] if words is not None else []
            documented = [each for each in index.definitions_in(path) if each.doc and not _is_inner(each)]
            return [*own, *documented]

        yield outline


def _head(files: Files, path: str) -> str:
    try:
        return (files.read(path) or b"")[:_HEAD].decode("utf-8", "replace")
    except WorkspaceError:
        return ""


def _is_inner(definition: Definition) -> bool:
    """Tell whether a definition is of no use to who reads about a file from outside."""
    return "." in definition.name or definition.name.startswith("_")
