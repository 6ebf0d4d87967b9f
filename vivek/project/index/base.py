"""What can be asked of an index; ranking, map, tools and commands know this much of it and no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from vivek.schema.index import Definition, Imported, IndexStatus, TextHit


class Lookup(Protocol):
    """Answers questions about a repository from what was indexed; every answer is in a fixed order."""

    def status(self) -> IndexStatus:
        """Return how far the index is."""
        ...

    def refresh(
        self, *, on_progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] = lambda: False
    ) -> IndexStatus:
        """Bring the index up to date: new, changed and deleted files.

        Args:
            on_progress: Hears of files done and files to do.
            stop: Asked between files; what was done so far is kept.

        Raises:
            IndexingError: If the database cannot be written.
        """
        ...

    def paths(self) -> Sequence[str]:
        """Return the indexed files, sorted."""
        ...

    def definitions(self, name: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions of a name: the whole qualified name first, then the last part, then in any letter case."""
        ...

    def definitions_like(self, pattern: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions whose whole qualified name or last part fits a glob (`Query*`, `*Set`, in exact case)."""
        ...

    def definitions_in(self, path: str) -> Sequence[Definition]:
        """Return what a file defines, in its order."""
        ...

    def defined(self, names: Iterable[str]) -> Mapping[str, int]:
        """Return which names are defined at all (qualified or last part, exact case), and how many times each."""
        ...

    def references(self, name: str, *, limit: int = 200) -> Mapping[str, tuple[int, ...]]:
        """Return the files that use a name (its last part), each with the lines."""
        ...

    def referred(self, path: str) -> Mapping[str, tuple[int, ...]]:
        """Return the names that a file uses, each with the lines."""
        ...

    def imports_of(self, path: str) -> Sequence[Imported]:
        """Return the imports of a file as it writes them."""
        ...

    def edges(self) -> Mapping[str, Mapping[str, int]]:
        """Return which file imports which other of the repository, with how many names or statements."""
        ...

    def importers(self) -> Mapping[str, Sequence[str]]:
        """Return by which others each file is imported: `edges` the other way round."""
        ...

    def match(self, words: Sequence[str], *, limit: int = 50) -> Sequence[tuple[str, float]]:
        """Return files by how well path, defined names and text fit some words, best first; higher is better."""
        ...

    def search(self, text: str, *, limit: int = 100) -> Sequence[TextHit]:
        """Return lines that hold exactly this text, in any letter case, read from the files as they are now."""
        ...
