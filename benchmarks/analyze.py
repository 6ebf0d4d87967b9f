"""What describing a repository costs, index, measures, graph and git included, and how its figures compare.

CPU of this process and of those it starts.

    python -m benchmarks.analyze CORPUS...

CORPUS are folders with Python files; 50,000 to 400,000 lines of them are taken, the standard library's first.
"""

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.index import cpu, listed, parse
from benchmarks.measure import Result, report
from vivek.session.doors.analyze import analyze
from vivek.session.place import Place
from vivek.syntax.facts import tree_of
from vivek.syntax.measures import measures_of

ROUNDS = 3
MIDDLE = 150_000
SIZES = (50_000, 100_000, MIDDLE, 200_000, 400_000)
COLD, WARM, ONE, MEMORY, SAME = 5.0, 1.0, 1.5, 300.0, 99.0
_AS = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
_SAID = re.compile(r"`.+` is too complex \((\d+) > 0\)")


def main() -> int:
    """Measure, write and show."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path, nargs="*")
    given = arguments.parse_args()
    library = Path(sysconfig.get_paths()["stdlib"])
    texts: dict[str, str] = {}
    for path, text in (each for folder in (library, *given.corpus) for each in texts_of(folder)):
        texts[path] = text
        if len(texts) % 50 == 0 and lines_of(texts) > max(SIZES):
            break
    results = [*sized(texts), *compared(library)]
    return report("analyze", "What describing a repository costs", results)


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the Python files of a folder that parse, but for installed packages, with their texts."""
    for path in listed(folder):
        if path.endswith(".py") and "site-packages" not in path:
            text = (folder / path).read_bytes().decode("utf-8", "replace")
            if tree_of(path, text) is not None:
                yield f"{folder.name}/{path}", text


def lines_of(texts: Mapping[str, str]) -> int:
    """Return how many lines texts have."""
    return sum(text.count("\n") for text in texts.values())


def sized(texts: Mapping[str, str]) -> Iterator[Result]:
    """Yield what each number of lines costs, the smaller ones first: memory only grows."""
    whole = lines_of(texts)
    for lines in SIZES:
        if lines > whole:
            yield Result(f"{lines:,} lines: not measured, there are only {whole:,}", 0, "x")
            continue
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "root"
            paths = write(root, texts, lines)
            yield from one_size(root, Path(folder) / "data", paths, lines)


def one_size(root: Path, data: Path, paths: Sequence[str], lines: int) -> Iterator[Result]:
    """Yield what a repository costs that is measured for the first time, again, and after a change."""
    middle = lines == MIDDLE
    ratios = []
    for number in range(ROUNDS):
        parsed = cpu(partial(parse, [(root / path).read_text("utf-8") for path in paths]))
        ratios.append(cpu(partial(described, root, data / str(number))) / parsed)
    name = f"{lines:,} lines, {len(paths):,} files"
    yield Result(
        f"{name}: for the first time, times `ast.parse`", statistics.median(ratios), "x", COLD if middle else None
    )
    time.sleep(0.2)  # a file younger than the tick of the clock would be read again
    described(root, data / "0")
    again = statistics.median(cpu(lambda: described(root, data / "0")) for _ in range(ROUNDS))
    yield Result(f"{name}: again, nothing changed", again, "s CPU", WARM if middle else None)
    changed = []
    for number in range(ROUNDS):
        with (root / paths[0]).open("a", encoding="utf-8") as file:
            file.write(f"\n\ndef brought_{number}(): ...\n")
        changed.append(cpu(lambda: described(root, data / "0")))
    yield Result(f"{name}: one file changed", statistics.median(changed), "s CPU", ONE if middle else None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Result(
        f"{name}: peak memory of all so far, the texts of the benchmark included",
        peak,
        "MB",
        MEMORY if middle else None,
    )


def described(root: Path, data: Path) -> None:
    """Do what `vivek analyze` does before it prints."""
    analyze(Place(root, data, restricted=False))


def write(root: Path, texts: Mapping[str, str], lines: int) -> list[str]:
    """Write texts until there are so many lines, and commit them; return their paths."""
    paths: list[str] = []
    total = 0
    for path, text in texts.items():
        if total >= lines:
            break
        paths.append(path)
        (root / paths[-1]).parent.mkdir(parents=True, exist_ok=True)
        (root / paths[-1]).write_text(text, encoding="utf-8")
        total += text.count("\n")
    for command in (["init", "-q"], ["add", "-A"], [*_AS, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return paths


def compared(library: Path) -> Iterator[Result]:
    """Yield on how many functions ruff counts as many ways."""
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--select", "C901"),
        *("--config", "lint.mccabe.max-complexity=0", "--output-format", "json", "--exclude", "site-packages"),
    ]
    asked = subprocess.run([*command, str(library)], capture_output=True, text=True, check=False)
    theirs: dict[str, list[int]] = {}
    for told in json.loads(asked.stdout):
        found = _SAID.fullmatch(told["message"])
        if found is not None:
            theirs.setdefault(told["filename"], []).append(int(found[1]))
    same = functions = 0
    for path, ways in theirs.items():
        ours = [
            each.cyclomatic for each in measures_of(path, Path(path).read_bytes().decode("utf-8", "replace")).functions
        ]
        functions += max(len(ways), len(ours))
        same += sum(one == other for one, other in zip(sorted(ways), sorted(ours), strict=False))
    note = f"{functions - same} of {functions:,} functions in {len(theirs):,} files differ"
    share = 100 * same / functions
    yield Result("functions on which ruff counts less or more ways", 100 - share, "%", 100 - SAME, note)


if __name__ == "__main__":
    sys.exit(main())
