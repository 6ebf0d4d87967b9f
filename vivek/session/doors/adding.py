"""Which files are meant by what follows `/add`: paths, folders and patterns. No model, no index."""

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vivek.errors import OutsideWorkspaceError
from vivek.project.globbing import matching
from vivek.session.doors.index import listed
from vivek.session.listing import ignored_by_settings
from vivek.session.place import Place
from vivek.workspace.ignore import IgnoreFiles, is_secret
from vivek.workspace.paths import resolve

MOST = 50
"""Files that are kept in view at most: more is what search and index are for."""

_PATTERN = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class Meant:
    """What some words mean.

    Attributes:
        paths: Files, relative to the root.
        told: What to tell of words that mean none, or more than can be kept.
    """

    paths: tuple[str, ...]
    told: tuple[str, ...] = ()


def files_meant(place: Place, words: Sequence[str], held: Sequence[str] = (), *, profile: str | None = None) -> Meant:
    """Return the files that words mean, without those that are kept already.

    A folder means the files in it, a pattern those it fits; files that may hold secrets or that an ignore file hides
    are meant only by their own names.

    Args:
        place: The project.
        words: What was typed; an `@` before a path does no harm.
        held: The files that are kept already.
        profile: The profile of settings that is in force.
    """
    files = listed(place, ignored_by_settings(place, profile))
    ignored = IgnoreFiles(place.root)
    found: dict[str, None] = {}
    told = []
    for word in words:
        meant = _meant(word.removeprefix("@"), files, place, ignored)
        if isinstance(meant, str):
            told.append(meant)
        else:
            found.update(dict.fromkeys(meant))
    new = [path for path in found if path not in held]
    room = max(0, MOST - len(held))
    if len(new) > room:
        told.append(f"{len(new):,} files are meant, and {MOST} can be kept in view: the first {room} are.")
    return Meant(tuple(new[:room]), tuple(told))


def fitting(words: Sequence[str], held: Sequence[str]) -> tuple[str, ...]:
    """Return those of the files that words mean: paths, folders, names and patterns; nothing is read for it."""
    found: dict[str, None] = {}
    for word in words:
        said = word.removeprefix("@").removeprefix("./").rstrip("/")
        exact = [path for path in held if path == said or path.startswith(f"{said}/")]
        found.update(dict.fromkeys(exact or matching(said, held)))
    return tuple(found)


def _meant(word: str, files: Sequence[str], place: Place, ignored: IgnoreFiles) -> list[str] | str:
    """Return the files that one word means, or why it means none."""

    def shown(path: str) -> bool:
        return not (is_secret(path) or ignored.is_hidden(path))

    if _PATTERN & set(word):
        return [path for path in matching(word, files) if shown(path)] or f"No file fits `{word}`."
    try:
        path = _beneath(word, place.root)
        if path == ".":
            return [each for each in files if shown(each)] or "This project has no files."
        if resolve(place.root, path).is_file():
            return [path]
    except OutsideWorkspaceError as error:
        return error.message
    except (OSError, RuntimeError, ValueError):  # too long, nobody's home, a NUL
        return f"`{word}` is no path."
    if within := [each for each in files if each.startswith(f"{path}/") and shown(each)]:
        return within
    near = difflib.get_close_matches(path, files, n=1)
    return f"There is no file `{word}`.{f' Did you mean `{near[0]}`?' if near else ''}"


def _beneath(word: str, root: Path) -> str:
    """Return a path relative to the root; it was typed in the current folder, which may lie below."""
    here = Path.cwd()
    start = here if here.is_relative_to(root) and (here / word).exists() else root
    return Path(os.path.relpath(start / Path(word).expanduser(), root)).as_posix()
