"""The files of a repository as imports look for them: by path, by folder, by the end of a path. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property


class Tree:
    """The files of a repository, relative to its root, with `/` between the parts."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = frozenset(paths)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder with a file in or below it; the root is ""."""
        found = {""}
        for path in self.paths:
            folder = parent(path)
            while folder not in found:
                found.add(folder)
                folder = parent(folder)
        return frozenset(found)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        named: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths):
            named[path.rpartition("/")[2]].append(path)
        return dict(named)

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        held: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths):
            held[parent(path)].append(path)
        return dict(held)

    def named(self, name: str) -> list[str]:
        """Return the files of a name, sorted."""
        return self._by_name.get(name, [])

    def inside(self, folder: str, suffix: str) -> list[str]:
        """Return the files right in a folder that end in a suffix, sorted."""
        return [path for path in self._by_folder.get(folder, ()) if path.endswith(suffix)]

    def ending(self, end: str) -> list[str]:
        """Return the files whose path ends in whole parts with `end`, sorted."""
        return [path for path in self.named(end.rpartition("/")[2]) if path == end or path.endswith(f"/{end}")]

    def only(self, end: str) -> tuple[str, ...]:
        """Return the one file whose path ends with `end`, nothing when there are several."""
        found = self.ending(end)
        return tuple(found) if len(found) == 1 else ()

    def first(self, candidates: Iterable[str]) -> tuple[str, ...]:
        """Return the first candidate that exists, nothing when none does."""
        return next(((path,) for path in candidates if path in self.paths), ())


def parent(path: str) -> str:
    """Return the folder of a file or folder, "" for the root."""
    return path.rpartition("/")[0]


def join(folder: str, path: str) -> str | None:
    """Return a path relative to a folder as one relative to the root; None when it leaves the root."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def upwards(folder: str) -> Iterator[str]:
    """Yield a folder and those around it, the root last."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""
