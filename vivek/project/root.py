"""Finds the folder a project begins in; reads names of files only, never what is in them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RootChoice:
    """Where a project begins.

    Attributes:
        root: The folder, absolute, links resolved.
        restricted: Whether it is the home folder, `/` or what holds the home folder: no scan, no data kept there.
    """

    root: Path
    restricted: bool


def find_root(start: Path, *, home: Path, toplevel: Callable[[Path], Path | None]) -> RootChoice:
    """Return the root of the project that a folder belongs to.

    That is the nearest folder upwards with a `.vivek` folder or a `vivek.md`, else the top level of its git
    repository, else the folder itself; never the home folder, whatever it holds, nor one that contains it.

    Args:
        start: Where vivek was started.
        home: The home folder of the user.
        toplevel: Returns the top level of the git repository of a folder, or None.
    """
    start, home = start.resolve(), home.resolve()
    if _is_forbidden(start, home):
        return RootChoice(start, restricted=True)
    for folder in takewhile(lambda folder: not _is_forbidden(folder, home), (start, *start.parents)):
        if _is_marked(folder):
            return RootChoice(folder, restricted=False)
    top = toplevel(start)
    if top is not None:
        top = top.resolve()
        if start.is_relative_to(top) and not _is_forbidden(top, home):
            return RootChoice(top, restricted=False)
    return RootChoice(start, restricted=False)


def _is_forbidden(folder: Path, home: Path) -> bool:
    return folder.parent == folder or home.is_relative_to(folder)


def _is_marked(folder: Path) -> bool:
    try:
        return (folder / ".vivek").is_dir() or (folder / "vivek.md").is_file()
    except OSError:  # a folder that may not be looked into marks nothing
        return False
