"""Mutation scores: how many small wrong changes of the code that must not be wrong do its tests let live.

Every mutant stands in a copy of the repository of its own and meets the tests of its group, one after the other; a run
that takes far longer than the unchanged code needs counts as seen. All groups: `python -m benchmarks.mutation`; what
was a survivor, again: `python -m benchmarks.mutation --at vivek/edits/hints.py:25`.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import RESULTS, ROOT, Result, clean_environment, machine, render, report
from benchmarks.mutants import Mutant, mutants

SAMPLE = 60
SEED = 1
SURVIVING = 15.0  # percent
PATIENCE = 4.0  # times what the unchanged code needs, and
GRACE = 10.0  # seconds more
_SPACE = 8 << 30  # bytes of address space and of a file: what a mutant without an end may take
_FILE = 1 << 28
_FAILED, _NO_TESTS = 1, 5


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that are measured together.

    Attributes:
        modules: Their paths, as patterns.
        tests: The files of tests that must see what is wrong with them, the quick ones first.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def mutants(self, root: Path) -> list[Mutant]:
        """Return all mutants of all modules."""
        paths = sorted(path for pattern in self.modules for path in root.glob(pattern))
        return [
            mutant
            for path in paths
            for mutant in mutants(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        ]


GROUPS = {
    "matching": Group(
        tuple(f"vivek/edits/{name}.py" for name in ("matching", "relaxing", "haystack", "hints", "literals", "spans")),
        tuple(f"tests/edits/test_{name}.py" for name in ("matching", "relaxing", "spans", "engine", "places")),
    ),
    "journal": Group(
        (
            *(f"vivek/workspace/journal/{name}.py" for name in ("journal", "intents", "mover", "records")),
            "vivek/workspace/steps.py",
        ),
        tuple(f"tests/workspace/journal/test_{name}.py" for name in ("journal", "turns", "faults", "model")),
    ),
    "gate": Group(
        ("vivek/tools/approval.py", "vivek/tools/gate/*.py", "vivek/syntax/shell.py", "vivek/syntax/shell_words.py"),
        (
            "tests/tools/test_approval.py",
            "tests/tools/test_approval_rows.py",
            "tests/tools/test_approval_refusals.py",
            "tests/tools/gate",
            "tests/syntax/test_shell.py",
        ),
    ),
}


@contextmanager
def _open_folder(within: Path | None = None) -> Iterator[Path]:
    """Yield a scratch folder that a child without root's rights can enter too."""
    with tempfile.TemporaryDirectory(prefix="vivek-mutant-", dir=within) as scratch:
        folder = Path(scratch).resolve()
        folder.chmod(0o755)
        yield folder


def copy_sources(to: Path) -> None:
    """Copy what git would keep of the checkout as it stands, changes and new files included."""
    asked = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    for name in asked.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def passes(folder: Path, tests: Sequence[str], *, limit: float | None = None) -> bool:
    """Return whether tests pass in a copy of the repository; when they run out of time they do not.

    Raises:
        RuntimeError: If there was no test to run.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", *tests]
    with clean_environment() as environment, _open_folder(_memory()) as scratch:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment | {"PYTHONPATH": str(folder), "TMPDIR": str(scratch)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_be_modest,  # noqa: PLW1509 - there are no threads here
        )
        try:
            child.wait(limit)
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end_all_of(child)
    if child.returncode == _NO_TESTS:
        msg = f"no tests in {', '.join(tests)}"
        raise RuntimeError(msg)
    return child.returncode == 0


def _memory() -> Path | None:
    """Return a folder in memory where there is one: the journal's tests sync to disk some thousand times."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


def _be_modest() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))


def _end_all_of(child: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it left running in its group."""
    with suppress(ProcessLookupError):  # all have ended already
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def survives(mutant: Mutant, source: Path, tests: Sequence[str], *, limit: float) -> bool:
    """Return whether tests pass although a copy of the repository holds a mutant."""
    with _open_folder() as scratch:
        folder = scratch / "copy"
        shutil.copytree(source, folder)
        module = folder / mutant.path
        module.write_text(mutant.text, encoding="utf-8")
        for stale in (module.parent / "__pycache__").glob(f"{module.stem}.*"):
            stale.unlink()
        return passes(folder, tests, limit=limit)


def measure(group: Group, chosen: Sequence[Mutant], source: Path) -> tuple[list[Mutant], float]:
    """Try mutants against the tests of a group and return the survivors, and the seconds that the tests need.

    Raises:
        RuntimeError: If the tests fail without any mutant.
    """
    began = time.monotonic()
    if not passes(source, group.tests):
        msg = f"the tests fail on unchanged code: {' '.join(group.tests)}"
        raise RuntimeError(msg)
    needed = time.monotonic() - began
    alive = []
    for number, mutant in enumerate(chosen, 1):
        if survives(mutant, source, group.tests, limit=PATIENCE * needed + GRACE):
            alive.append(mutant)
            print(f"survived: {mutant.told}", file=sys.stderr, flush=True)
        print(f"{number} of {len(chosen)}, {len(alive)} survived", end="\r", file=sys.stderr, flush=True)
    return alive, needed


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure groups and report, with the figures that others had before; places named by hand are only shown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="mutants of each group")
    parser.add_argument("--seed", type=int, default=SEED, help="which ones")
    parser.add_argument("--group", choices=GROUPS, action="append", help="only this group")
    parser.add_argument("--at", metavar="PATH:LINE", action="append", help="all mutants of this line instead")
    given = parser.parse_args(arguments)
    results = {} if given.at else _known()
    with _open_folder() as source:
        copy_sources(source)
        for name in given.group or GROUPS:
            group = GROUPS[name]
            every = group.mutants(source)
            if given.at:
                chosen = [mutant for mutant in every if f"{mutant.path}:{mutant.line}" in given.at]
            else:
                chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
            if chosen:
                alive, needed = measure(group, chosen, source)
                results[name] = _result(name, chosen, alive, f"of {len(every):,}, seed {given.seed}", needed)
    ordered = [results[name] for name in GROUPS if name in results]
    if given.at:
        print(render("Mutation score", ordered, machine()))
        return 0 if all(result.holds for result in ordered) else 1
    return report("mutation", "Mutation score", ordered)


def _known() -> dict[str, Result]:
    """Return the figures of the last runs by their group."""
    kept = RESULTS / "mutation.json"
    if not kept.exists():
        return {}
    results = [Result(**each) for each in json.loads(kept.read_text(encoding="utf-8"))["results"]]
    return {result.name.partition(":")[0]: result for result in results}


def _result(name: str, chosen: Sequence[Mutant], alive: Sequence[Mutant], of: str, needed: float) -> Result:
    killed = f"{len(chosen) - len(alive)} of {len(chosen)} seen ({of}), tests of {needed:.0f} s"
    lived = "; survived: " + ", ".join(mutant.told for mutant in alive) if alive else ""
    return Result(
        f"{name}: changes that no test sees",
        100 * len(alive) / len(chosen),
        f"% of {len(chosen)}",
        SURVIVING,
        killed + lived,
    )


if __name__ == "__main__":
    sys.exit(main())
