"""A thousand hostile repositories, opened with vivek before anybody trusts them: what runs, is reached, is written.

The repositories are those of the tests, which open fifty. Audit hooks see what vivek does; for some of them `strace`,
where it is installed, also sees what git does.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report
from tests.hostile.repos import make_hostile
from tests.hostile.visits import WATCH, Visit, visit

REPOSITORIES = 1_000
TRACED = 20
BATCH = 25
WORKERS = 2

_RAN = re.compile(r'execve\("([^"]+)".*= 0$', re.MULTILINE)


def main() -> int:
    """Open them all and report."""
    with clean_environment() as clean, tempfile.TemporaryDirectory(prefix="vivek-hostile-") as folder:
        os.environ.clear()
        os.environ.update(clean)
        batches = [range(start, min(start + BATCH, REPOSITORIES)) for start in range(0, REPOSITORIES, BATCH)]
        visits: list[Visit] = []
        with ThreadPoolExecutor(WORKERS) as pool:
            for part in pool.map(lambda seeds: _visited(Path(folder), seeds), batches):
                visits += part
                print(f"{len(visits):,} of {REPOSITORIES:,}", end="\r", file=sys.stderr, flush=True)
        foreign = _traced(Path(folder), range(TRACED))
    for each in [each for each in visits if not each.clean][:20]:
        print(each, file=sys.stderr)
    return report("hostile", "Hostile repositories before trust", _results(visits, foreign))


def _visited(folder: Path, seeds: Sequence[int]) -> list[Visit]:
    """Make some repositories, visit them in one process, and remove them."""
    areas = folder / f"from-{seeds[0]}"
    areas.mkdir()
    made = [make_hostile(areas / str(seed), seed)[0].area for seed in seeds]
    try:
        return visit(made, extra_path=".")
    finally:
        shutil.rmtree(areas)


def _traced(folder: Path, seeds: Sequence[int]) -> int | None:
    """Return how many programs of the repositories ran, git's children included; None without `strace`."""
    tracer = shutil.which("strace")
    if tracer is None:
        return None
    areas = folder / "traced"
    areas.mkdir()
    made = [make_hostile(areas / str(seed), seed)[0].area for seed in seeds]
    trace = folder / "trace"
    watch = [sys.executable, "-P", str(WATCH), *map(str, made)]
    command = [tracer, "-f", "-qq", "-s", "4096", "-e", "trace=execve", "-o", str(trace), *watch]
    environment = os.environ | {"PATH": f".:{os.environ['PATH']}"}
    visit(made[:1])  # writes the replies beside them
    subprocess.run(command, cwd=made[0] / "repo", env=environment, stdin=-3, capture_output=True, check=True)
    programs = [os.path.realpath(str(found)) for found in _RAN.findall(trace.read_text(errors="replace"))]
    if not any(program.endswith("/git") for program in programs):
        msg = "The trace shows no git at all: it cannot be right."
        raise RuntimeError(msg)
    return sum(program.startswith(str(areas)) or not program.startswith("/") for program in programs)


def _results(visits: Sequence[Visit], foreign: int | None) -> list[Result]:
    codes = Counter(f"{command}: {code}" for each in visits for command, code in each.codes.items())
    note = ", ".join(f"{count:,} {name}" for name, count in codes.most_common(8))
    of = f"in {len(visits):,} repositories"
    results = [
        Result("traps that sprang", sum(len(each.sprung) for each in visits), of, 0.0, f"exit codes: {note}"),
        Result(
            "processes other than hardened git and the probe of the sandbox",
            sum(len(each.started) for each in visits),
            of,
            0.0,
        ),
        Result("connections", sum(len(each.talked) for each in visits), of, 0.0),
        Result("files written outside state, cache and `.vivek`", sum(len(each.written) for each in visits), of, 0.0),
        Result("calls of hardened git", sum(each.gits for each in visits), of),
    ]
    if foreign is not None:
        results.append(Result("programs of the repository seen by strace", foreign, f"in {TRACED} repositories", 0.0))
    return results


if __name__ == "__main__":
    sys.exit(main())
