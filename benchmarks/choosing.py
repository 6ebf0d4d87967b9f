"""What choosing files for a request costs, held against reading and matching all of them."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec

from benchmarks.measure import Result
from vivek.project.index.base import Lookup
from vivek.project.index.index import open_index
from vivek.project.ranking import WEIGHTS, rank
from vivek.project.telling import tell
from vivek.project.words import read_request

SCAN_SHARE = 0.1
"""Choosing files may take at most this share of reading all files and matching each."""

CHOOSING = 50.0
"""Milliseconds of CPU that choosing files may take in a large repository, once it was asked before."""

REQUESTS = 20
NAMES = 200
SHOWN = 6

P = ParamSpec("P")


def speed(root: Path) -> Iterator[Result]:
    """Yield what choosing files costs in a large folder, and how often it finds what a name means."""
    files = sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git" not in path.parts
    )
    with (
        tempfile.TemporaryDirectory(prefix="vivek-selection-") as data,
        open_index(root, Path(data), list_files=lambda: files) as index,
    ):
        index.refresh()
        name = f"{root.name}, {len(index.paths()):,} files"
        yield from naming(name, index)
        yield from choosing(name, root, index)


def choosing(name: str, root: Path, lookup: Lookup) -> Iterator[Result]:
    """Yield what choosing files costs, and the definitions in the best of them as a turn does.

    The requests are first lines of the project's own docstrings.
    """
    paths = lookup.paths()
    docs = [doc for path in paths for each in lookup.definitions_in(path)[:3] if len(doc := each.doc) > 40]
    requests = docs[:: max(1, len(docs) // REQUESTS)][:REQUESTS]

    def choose(request: str) -> None:
        tell(request, rank(request, lookup)[:SHOWN], lookup)

    chosen = [1000 * cpu(choose, request) for request in requests]
    scanned = [1000 * cpu(scan, request, root, paths) for request in requests]
    yield Result(f"{name}: CPU of choosing files", statistics.median(chosen), "ms", CHOOSING)
    yield Result(f"{name}: CPU of choosing files, the slowest of {len(requests)} requests", max(chosen), "ms")
    yield Result(f"{name}: CPU of reading and matching all files", statistics.median(scanned), "ms")
    ratio = statistics.median(chosen) / statistics.median(scanned)
    yield Result(f"{name}: choosing, of reading and matching all files", ratio, "x", SCAN_SHARE)


def naming(name: str, lookup: Lookup) -> Iterator[Result]:
    """Yield how often the file comes first that alone defines what a request names."""
    owners = {
        each.last: path
        for path in lookup.paths()
        for each in lookup.definitions_in(path)
        if each.kind in {"class", "function"} and "." not in each.name and not path.startswith("tests/")
    }
    counted = lookup.defined(owners)
    alone = sorted(each for each in owners if counted[each] == 1)
    asked = alone[:: max(1, len(alone) // NAMES)][:NAMES]
    for way, weights in (("vivek", WEIGHTS), ("vivek without `defines`", replace(WEIGHTS, defines=0.0))):
        firsts = [rank(f"Where is `{each}` wrong?", lookup, limit=1, weights=weights) for each in asked]
        right = sum(bool(first) and first[0].path == owners[each] for first, each in zip(firsts, asked, strict=True))
        yield Result(f"{name}: the file of a named definition comes first, {way}", 100 * right / len(asked), "%")


def scan(request: str, root: Path, paths: Sequence[str]) -> list[str]:
    """Return the files that hold most of the words of a request, by reading all of them."""
    words = [word.encode() for word in read_request(request).words]
    counted = []
    for path in paths:
        data = (root / path).read_bytes().lower()
        counted.append((sum(word in data for word in words), path))
    return [path for _, path in sorted(counted, reverse=True)[:20]]


def cpu(run: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> float:
    """Return the CPU seconds of a call, the best of three."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        run(*arguments, **named)
        spent.append(time.process_time() - began)
    return min(spent)
