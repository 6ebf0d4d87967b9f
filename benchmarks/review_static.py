"""What a review without a model costs: a change of 2,000 lines in ten real modules, seen first and seen again.

The modules are those of the standard library; in the old version whole functions are missing. Every figure is of the
whole command, `vivek review`, with git and ruff, which it starts.
"""

import ast
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Result, clean_environment, cpu_of, in_turns, report, vivek

MODULES = (
    *("typing", "inspect", "argparse", "tarfile", "doctest", "zipfile", "pathlib", "locale", "configparser", "difflib"),
)
CHANGED = 2_000
ROUNDS = 7
SECONDS, AGAIN, MEGABYTES = 3.0, 0.5, 200.0
COMMAND = vivek("review", "--no-model", "--format", "json")


def main() -> int:
    """Measure a first and a second look in turns."""
    with clean_environment() as environment:
        project = Path(environment["HOME"]) / "project"
        lines = make_change(project, environment)
        medians = in_turns(
            {
                "first": lambda: _cpu(project, environment, fresh=True),
                "again": lambda: _cpu(project, environment, fresh=False),
            },
            rounds=ROUNDS,
        )
        peak = _peak(project, environment)
    told = f"{lines:,} changed lines in {len(MODULES)} files, median of {ROUNDS} runs, user and system time"
    results = [
        Result("`vivek review`, first look", medians["first"], "s CPU", SECONDS, told),
        Result("`vivek review`, nothing changed since", medians["again"], "s CPU", AGAIN),
        Result("most memory of the process, first look", peak, "MB", MEGABYTES),
    ]
    return report("review_static", "What a review without a model costs", results)


def make_change(folder: Path, environment: Mapping[str, str]) -> int:
    """Make a repository whose working tree differs from its last commit, and return in how many lines."""
    folder.mkdir(parents=True)
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    new = {
        name: (stdlib / f"{name}.py").read_text(encoding="utf-8")
        for name in MODULES
        if (stdlib / f"{name}.py").is_file()
    }
    each = -(-CHANGED // len(new))
    for name, text in new.items():
        (folder / f"{name}.py").write_text(without(text, each), encoding="utf-8")
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-qm", "old")):
        subprocess.run(["git", *arguments], cwd=folder, env=dict(environment), check=True)
    for name, text in new.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    asked = ["git", "diff", "--numstat"]
    told = subprocess.run(asked, cwd=folder, env=dict(environment), check=True, capture_output=True, text=True).stdout
    return sum(int(number) for line in told.splitlines() for number in line.split("\t")[:2])


def without(text: str, lines: int) -> str:
    """Return a module without functions that have so many lines together, or a few more."""
    kept = text.split("\n")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    gone: set[int] = set()
    for node in sorted(functions, key=lambda node: -node.lineno):
        body = range(node.body[0].lineno - 1, node.end_lineno or node.lineno)
        if len(gone) < lines and len(body) > 1 and gone.isdisjoint(body):
            gone.update(body[1:])
            kept[body[0]] = " " * node.body[0].col_offset + "pass"
    return "\n".join(line for at, line in enumerate(kept) if at not in gone)


def _cpu(project: Path, environment: Mapping[str, str], *, fresh: bool) -> float:
    with tempfile.TemporaryDirectory() as cache:
        own = {"XDG_CACHE_HOME": cache} if fresh else {}
        return cpu_of(COMMAND, environment={**environment, **own}, folder=project)


def _peak(project: Path, environment: Mapping[str, str]) -> float:
    with tempfile.TemporaryDirectory() as cache:
        child = subprocess.Popen(
            COMMAND, env={**environment, "XDG_CACHE_HOME": cache}, cwd=project, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        msg = f"{COMMAND} ended with {child.returncode}"
        raise RuntimeError(msg)
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    sys.exit(main())
