"""Judges the names of files by their letters alone; the disk has its own say in the workspace."""

import re
import unicodedata
from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches

from vivek.schema.characters import BIDI, INVISIBLE, JOINERS, TAGS

# The second pair are the short names by which some disks know the first.
_NEVER = frozenset({".git", ".vivek", "git~1", "vivek~1"})
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDING = BIDI | INVISIBLE | JOINERS | TAGS


def basename(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]


def unsafe(path: str) -> str | None:
    """Return why a path must not be written, or None; what it must not be is told in words for a model."""
    if not path or path.startswith(("/", "~", "\\")) or path[1:2] == ":":
        return "it is not relative to the project"
    if _CONTROL.search(path) or not _HIDING.isdisjoint(path):
        return "its name has characters that cannot be seen"
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "it leads out of the project"
    if any(unicodedata.normalize("NFKC", part).casefold().rstrip(". ") in _NEVER for part in parts):
        return "that folder is never written"
    return None


def twin(path: str, names: Collection[str]) -> str | None:
    """Return the file whose name differs in case or composition only, which some disks take for the same."""
    folded = _folded(path)
    return next((name for name in names if name != path and _folded(name) == folded), None)


def in_the_way(path: str, names: Collection[str]) -> str | None:
    """Return the folder or file that makes a new file of this path impossible, or None."""
    parents = {path[:index] for index, char in enumerate(path) if char == "/"}
    blocking = parents.intersection(names)
    if blocking:
        return f"`{min(blocking)}` is a file"
    if any(name.startswith(path + "/") for name in names):
        return f"`{path}` is a folder"
    return None


def is_near(path: str, name: str) -> bool:
    """Return whether a path may be a slip for the file `name`: the same last part in much the same folder."""
    if basename(path) != basename(name):
        return False
    if name.endswith("/" + path) or path.endswith("/" + name):
        return True
    return SequenceMatcher(None, path.rpartition("/")[0], name.rpartition("/")[0]).ratio() >= 0.8


def similar(path: str, names: Collection[str], limit: int = 3) -> list[str]:
    """Return the files a path may stand for, best first: those of the same last part, else of one much like it."""
    last = basename(path)
    same = sorted(name for name in names if basename(name) == last)
    if same:
        return same[:limit]
    lasts = {basename(name).casefold(): name for name in sorted(names, reverse=True)}
    return [lasts[close] for close in get_close_matches(last.casefold(), list(lasts), n=limit, cutoff=0.75)]


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
