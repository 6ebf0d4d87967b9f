"""What reading and judging 10,000 commits costs, as multiples of the `git log` call it needs. CPU, children included.

python -m benchmarks.history
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, report
from vivek.analysis.history.coupling import scattered
from vivek.analysis.history.following import follow
from vivek.analysis.history.function_churn import HOT, function_hotspots, wanted_hunks
from vivek.analysis.history.hotspots import hotspots_of
from vivek.analysis.history.ownership import history_of
from vivek.project.past.commits import read_past
from vivek.project.past.hunks import read_hunks, read_uncommitted
from vivek.project.past.log_records import SHAPE
from vivek.schema.measures import FileMeasures, FunctionMeasures
from vivek.workspace.git.log import read_log

COMMITS = 10_000
FILES = 400
ROUNDS = 3
TIMES = 2.0


def main() -> int:
    """Measure, write and show."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        build(root, COMMITS)
        results = [*measured(root, Path(folder))]
    return report("history", "What reading the history costs", results)


def build(root: Path, commits: int) -> None:
    """Make a repository of so many commits: files of some hundred lines, a few of which change at a time; renames."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=root, input=b"".join(stream(commits)), check=True)


def stream(commits: int) -> Iterator[bytes]:
    """Yield commits as `git fast-import` reads them."""
    chance = random.Random(1)
    texts = {f"src/p{number % 20}/m{number}.py": [f"line {n}\n" for n in range(200)] for number in range(FILES)}
    for number in range(commits):
        author = f"Author {chance.randrange(20)} <a{number % 20}@example.org> {1_600_000_000 + number * 3_600} +0000"
        message = f"change {number}".encode()
        yield f"commit refs/heads/main\ncommitter {author}\ndata {len(message)}\n".encode() + message + b"\n"
        chosen = list(texts) if number == 0 else chance.sample(list(texts), chance.randint(1, 6))
        for path in chosen:
            text = texts[path]
            if number:
                for _ in range(chance.randint(1, 4)):
                    text[chance.randrange(len(text))] = f"line {number} {chance.random()}\n"
            name = path
            if number % 50 == 49 and path is chosen[0]:
                name = path.replace(".py", f"_{number}.py")
                texts[name] = texts.pop(path)
                yield f"D {path}\n".encode()
            content = "".join(text).encode()
            yield f"M 100644 inline {name}\ndata {len(content)}\n".encode() + content + b"\n"


def measured(root: Path, folder: Path) -> Iterator[Result]:
    """Yield what a history costs that is read for the first time, again, and after a commit."""
    files = subprocess.run(["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=root, capture_output=True, check=True)
    paths = os.fsdecode(files.stdout).split("\n")[:-1]
    measures = {
        path: FileMeasures(path, functions=(FunctionMeasures("f", path, 1, 50, 3, 3, 1, 50, 0),)) for path in paths
    }

    def whole(data: Path) -> None:
        followed = follow(read_past(root, data), paths)
        history_of(followed, dict.fromkeys(paths, ()))
        scattered(followed, paths)
        hottest = [spot.path for spot in hotspots_of(followed, measures)[:HOT]]
        hunks = read_hunks(root, data, wanted_hunks(followed, hottest))
        function_hotspots(followed, measures, hunks, read_uncommitted(root, hottest))

    alone, first = [], []
    for number in range(ROUNDS):
        alone.append(cpu(lambda: read_log(root, SHAPE, ["HEAD"], timeout=600)))
        first.append(cpu(partial(whole, folder / str(number))))
    ratio = statistics.median(one / other for one, other in zip(first, alone, strict=True))
    note = f"{statistics.median(first):.2f} s, of which `git log` alone {statistics.median(alone):.2f} s"
    name = f"{COMMITS:,} commits"
    yield Result(f"{name}: for the first time, times `git log`", ratio, "x", TIMES, note)
    again = statistics.median(cpu(lambda: whole(folder / "0")) for _ in range(ROUNDS))
    yield Result(f"{name}: again, nothing new", again, "s CPU")
    told = b"commit refs/heads/main\ncommitter A <a@example.org> 1800000000 +0000\ndata 1\n.\nfrom refs/heads/main^0\n"
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=told, check=True)
    yield Result(f"{name}: one more commit", cpu(lambda: whole(folder / "0")), "s CPU")


def cpu(run: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, with the processes it waited for."""
    before = spent()
    run()
    return spent() - before


def spent() -> float:
    """Return the CPU seconds of this process and of those it waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = [resource.getrusage(each) for each in whose]
    return sum(each.ru_utime + each.ru_stime for each in usages)


if __name__ == "__main__":
    sys.exit(main())
