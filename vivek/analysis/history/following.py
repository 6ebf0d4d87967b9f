"""Follows files through their commits to the names they have now. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vivek.schema.past import Commit, Past


class Changed(NamedTuple):
    """A commit that changed a file, and the lines it added and removed there."""

    commit: Commit
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Followed:
    """The files that are there now, with what changed them.

    Attributes:
        past: The commits.
        files: From each file to what changed it under any of its names, the latest first; sorted by path.
        names: From a commit to the files it changed, by their names then, with their names now.
    """

    past: Past
    files: Mapping[str, tuple[Changed, ...]]
    names: Mapping[str, Mapping[str, str]]

    @property
    def until(self) -> float:
        """The time of the latest commit, which stands for now; 0 without one."""
        return max((each.time for each in self.past.commits), default=0.0)


def follow(past: Past, files: Collection[str]) -> Followed:
    """Return what changed the files that are there now.

    Args:
        past: The commits, none before those it was built on.
        files: The files that are there now.
    """
    there = frozenset(files)
    changes: dict[str, list[Changed]] = {path: [] for path in sorted(there)}
    names: dict[str, dict[str, str]] = {}
    final: dict[str, str] = {}
    steps = list(_named(past.commits, there, final))
    for commit, named in steps:
        for path, now, added, removed in named:
            # A side branch may go on with a name that another one gave up, and be told of first.
            last = now if now in there else _end(now, final)
            if last in there:
                names.setdefault(commit.id, {})[path] = last
                changes[last].append(Changed(commit, added, removed))
    return Followed(past, {path: tuple(each) for path, each in changes.items()}, names)


def _named(
    commits: Iterable[Commit], there: Collection[str], final: dict[str, str]
) -> Iterator[tuple[Commit, list[tuple[str, str, int, int]]]]:
    """Yield the files of each commit with the name they got later, as far as the commits before it in order tell."""
    for commit in commits:
        found = []
        renamed: dict[str, str] = {}
        for touch in commit.touched:
            now = final.get(touch.path, touch.path)
            found.append((touch.path, now, touch.added, touch.removed))
            if touch.old_path:
                renamed[touch.old_path] = now
        yield commit, found
        final.update(renamed)  # all at once: two files may have changed places


def _end(path: str, final: Mapping[str, str]) -> str:
    seen = {path}
    while (following := final.get(path)) is not None and following not in seen:
        path = following
        seen.add(path)
    return path
