"""What the sandbox costs a command: wall time above the plain command, for each rung that works here.

The plain command and every rung take turns, so that a busy machine slows all of them alike. The first command of a
tree, which waits for the launcher to load, is told apart.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report
from benchmarks.project import make_project
from vivek.schema.sandbox import SandboxStatus
from vivek.workspace.running import run_command
from vivek.workspace.sandbox.ladder import LADDER, probe
from vivek.workspace.staging.tree import StagedTree

COMMAND = ["/bin/true"]
ROUNDS = 100
FILES = 500
LIMIT = 15.0

Costs = dict[str, list[float]]
"""Milliseconds of every run, by rung; the first one is that of a tree just opened."""


def main() -> int:
    """Measure each rung in turns with the plain command."""
    with clean_environment() as environment:
        os.environ.update(environment)
        base = Path(environment["HOME"])
        project = make_project(base / "project", FILES)
        seen = asyncio.run(measure(project, base / "cache", rungs_here(project, base / "cache")))
    return report("sandbox", "What the sandbox costs a command", results_of(seen, LIMIT))


def rungs_here(project: Path, cache: Path) -> dict[str, SandboxStatus]:
    """Return the rungs that work here, by name."""
    found: dict[str, SandboxStatus] = {}
    for rung in LADDER:
        status = probe(project, cache, ladder=(rung,))
        if status.confines:
            found[f"{rung[0]}, {rung[1]}"] = status
    return found


async def measure(
    project: Path, cache: Path, rungs: Mapping[str, SandboxStatus], *, rounds: int = ROUNDS, folder: str = ""
) -> Costs:
    """Return what every run cost, the first round and the others."""
    trees = {name: StagedTree.open(project, status=status, cache_folder=cache) for name, status in rungs.items()}
    seen: Costs = {"plain": [], **{name: [] for name in rungs}}
    for number in range(rounds + 1):
        for name in seen:
            began = time.perf_counter()
            if name == "plain":
                ran = await run_command(COMMAND, cwd=project, env={}, timeout=10)
            else:
                ran = await trees[name].run(COMMAND, timeout=10, folder=folder)
            if ran.returncode:
                raise subprocess.CalledProcessError(ran.returncode, COMMAND, ran.output)
            seen[name].append((time.perf_counter() - began) * 1000)
        print(f"round {number} of {rounds}", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for tree in trees.values():
        tree.close()
    return seen


def results_of(seen: Costs, limit: float) -> list[Result]:
    """Return the 95th percentile of what each rung took above the plain command beside it."""
    _, *plain = seen.pop("plain")
    load = f"load of the machine at the end {os.getloadavg()[0]:.1f}"
    results = [Result("the plain command", statistics.median(plain), "ms", note=load)]
    for name, (first, *costs) in seen.items():
        above = sorted(cost - bare for cost, bare in zip(costs, plain, strict=True))
        note = f"median {statistics.median(above):.1f} ms, least {above[0]:.1f} ms, first command {first:.1f} ms in all"
        at_most = limit if "copy" not in name and "elsewhere" not in name else None
        results.append(
            Result(f"{name}: p95 above the plain command", above[int(len(above) * 0.95)], "ms", at_most, note)
        )
    return results


if __name__ == "__main__":
    sys.exit(main())
