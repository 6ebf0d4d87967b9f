"""How well the right files are chosen: commits of real repositories, their messages as requests, asked before them.

A case is a commit: what its message says is the request, the files it changed that existed before are to be found.
Recall at k is the mean share of them among the first k chosen. It is held against SQLite's full text search over the
plain texts with the words of the message, and against chance. `selection.py PATH ... [--commits N] [--large FOLDER]`.
The weights of the signals were chosen on the repositories that are published here, so the figures flatter a little.
"""

import argparse
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from benchmarks.choosing import speed
from benchmarks.measure import Result, report
from vivek.project.index.base import Lookup
from vivek.project.index.index import open_index
from vivek.project.past.cochange import load_history
from vivek.project.ranking import WEIGHTS, rank
from vivek.workspace.git.asking import list_files

DEPTHS = (5, 10)
MOST_FILES = 12

Choose = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """A commit: the state before it, what it says, and the files it changed that were there before."""

    before: str
    request: str
    files: frozenset[str]


def main(arguments: Sequence[str]) -> int:
    """Measure each repository."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repository", nargs="+", type=Path, help="a git repository, or NAME=PATH")
    parser.add_argument("--commits", type=int, default=80, help="how many of the last ones to look at")
    parser.add_argument("--large", type=Path, help="a folder of many files, to measure how fast files are chosen")
    given = parser.parse_args(arguments)
    results: list[Result] = []
    for each in given.repository:
        name, equals, path = str(each).partition("=")
        repository = Path(path if equals else name).resolve()
        results += measured(name if equals else repository.name, repository, given.commits)
    if given.large is not None:
        results += speed(given.large.resolve())
    return report("selection", "How well the files of a task are chosen", results)


def measured(name: str, repository: Path, commits: int) -> Iterator[Result]:
    """Yield the figures of one repository."""
    recalls: dict[str, list[tuple[float, ...]]] = {}
    counts: list[int] = []
    wanted: list[int] = []
    cases = [*find_cases(repository, commits)][::-1]
    with tempfile.TemporaryDirectory(prefix="vivek-selection-") as folder:
        root = Path(folder) / "clone"
        git(Path(folder), "clone", "--quiet", "--no-checkout", str(repository), str(root))
        data = Path(folder) / "data"
        data.mkdir()
        with open_index(root, data, list_files=lambda: list_files(root) or ()) as index, FullText() as plain:
            for number, case in enumerate(cases):
                git(root, "checkout", "--quiet", "--detach", "--force", case.before)
                index.refresh()
                texts = plain.hold(root, index.paths())
                files = case.files.intersection(texts)
                if not files:
                    continue
                counts.append(len(texts))
                wanted.append(len(files))
                choices = {"chance": None, "plain full text": plain.choose, **variants(index, root)}
                for way, choose in choices.items():
                    recalls.setdefault(way, []).append(found(choose, case.request, files, len(texts)))
                print(f"{name}: {number + 1} of {len(cases)}", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    about = f"{len(counts)} commits, {statistics.mean(wanted):.1f} files of {statistics.mean(counts):,.0f} each"
    for way, shares in recalls.items():
        for place, depth in enumerate(DEPTHS):
            value = 100 * statistics.mean(each[place] for each in shares)
            yield Result(f"{name}: recall at {depth}, {way}", value, "%", note=about if way == "chance" else "")


def find_cases(repository: Path, commits: int) -> Iterator[Case]:
    """Yield the last commits that change some files and not a great many, the latest first."""
    for commit in git(repository, "log", "--no-merges", f"--max-count={commits}", "--format=%H").split():
        parents = git(repository, "show", "--no-patch", "--format=%P", commit).split()
        changed = git(repository, "diff-tree", "-r", "-z", "--no-commit-id", "--name-status", "--no-renames", commit)
        marks = changed.split("\0")[:-1]
        old = frozenset(path for mark, path in zip(marks[::2], marks[1::2], strict=True) if mark in {"M", "D"})
        # What a benchmark wrote belongs to no request.
        files = frozenset(path for path in old if "/results/" not in path)
        if parents and 1 <= len(files) <= MOST_FILES:
            yield Case(parents[0], git(repository, "show", "--no-patch", "--format=%B", commit).strip(), files)


def variants(lookup: Lookup, root: Path) -> Mapping[str, Choose]:
    """Return the ways to choose: as vivek does, and with each signal turned off."""
    history = load_history(root)

    def chooser(**off: float) -> Choose:
        weights = replace(WEIGHTS, **off)
        return lambda request, limit: [
            each.path
            for each in rank(
                request, lookup, recent=history.recent, together=history.together, limit=limit, weights=weights
            )
        ]

    signals = [each.name for each in fields(WEIGHTS) if each.name not in {"named", "near"}]
    return {"vivek": chooser(), **{f"vivek without `{signal}`": chooser(**{signal: 0.0}) for signal in signals}}


def found(choose: Choose | None, request: str, files: frozenset[str], count: int) -> tuple[float, ...]:
    """Return the recall at each depth; None chooses by chance, whose recall is known without trying."""
    if choose is None:
        return tuple(min(1.0, depth / count) for depth in DEPTHS)
    chosen = choose(request, max(DEPTHS))
    return tuple(len(files.intersection(chosen[:depth])) / len(files) for depth in DEPTHS)


class FullText:
    """SQLite's full text search over plain texts, as it comes."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (path, text)")
        self._held: dict[str, tuple[int, str]] = {}

    def __enter__(self) -> "FullText":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def hold(self, root: Path, paths: Sequence[str]) -> Mapping[str, object]:
        """Take the texts of some files as they are now; return what is held."""
        now = {path: (root / path).read_bytes().decode("utf-8", "replace") for path in paths}
        for path in [path for path, (_, text) in self._held.items() if now.get(path) != text]:
            self._connection.execute("DELETE FROM texts WHERE rowid = ?", (self._held.pop(path)[0],))
        for path, text in now.items():
            if path not in self._held:
                row = self._connection.execute("INSERT INTO texts VALUES (?, ?)", (path, text)).lastrowid
                self._held[path] = (row or 0, text)
        return self._held

    def choose(self, request: str, limit: int) -> list[str]:
        """Return the files that fit the words of a request best."""
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", request)))
        rows = self._connection.execute(
            "SELECT path FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT ?", (words, limit)
        )
        return [path for (path,) in rows]


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it wrote."""
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
