"""What can stand behind an `@` in a request: files of the project, and definitions that its index knows."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from vivek.errors import ConfigError, IndexingError, WorkspaceError
from vivek.session.doors.index import find_home, listed, open_lookup
from vivek.session.listing import ignored_by_settings
from vivek.session.place import Place

if TYPE_CHECKING:
    from vivek.project.index.base import Lookup

MOST = 20
"""Completions that are offered at most."""

STALE = 10.0
"""Seconds after which files are listed anew."""

_DATABASE = "index.db"
_LEAST = 2  # letters: what begins with one of them is no help


class Mentionable:
    """Completes what was typed behind an `@`; meant for a thread, since it may wait for the disk.

    The files are listed anew after some seconds; of the index only what is there is asked.

    Args:
        place: The project.
        clock: Seconds of a clock that only goes forward.
        profile: The profile of settings that is in force: it may keep files from the model.
    """

    def __init__(
        self, place: Place, clock: Callable[[], float] = time.monotonic, *, profile: str | None = None
    ) -> None:
        self._place = place
        self._profile = profile
        self._clock = clock
        self._files: Sequence[str] = ()
        self._listed: float | None = None
        self._lookup: Lookup | None = None
        self._held = ExitStack()
        self._one = threading.Lock()

    def complete(self, begun: str) -> list[tuple[str, str]]:
        """Return what can be meant by the beginning of a name, each with what it is; files first."""
        with self._one:
            if self._place.restricted or not begun:
                return []
            path, within, name = begun.partition("::")
            found = self._inside(path, name) if within else (*self._named_files(begun), *self._named(begun))
            return list(dict.fromkeys(found))[:MOST]

    def close(self) -> None:
        """Let the index go."""
        with self._one:
            self._lookup = None
            self._held.close()

    def _named_files(self, begun: str) -> list[tuple[str, str]]:
        if self._listed is None or self._clock() - self._listed > STALE:
            with suppress(ConfigError):  # what was listed before is still a help
                self._files = listed(self._place, ignored_by_settings(self._place, self._profile))
            self._listed = self._clock()
        folded, within = begun.casefold(), f"/{begun.casefold()}"
        starting, others = [], []
        for path in self._files:
            known = path.casefold()
            if known.startswith(folded):
                starting.append((path, "file"))
            elif within in known:
                others.append((path, "file"))
            if len(starting) >= MOST:
                break
        return [*starting, *others][: MOST // 2 if self._known() else MOST]

    def _named(self, begun: str) -> Iterator[tuple[str, str]]:
        lookup = self._known()
        if lookup is None or len(begun) < _LEAST or not begun.replace(".", "").replace("_", "").isalnum():
            return
        owner, within, _ = begun.rpartition(".")
        if within:
            paths = dict.fromkeys(each.path for each in lookup.definitions(owner, limit=MOST))
            inside = (each for path in paths for each in lookup.definitions_in(path))
            found = [each for each in inside if each.name.startswith(begun)]
        else:
            found = [*lookup.definitions_like(f"{begun}*", limit=MOST)]
        for each in found[:MOST]:
            if each.kind != "heading":
                yield each.name, f"{each.kind} in {each.path}"

    def _inside(self, path: str, begun: str) -> Iterator[tuple[str, str]]:
        lookup = self._known()
        for each in lookup.definitions_in(path) if lookup is not None else ():
            if each.name.startswith(begun) or each.last.startswith(begun):
                yield f"{path}::{each.name}", each.kind

    def _known(self) -> "Lookup | None":
        """Return the index if there is one; it is not made for a completion."""
        if self._lookup is None:
            try:
                home = find_home(self._place)
                if (home.folder / _DATABASE).exists():
                    self._lookup = self._held.enter_context(open_lookup(self._place, home))
            except (ConfigError, IndexingError, WorkspaceError):
                return None
        return self._lookup
