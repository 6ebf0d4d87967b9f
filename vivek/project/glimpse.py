"""What can be known of a repository before it is indexed: a few files that define what is asked for, read at once."""

import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.project.roles import role_of
from vivek.project.words import read_request, subwords
from vivek.schema.index import Definition, FileFacts, Imported, IndexStatus, TextHit
from vivek.syntax.languages import language_of
from vivek.workspace.git.asking import run_git
from vivek.workspace.process import run_captured

MOST_FILES = 24
"""Files that are read for one request at most."""

SECONDS = 0.3
"""Seconds that looking into files may take."""

_GIT = ("grep", "--untracked", "--no-textconv", "--no-recurse-submodules", "-l", "-z", "-I", "-w", "-F")
_RIPGREP = ("rg", "--no-config", "--no-messages", "--no-ignore", "--hidden", "-l", "--null", "-w", "-F")
_PATIENCE = 5.0
_MOST_NAMES = 24
_LARGEST = 1_000_000
_SURE = 0.5
_WORDS = (
    *("class", "def", "func", "function", "fn", "struct", "interface", "enum", "trait", "type", "module", "impl"),
    *("const", "let", "var", "val", "fun", "object", "record", "namespace", "define", "typedef", "macro_rules!"),
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Glimpse:
    """A few files, asked as an index is; never complete. It is a `project.index.base.Lookup`.

    Args:
        paths: All files of the project.
        facts: What the few files say about themselves, by path.
    """

    def __init__(self, paths: Sequence[str], facts: Mapping[str, FileFacts]) -> None:
        self._paths = sorted(paths)
        self._facts = dict(facts)
        self._all = [each for found in self._facts.values() for each in found.definitions]

    def status(self) -> IndexStatus:
        """Return how many files were read."""
        return IndexStatus(files=len(self._facts), listed=len(self._paths), definitions=len(self._all), text=False)

    def refresh(
        self, *, on_progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] = lambda: False
    ) -> IndexStatus:
        """Do nothing: it is made for one request."""
        return self.status()

    def paths(self) -> Sequence[str]:
        """Return all files of the project."""
        return self._paths

    def definitions(self, name: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions of a name, as the index orders them."""
        folded = name.casefold()
        ways: tuple[Callable[[Definition], bool], ...] = (
            lambda each: each.name == name,
            lambda each: each.last == name,
            lambda each: folded in (each.name.casefold(), each.last.casefold()),
        )
        found = dict.fromkeys(each for way in ways for each in self._all if way(each))
        return tuple(found)[:limit]

    def definitions_like(self, pattern: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions whose name or last part fits a glob."""
        from fnmatch import fnmatchcase

        fitting = (each for each in self._all if fnmatchcase(each.name, pattern) or fnmatchcase(each.last, pattern))
        return tuple(fitting)[:limit]

    def definitions_in(self, path: str) -> Sequence[Definition]:
        """Return what a file defines, nothing of one that was not read."""
        return self._facts[path].definitions if path in self._facts else ()

    def defined(self, names: Iterable[str]) -> Mapping[str, int]:
        """Return which names are defined in the files that were read, and how many times each."""
        counted = {name: sum(name in (each.name, each.last) for each in self._all) for name in names}
        return {name: number for name, number in counted.items() if number}

    def references(self, name: str, *, limit: int = 200) -> Mapping[str, tuple[int, ...]]:
        """Return the files, of those that were read, that use a name."""
        found = {path: facts.references[name] for path, facts in self._facts.items() if name in facts.references}
        return dict(list(found.items())[:limit])

    def referred(self, path: str) -> Mapping[str, tuple[int, ...]]:
        """Return the names that a file uses."""
        return self._facts[path].references if path in self._facts else {}

    def imports_of(self, path: str) -> Sequence[Imported]:
        """Return the imports of a file as it writes them."""
        return self._facts[path].imports if path in self._facts else ()

    def edges(self) -> Mapping[str, Mapping[str, int]]:
        """Return nothing: who imports whom is known of all files or of none."""
        return {}

    def importers(self) -> Mapping[str, Sequence[str]]:
        """Return nothing, as `edges` does."""
        return {}

    def match(self, words: Sequence[str], *, limit: int = 50) -> Sequence[tuple[str, float]]:
        """Return files whose path or defined names hold some words."""
        wanted = frozenset(word.lower() for word in words)
        scored = [(path, self._fit(path, wanted)) for path in self._paths]
        return sorted((each for each in scored if each[1] > 0), key=lambda each: (-each[1], each[0]))[:limit]

    def search(self, text: str, *, limit: int = 100) -> Sequence[TextHit]:
        """Return nothing: no text was kept."""
        return ()

    def _fit(self, path: str, wanted: frozenset[str]) -> float:
        own = frozenset(subwords(path))
        names = frozenset(part for each in self.definitions_in(path) for part in subwords(each.name))
        return len(own & wanted) / math.sqrt(max(len(own), 1)) + 0.5 * len(names & wanted)


def catch(
    request: str,
    root: Path,
    listed: Sequence[str],
    read: Callable[[str], bytes | None],
    extract: Callable[[str, str], FileFacts],
    clock: Callable[[], float] = time.monotonic,
) -> Glimpse:
    """Return a glimpse of a repository for one request: of the files that define what it names.

    Git or ripgrep says which files hold the names at all; where neither is there, all are looked into. Either way
    looking ends after `SECONDS`.

    Args:
        request: The words of the user.
        root: The root of the project.
        listed: Its files.
        read: Returns the bytes of a file, None when there is none.
        extract: Returns what a text says about itself.
        clock: Seconds of a clock that only goes forward.
    """
    asked = read_request(request)
    wanted = sorted((name for name in asked.names if _PLAIN.fullmatch(name)), key=lambda name: -asked.names[name])
    sure = [name for name in wanted if asked.names[name] >= _SURE][:_MOST_NAMES]
    if not sure:
        return Glimpse(listed, {})
    holding = _holding(root, sure)
    candidates = listed if holding is None else [path for path in listed if path in holding]
    facts = {}
    for path, data in _defining(candidates, sure, read, clock):
        facts[path] = extract(path, data.decode("utf-8", "replace").removeprefix("\ufeff"))
    return Glimpse(listed, facts)


def _holding(root: Path, names: Sequence[str]) -> frozenset[str] | None:
    """Return the files that hold one of some names as a word, None when no program here can tell."""
    patterns = [part for name in names for part in ("-e", name)]
    try:
        finished = run_git(root, [*_GIT, *patterns, "--", "."])
        if finished is None or finished.returncode not in (0, 1):
            finished = run_captured([*_RIPGREP, *patterns, "--", "."], cwd=root, timeout=_PATIENCE)
    except WorkspaceError:  # not installed, or too slow
        return None
    if finished.returncode not in (0, 1):
        return None
    return frozenset(os.fsdecode(name).removeprefix("./") for name in finished.stdout.split(b"\0")[:-1])


def _defining(
    paths: Sequence[str], names: Sequence[str], read: Callable[[str], bytes | None], clock: Callable[[], float]
) -> Iterator[tuple[str, bytes]]:
    """Yield files with a line that looks like a definition of a name, as far as the time allows; sources come first."""
    words, either = "|".join(map(re.escape, _WORDS)), "|".join(names)
    named = (
        rf"(?:^|[^A-Za-z0-9_])(?:{words})\s+(?:{either})(?![A-Za-z0-9_])|^[ \t]*(?:{either})[ \t]*(?::[^=\n]*)?=[^=]"
    )
    wanted = re.compile(named.encode(), re.MULTILINE)
    end, found = clock() + SECONDS, 0
    for path in sorted(paths, key=lambda path: (role_of(path) != "source", path)):
        if clock() > end or found == MOST_FILES:
            return
        data = _read(path, read) if language_of(path) else None
        if data is not None and wanted.search(data):
            found += 1
            yield path, data


def _read(path: str, read: Callable[[str], bytes | None]) -> bytes | None:
    try:
        data = read(path)
    except WorkspaceError:
        return None
    return None if data is None or len(data) > _LARGEST else data
