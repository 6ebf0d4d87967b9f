"""Whether a turn killed with SIGKILL at any moment is finished by the next start: once, and with nothing lost."""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report
from tests.conftest import SOURCES
from tests.session.doomed import USUAL_CALLS, Lives
from tests.session.turn_kills import aftermath, fill

RUNS = 500
LATEST = 1.1
"""Kills by the clock come at random within so many times what a turn takes."""


@dataclass
class Killed:
    """What came of the runs.

    Attributes:
        runs: All of them.
        cut: Those that were killed before the turn had ended.
        again: Calls of the model that were made twice, over all runs.
        standings: Where the next starts found the threads.
        wrong: What was wrong, one text for each finding.
    """

    runs: int = 0
    cut: int = 0
    again: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def kill_turns(runs: int, folder: Path, seed: int = 0) -> Killed:
    """Kill a turn, now before a random call of a database, now at a random time, start again and look."""
    dice, told = random.Random(seed), Killed()
    with clean_environment() as environment, Lives(environment) as lives:
        lives.live(fill(folder / "first", SOURCES))
        began = time.perf_counter()
        whole = lives.live(fill(folder / "whole", SOURCES))
        seconds = time.perf_counter() - began
        if whole.status != "done":
            msg = f"a turn that nobody kills ended {whole.status}: {whole.error}"
            raise RuntimeError(msg)
        for number in range(runs):
            order = fill(folder / str(number), SOURCES)
            if number % 2:
                order.after = dice.uniform(0.001, seconds * LATEST)
            else:
                order.at = dice.randint(1, whole.calls)
            after = aftermath(lives, order)
            told.runs += 1
            told.cut += after.killed
            told.again += max(0, after.again)
            told.standings[after.standing] += 1
            when = f"after {order.after:.3f} s" if order.after else f"before call {order.at}"
            told.wrong += [f"killed {when}: {text}" for text in after.wrong]
            shutil.rmtree(folder / str(number))
    return told


def main() -> int:
    """Kill, and write down what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        told = kill_turns(RUNS, Path(folder))
        seconds = time.perf_counter() - began
    for text in told.wrong:
        sys.stderr.write(f"{text}\n")
    found = ", ".join(f"{name} {count}" for name, count in told.standings.most_common())
    about = (
        "files mixed, a request lost, a command run twice, a list of threads that says something else, a dead thread"
    )
    results = [
        Result(f"findings, of {told.runs} kills", len(told.wrong), "", 0, about),
        Result("kills before the turn had ended", told.cut, "", None, f"the next start found: {found}"),
        Result(
            f"calls of the model made twice, of {told.runs * USUAL_CALLS}",
            told.again,
            "",
            None,
            "at most one for each kill",
        ),
        Result("time for a kill and two more starts", seconds / told.runs * 1000, "ms"),
    ]
    return report("turn_kills", "A process killed in the middle of a turn", results)


if __name__ == "__main__":
    sys.exit(main())
