"""What the index of a project costs: made anew, brought up to date, asked. CPU of this process and its children.

    python -m benchmarks.index CORPUS [--files 50000]

CORPUS is a folder with sources, best of all those of Django. The standard library at hand is always measured.
"""

import argparse
import ast
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.choosing import choosing
from benchmarks.measure import ROOT, Result, cpu_of, report
from vivek.project.index.index import Index, open_index
from vivek.project.scan import load_files
from vivek.workspace.git.asking import list_files

ROUNDS = 3
ASKED = 400
COLD, AGAIN, SEEN, LOOKUP, SEARCH, FRESH, SCAN = 4.0, 5.0, 150.0, 5.0, 20.0, 200.0, 250.0

QUESTION = """
from pathlib import Path
import sys
from vivek.project.index.index import open_index
with open_index(Path(sys.argv[1]), Path(sys.argv[2]), list_files=list) as index:
    print(index.definitions("QuerySet")[:1] if sys.argv[3] == "ask" else "")
"""


def main() -> int:
    """Measure, write and show."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--files", type=int, default=50_000)
    given = arguments.parse_args()
    library = Path(sysconfig.get_paths()["stdlib"])
    results = [
        *cold(given.corpus.resolve()),
        *whole(given.corpus.resolve()),
        *daily(library),
        *listing(given.files),
        *others(library),
    ]
    return report("index", "What the index of a project costs", results)


def cold(corpus: Path) -> Iterator[Result]:
    """Yield what reading all Python files costs, held against Python's own parser, and what a first question costs."""
    paths = [path for path in listed(corpus) if path.endswith(".py")]
    texts = [(corpus / path).read_bytes().decode("utf-8", "replace") for path in paths]
    about = f"{corpus.name}, {len(paths):,} Python files, {sum(text.count(chr(10)) for text in texts):,} lines"
    ratios, seconds, size = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for _ in range(ROUNDS):
            shutil.rmtree(data, ignore_errors=True)
            parsed = cpu(lambda: parse(texts))
            with open_index(corpus, data, list_files=lambda: paths) as index:
                built = cpu(index.refresh)
                asked = [1_000 * cpu(lambda: index.definitions("QuerySet")) for _ in range(ASKED)]
            ratios.append(built / parsed)
            seconds.append(built)
            size = (data / "index.db").stat().st_size
        yield Result(
            f"{about}: made anew, times `ast.parse`",
            statistics.median(ratios),
            "x",
            COLD,
            f"{statistics.median(seconds):.2f} s CPU",
        )
        yield Result("its database", size / 1e6, "MB", note=f"the sources are {sum(map(len, texts)) / 1e6:.1f} MB")
        yield Result("`definitions('QuerySet')` in a running process, slowest of 400", max(asked), "ms", LOOKUP)
        command = [sys.executable, "-c", QUESTION, str(corpus), str(data)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        fresh = [1_000 * cpu_of([*command, "ask"], environment=environment, folder=ROOT) for _ in range(2 * ROUNDS + 1)]
        yield Result("the same from a fresh process, imports and all", statistics.median(fresh), "ms", FRESH)


def whole(corpus: Path) -> Iterator[Result]:
    """Yield what indexing everything in a corpus costs, whatever language it is in."""
    with tempfile.TemporaryDirectory() as folder:
        paths = listed(corpus)
        with open_index(corpus, Path(folder), list_files=lambda: paths) as index:
            built = cpu(index.refresh)
            status = index.status()
        told = f"{status.files:,} files indexed, {status.definitions:,} definitions, not read: {dict(status.skipped)}"
        yield Result(f"all {len(paths):,} files of {corpus.name}, made anew", built, "s CPU", note=told)


def daily(library: Path) -> Iterator[Result]:
    """Yield what an index of the standard library costs once it is there; its files are listed anew each time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lib"
        shutil.copytree(library, root, ignore=shutil.ignore_patterns("site-packages", "__pycache__", "config-*"))
        paths = listed(root)
        texts = [(root / path).read_text("utf-8", "replace") for path in paths if path.endswith(".py")]
        with open_index(root, Path(folder) / "data", list_files=lambda: listed(root)) as index:
            first = cpu(index.refresh)
            time.sleep(0.2)  # a file younger than the tick of the clock would be read again
            index.refresh()
            again = statistics.median(cpu(index.refresh) for _ in range(5))
            name = f"the standard library, {len(paths):,} files"
            yield Result(f"{name}: a second run, of the first", 100 * again / first, "%", AGAIN, f"{first:.2f} s CPU")
            changed = [brought(index, root / "argparse.py", number) for number in range(7)]
            yield Result("one changed file, until it is found", statistics.median(changed), "ms", SEEN)
            added = [brought(index, root / f"brought_{number}.py", number) for number in range(7, 14)]
            yield Result("one new file, until it is found", statistics.median(added), "ms", SEEN)
            yield from questions(index, texts)
            yield from choosing("the standard library", root, index)


def questions(index: Index, texts: Sequence[str]) -> Iterator[Result]:
    """Yield how long questions of all kinds take."""
    chance = random.Random(1)
    names = [one.name for path in chance.sample(list(index.paths()), 200) for one in index.definitions_in(path)]
    asked = [chance.choice(names) for _ in range(ASKED)]
    asked += [name.rpartition(".")[2] for name in asked]
    yield Result("a name's definitions, 95 of 100", worst(index.definitions, asked), "ms", LOOKUP)
    yield Result("a name's uses, 95 of 100", worst(index.references, [n.rpartition(".")[2] for n in asked]), "ms")
    pieces = [piece for piece in (piece_of(chance.choice(texts), chance) for _ in range(4 * ASKED)) if piece][:ASKED]
    index.search("something to begin with")
    yield Result("lines that hold a piece of some line, 95 of 100", worst(index.search, pieces), "ms", SEARCH)
    words = [[chance.choice(names).rpartition(".")[2] for _ in range(3)] for _ in range(ASKED)]
    yield Result("files by three words, 95 of 100", worst(index.match, words), "ms", SEARCH)
    yield Result("which file imports which, first time", 1_000 * cpu(index.edges), "ms")


def brought(index: Index, path: Path, number: int) -> float:
    """Bring a new name into a file; return the milliseconds until it is found."""
    text = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{text}\n\ndef brought_in_{number}(): ...\n", "utf-8")

    def find() -> None:
        index.refresh()
        if not index.definitions(f"brought_in_{number}"):
            msg = "the new name is not found"
            raise RuntimeError(msg)

    return 1_000 * cpu(find)


def listing(files: int) -> Iterator[Result]:
    """Yield what listing many files costs, with git and without, and what looking at all of them again costs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        for number in range(files):
            path = root / f"g{number % 20}/p{number % 1_000}/m{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"def function_{number}(a):\n    return a + {number}\n", "utf-8")
        (root / ".gitignore").write_text("*.log\n/build/\n!keep.log\n", "utf-8")
        walk = statistics.median(cpu(lambda: listed(root)) for _ in range(ROUNDS))
        for command in (["init", "-q"], ["add", "-A"]):
            subprocess.run(["git", *command], cwd=root, check=True)
        git = statistics.median(cpu(lambda: load_files(root, tracked=list_files)) for _ in range(ROUNDS))
        yield Result(f"{files:,} files listed by git", 1_000 * git, "ms", SCAN)
        yield Result(f"{files:,} files listed without git", 1_000 * walk, "ms", SCAN)
        paths = listed(root)
        with open_index(root, Path(folder) / "data", list_files=lambda: paths) as index:
            yield Result(f"{files:,} small files indexed", cpu(index.refresh), "s CPU")
            time.sleep(0.2)
            index.refresh()
            again = statistics.median(cpu(index.refresh) for _ in range(ROUNDS))
            yield Result(f"{files:,} files looked at again, already listed", 1_000 * again, "ms")


def others(library: Path) -> Iterator[Result]:
    """Yield what other programs take for the standard library, where they are installed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lib"
        shutil.copytree(library, root, ignore=shutil.ignore_patterns("site-packages", "__pycache__", "config-*"))
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "add", "-A"], cwd=root, check=True)
        for command in (
            ["git", "ls-files"],
            ["rg", "--files"],
            ["rg", "--no-heading", "-n", "class ArgumentParser"],
            ["ctags", "-R", "--languages=Python", "-f", "/dev/null"],
        ):
            if shutil.which(command[0]) is not None:
                spent = [cpu_of(command, environment=os.environ, folder=root) for _ in range(ROUNDS)]
                yield Result(f"`{' '.join(command)}` there", 1_000 * statistics.median(spent), "ms")


def listed(root: Path) -> tuple[str, ...]:
    """Return the files of a folder, without git."""
    return load_files(root, tracked=lambda _: None).paths


def parse(texts: Sequence[str]) -> None:
    """Have Python parse texts and do nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in texts:
            try:
                ast.parse(text)
            except SyntaxError:
                continue


def piece_of(text: str, chance: random.Random) -> str:
    """Return a piece of a line of a text, from a word on, or "" where the line is too short."""
    line = chance.choice(text.split("\n")).strip()
    words = line.split(" ")
    begin = chance.randrange(len(words))
    piece = " ".join(words[begin : begin + chance.randrange(1, 4)])[: chance.randrange(4, 40)]
    return piece if len(piece) > 3 else ""


def worst(ask: Callable[[Any], object], questions: Sequence[object]) -> float:
    """Return the milliseconds within which 95 of 100 questions are answered."""
    spent = sorted(1_000 * cpu(partial(ask, question)) for question in questions)
    return spent[len(spent) * 95 // 100]


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a piece of work, those of the processes it starts included."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
