"""What a command on the staged tree costs in small and large repositories: laid over, the size plays no part."""

import asyncio
import os
import sys
import time
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report
from benchmarks.sandbox import measure, results_of, rungs_here
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.staging.tree import StagedTree

SIZES = (5_000, 50_000)
ROUNDS = 40
LIMIT = 25.0
CHANGES = 5


def main() -> int:
    """Measure the rungs with an overlay on two sizes of repository."""
    results: list[Result] = []
    for files in SIZES:
        with clean_environment() as environment:
            os.environ.update(environment)
            base = Path(environment["HOME"])
            project = make_files(base / "project", files)
            rungs = {name: rung for name, rung in rungs_here(project, base / "cache").items() if rung.view == "overlay"}
            seen = asyncio.run(measure(project, base / "cache", rungs, rounds=ROUNDS))
            for result in results_of(seen, LIMIT):
                named = f"{files:,} files, {result.name}"
                results.append(Result(named, result.value, result.unit, result.limit, result.note))
            if rungs:
                results.append(putting(project, base / "cache", files, next(iter(rungs.values()))))
    return report("staged", "What a command on the staged tree costs", results)


def make_files(root: Path, files: int) -> Path:
    """Make a project of small files, a hundred in a folder."""
    for number in range(files):
        folder = root / f"part{number // 100:03}"
        if number % 100 == 0:
            folder.mkdir(parents=True)
        (folder / f"m{number % 100:02}.py").write_text(f"VALUE = {number}\n", encoding="utf-8")
    return root


def putting(project: Path, cache: Path, files: int, status: SandboxStatus) -> Result:
    """Return how long five changes take to be laid over the project."""
    with StagedTree.open(project, status=status, cache_folder=cache) as tree:
        began = time.perf_counter()
        tree.put({f"part000/m{number:02}.py": b"VALUE = 0\n" for number in range(CHANGES)})
        spent = (time.perf_counter() - began) * 1000
    return Result(f"{files:,} files, {CHANGES} changes laid over it", spent, "ms")


if __name__ == "__main__":
    sys.exit(main())
