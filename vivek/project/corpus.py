"""The texts of a repository as those see them who look for names: which may hold some words, and the text of each."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from vivek.project.index.index import Index

MANY = 200
"""Files that hold some words, from which on these tell nothing."""

_KEPT = 200  # texts: the same few are asked for again and again

WORD = re.compile(r"[a-z0-9]+")


class Corpus(Protocol):
    """Texts that can be asked for words."""

    def holding(self, words: Sequence[str]) -> Collection[str] | None:
        """Return the files that may hold all of some words in small letters; None where nobody can tell."""
        ...

    def text(self, path: str) -> str:
        """Return the text of a file, "" where it has none."""
        ...


class IndexCorpus:
    """The texts behind an index.

    Args:
        index: The index; it is asked as it is.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._read: dict[str, str] = {}

    def holding(self, words: Sequence[str]) -> Collection[str] | None:
        """Return the files that may hold all of some words in small letters; None where too many do, or none tells."""
        store = self._index.store
        if not store.text or not words:
            return None
        asked = "text : (" + " AND ".join(f'"{word}"' for word in words) + ")"
        found = [path for (path,) in store.rows(_HOLDING, (asked, MANY))]
        return found if len(found) < MANY else None

    def text(self, path: str) -> str:
        """Return the text of a file as it is now, "" where it is gone."""
        if path not in self._read:
            if len(self._read) == _KEPT:
                self._read.clear()
            self._read[path] = self._index.text_of(path)
        return self._read[path]


class TextCorpus:
    """Texts at hand.

    Args:
        texts: From paths to texts.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def holding(self, words: Sequence[str]) -> Collection[str] | None:
        """Return the files that hold all of some words in small letters."""
        found = [self._places.get(word, frozenset()) for word in words]
        held = frozenset.intersection(*found) if found else None
        return held if held is not None and len(held) < MANY else None

    def text(self, path: str) -> str:
        """Return the text of a file, "" for one that is not among them."""
        return self._texts.get(path, "")

    @cached_property
    def _places(self) -> dict[str, frozenset[str]]:
        places: dict[str, set[str]] = {}
        for path, text in self._texts.items():
            for word in set(WORD.findall(text.lower())):
                places.setdefault(word, set()).add(path)
        return {word: frozenset(paths) for word, paths in places.items()}


_HOLDING = """
    SELECT path FROM files WHERE skipped = '' AND content IN (SELECT rowid FROM texts WHERE texts MATCH ?) LIMIT ?
"""
