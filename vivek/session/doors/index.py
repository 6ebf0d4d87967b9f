"""The index of a project in the user's hands: opened, brought up to date, asked. No model, no graph, no network."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vivek.config.folders import cache_folder
from vivek.errors import ConfigError, WorkspaceError
from vivek.schema.events import Notice
from vivek.schema.index import Definition, IndexStatus, TextHit
from vivek.session.listing import list_whole
from vivek.session.place import Place
from vivek.workspace.database import prepare_data_folder
from vivek.workspace.git.asking import is_tracked

if TYPE_CHECKING:
    from vivek.project.index.base import Lookup

_WILD = frozenset("*?[")
_DATABASE = "index.db"


@dataclass(frozen=True, slots=True)
class Home:
    """Where the index of a project lies.

    Attributes:
        folder: The folder of its database.
        notices: Why it does not lie in the project's own data folder.
    """

    folder: Path
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Definitions for a name.

    Attributes:
        definitions: The best first.
        instead: Why they are not those of exactly this name: they have it in other letter `case`, or `begin` with it.
    """

    definitions: tuple[Definition, ...]
    instead: Literal["", "case", "begin"] = ""


def find_home(place: Place) -> Home:
    """Return where the index of a project lies: in its data folder, else in the user's cache.

    Raises:
        ConfigError: If this is no project, so that nothing of it is listed or read.
    """
    if place.restricted:
        msg = f"{place.root} is no project: its files are not indexed."
        raise ConfigError(msg, hint="Change into a project first.")
    try:
        prepare_data_folder(place.data)
        if (place.data / _DATABASE).exists() and is_tracked(place.root, f".vivek/{_DATABASE}"):
            told = "git tracks .vivek/index.db, so it is not used: it may have come with the repository."
            return Home(_apart(place), (Notice(told, hint="Run `git rm --cached .vivek/index.db`."),))
    except WorkspaceError as error:
        told = f"{error.message} The index is kept in your cache folder instead."
        return Home(_apart(place), (Notice(told, hint=error.hint),))
    return Home(place.data)


@contextmanager
def open_lookup(place: Place, home: Home, ignored: Sequence[str] | None = None) -> Iterator["Lookup"]:
    """Open the index of a project; it is as far as it was brought, and `refresh` brings it up to date.

    Args:
        place: The project.
        home: Where its index lies.
        ignored: What the settings keep from the model, those of a profile too; None to read them.

    Raises:
        IndexingError: If it cannot be opened.
        WorkspaceError: If its folder or database cannot be used.
    """
    from vivek.project.index.index import open_index

    with open_index(place.root, home.folder, list_files=lambda: listed(place, ignored)) as index:
        yield index


@contextmanager
def open_project_index(place: Place, home: Home) -> Iterator["ProjectIndex"]:
    """Open the index of a project for a command to ask it; takes and raises what `open_lookup` does."""
    with open_lookup(place, home) as lookup:
        yield ProjectIndex(lookup, home, place)


def listed(place: Place, ignored: Sequence[str] | None = None) -> Sequence[str]:
    """Return the files of a project, none where it is restricted.

    Args:
        place: The project.
        ignored: As for `open_lookup`.

    Raises:
        ConfigError: If the settings cannot be read, which say what is kept from vivek.
    """
    return list_whole(place, ignored)


class ProjectIndex:
    """The index of a project as commands ask it.

    Args:
        lookup: The index itself.
        home: Where it lies.
        place: The project.
    """

    def __init__(self, lookup: "Lookup", home: Home, place: Place) -> None:
        self._lookup = lookup
        self._place = place
        self._home = home
        self.folder = str(home.folder)

    def refresh(self, on_progress: Callable[[int, int], None] | None, stop: Callable[[], bool]) -> IndexStatus:
        """Bring it up to date; what was done before `stop` says so is kept.

        Raises:
            IndexingError: If the database cannot be written.
        """
        return self._with_vectors(self._lookup.refresh(on_progress=on_progress, stop=stop))

    def status(self) -> IndexStatus:
        """Return how far it is.

        Raises:
            ConfigError: If the settings cannot be read, which name the embedding model.
        """
        return self._with_vectors(self._lookup.status())

    def search(self, text: str, *, limit: int) -> Sequence[TextHit]:
        """Return the lines that hold a text, in any letter case."""
        return self._lookup.search(text, limit=limit)

    def symbols(self, name: str, *, limit: int) -> Found:
        """Return the definitions of a name; where there is none, those in other letter case, else that begin with it.

        Args:
            name: A qualified name, a last part, or a glob such as `Query*`.
            limit: Definitions to return at most.
        """
        if not _WILD.isdisjoint(name):
            return Found(tuple(self._lookup.definitions_like(name, limit=limit)))
        found = tuple(self._lookup.definitions(name, limit=limit))
        exact = tuple(each for each in found if f".{each.name}".endswith(f".{name}"))
        if exact or found:
            return Found(exact or found, "" if exact else "case")
        return Found(tuple(self._lookup.definitions_like(f"{name}*", limit=limit)), "begin")

    def map(self, tokens: int) -> tuple[str, int]:
        """Return a map of the project and its tokens, never more than asked for; a model counts fewer."""
        from vivek.project.map import draw
        from vivek.prompts.estimate import bound

        drawn = draw(self._lookup, tokens=tokens, count=bound)
        return drawn, bound(drawn)

    def _with_vectors(self, status: IndexStatus) -> IndexStatus:
        from vivek.project.vectors.searching import open_vectors
        from vivek.project.vectors.store import FILE
        from vivek.session.options import Choices
        from vivek.session.settings import load_settings

        model = load_settings(self._place, Choices()).index.embeddings
        kept = self._home.folder / FILE
        if not model or not kept.is_file() or is_tracked(self._place.root, f".vivek/{FILE}"):
            return replace(status, embeddings=model)
        with closing(open_vectors(self._home.folder, model)) as vectors:
            return replace(status, embeddings=model, pieces=vectors.status().pieces)


def _apart(place: Place) -> Path:
    """Return a folder of the user's cache for the index of a project whose own folder cannot hold it."""
    name = hashlib.sha256(str(place.root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_folder() / "index" / name
