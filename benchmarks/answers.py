"""How long a question about a known name takes in a running process, from the message to the answer, and what it costs.

The sources are those of the standard library at hand. Wall time is shown for what a user waits; what is held to a limit
is CPU time of this process, which a busy machine does not raise by much.
"""

import argparse
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, report
from vivek.cli.render.answers import answer_text
from vivek.session.doors.answers import IndexAnswers
from vivek.session.doors.index import find_home, open_lookup
from vivek.session.options import Choices
from vivek.session.place import Place

ROUNDS = 15
LIMIT = 200.0
QUESTIONS = {
    "where is a method": "where is ArgumentParser.parse_args?",
    "a bare name": "ArgumentParser.parse_args",
    "who calls a function used in many files": "who calls namedtuple()",
    "who calls a method": "who calls _ActionsContainer.add_argument",
    "what imports a module": "what imports argparse.py",
    "what imports a name": "what imports `OrderedDict`",
    "what is in a file": "what is in argparse.py",
    "what is in a class": "what is in ArgumentParser",
}
PROSE = "where does the parser lose the default, and can you find out why it does?"


def main() -> int:
    """Measure, write and show."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="vivek-bench-") as folder:
        root, data = Path(folder).resolve() / "library", Path(folder).resolve() / "data"
        left_out = shutil.ignore_patterns("site-packages", "__pycache__", "*.so", "*.a")
        shutil.copytree(sysconfig.get_paths()["stdlib"], root, ignore=left_out)
        place = Place(root, data, restricted=False)
        with open_lookup(place, find_home(place)) as lookup:
            files = lookup.refresh().files
        door = IndexAnswers(place, Choices())
        first = measured(lambda: door.answer(next(iter(QUESTIONS.values()))), rounds=1)
        results = [Result(f"the first question, {files:,} files, imports included", first[0], "ms", None, wall(first))]
        for name, question in QUESTIONS.items():
            if (found := door.answer(question)) is None:
                msg = f"{question!r} was not answered"
                raise RuntimeError(msg)
            taken = measured(partial(shown, door, question))
            results.append(Result(f"{name}, {found.total:,} places", taken[0], "ms", LIMIT, wall(taken)))
        prose = measured(lambda: shown(door, PROSE))
        results.append(Result("a message for the model", prose[0], "ms", 5.0, wall(prose)))
        door.close()
    return report("answers", "What an answer from the index costs", results)


def shown(door: IndexAnswers, question: str) -> str:
    """Return what the user would see."""
    found = door.answer(question)
    return "" if found is None else answer_text(found)


def measured(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Return the median of CPU milliseconds, and median and maximum of those that passed."""
    cpu, passed = [], []
    for _ in range(rounds):
        began, started = time.perf_counter(), time.process_time()
        work()
        cpu.append((time.process_time() - started) * 1_000)
        passed.append((time.perf_counter() - began) * 1_000)
    return statistics.median(cpu), statistics.median(passed), max(passed)


def wall(taken: tuple[float, float, float]) -> str:
    """Return what a user waited."""
    return f"{taken[1]:.1f} ms passed, {taken[2]:.1f} ms at most"


if __name__ == "__main__":
    sys.exit(main())
