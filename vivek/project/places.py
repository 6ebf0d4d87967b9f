"""Which files lie at a place that a request speaks of: a file `deferred.py`, a folder `wire`. Looks at paths only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vivek.project.words import SURE, Asked, subwords


@dataclass(frozen=True, slots=True)
class _Telling:
    """What the name of a file or a folder tells when it is alone."""

    file: float
    folder: float


_NAME, _WORD = _Telling(1.0, 0.5), _Telling(0.4, 0.1)
_MOST_IN_FOLDER = 300
"""A folder with more files tells nothing."""

_GENERAL = frozenset(
    {"src", "lib", "main", "index", "init", "test", "tests", "docs", "base", "core", "common", "utils"}
)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of files (True) and folders (False): what is there, and the names that a word is a part of."""

    beneath: dict[tuple[str, bool], list[str]] = field(default_factory=lambda: defaultdict(list))
    by_part: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))


def places(asked: Asked, paths: Sequence[str]) -> Mapping[str, float]:
    """Return the files whose own name, or the name of a folder above them, is made of words of a request.

    The fewer files a place has, the more it tells. One plain word tells little: it may just be a word.

    Args:
        asked: The request.
        paths: The files.

    Returns:
        The files with their shares, for the name of a file at most 1.
    """
    wanted = frozenset(asked.words) | {word.removesuffix("s") for word in asked.words if len(word) > 4}
    written = {name.lower() for name, sure in asked.names.items() if sure >= SURE}
    names = _names(tuple(paths))
    found: dict[str, float] = defaultdict(float)
    for name, is_file in sorted({name for word in wanted for name in names.by_part.get(word, ())}):
        parts = _parts(name)
        files = names.beneath[name, is_file]
        if (parts <= wanted or name.lower() in wanted) and (is_file or len(files) <= _MOST_IN_FOLDER):
            telling = _NAME if len(parts) > 1 or name.lower() in written else _WORD
            share = telling.file * len(files) ** -0.5 if is_file else telling.folder * len(files) ** -0.25
            for path in files:
                found[path] += share
    return found


@lru_cache(maxsize=2)  # a project is asked about again and again, and seldom has another file then
def _names(paths: tuple[str, ...]) -> _Names:
    names = _Names()
    for path in paths:
        *folders, last = path.split("/")
        names.beneath[last.partition(".")[0], True].append(path)
        for folder in folders:
            names.beneath[folder, False].append(path)
    for name in names.beneath:
        parts = _parts(name[0])
        for part in parts | {name[0].lower()} if parts else ():
            names.by_part[part].append(name)
    return names


def _parts(name: str) -> frozenset[str]:
    """Return the words of the name of a file or folder, without those that tell nothing."""
    return frozenset(part for part in subwords(name) if part not in _GENERAL)
