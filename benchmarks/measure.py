"""Measures processes by `getrusage` and writes results; knows nothing of what it measures.

A figure is CPU seconds, user and system, of a process and the children it waited for. Cases and the bare interpreter
take turns, so that a busy machine slows all of them alike, and what is reported is the ratio of medians.
"""

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"

ROUNDS = 15
BARE = [sys.executable, "-c", "pass"]

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Result:
    """One figure.

    Attributes:
        name: What was measured.
        value: The median, in `unit`.
        unit: "x" for multiples of the bare interpreter, else MB, MB per turn, ...
        limit: What it may be at most; None for a figure that is only shown.
        note: How it came about.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether the figure is within its limit."""
        return self.limit is None or self.value <= self.limit


@contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """Yield the variables of a user who has just been born: an empty home, no settings, no keys."""
    with tempfile.TemporaryDirectory(prefix="vivek-bench-") as folder:
        home = Path(folder).resolve()
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        yield kept | {
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "VIVEK_STATE_DIR": str(home / "vivek"),
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "TERM": "xterm-256color",
        }


def vivek(*arguments: str) -> list[str]:
    """Return the command line that runs vivek in this interpreter, through its console script where there is one."""
    script = Path(sys.executable).with_name("vivek")
    if script.exists():
        return [str(script), *arguments]
    return [sys.executable, "-c", "import sys; from vivek.__main__ import main; sys.exit(main())", *arguments]


def cpu_of(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    until: Callable[[int], None] | None = None,
) -> float:
    """Return the CPU seconds of a process and its children.

    Args:
        command: What to run.
        environment: All of its variables.
        folder: Where it runs.
        until: Waits for a moment in the life of the process, whose id it gets; then the process is killed, so that
            what it would have done later is not counted. None lets it end by itself.

    Raises:
        RuntimeError: If a process that is to end by itself fails, or the moment does not come.
    """
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        late: TimeoutError | None = None
        if until is not None:
            try:
                until(child.pid)
            except TimeoutError as error:
                late = error
            finally:
                os.kill(
                    child.pid, signal.SIGKILL
                )  # not send_signal: it would take the figures of a process already dead
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if late is not None or (until is None and child.returncode):
            errors.seek(0)
            msg = f"{command} ended with {child.returncode}: {errors.read().decode(errors='replace')}"
            raise RuntimeError(msg) from late
    return usage.ru_utime + usage.ru_stime


def in_turns(cases: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Run every case once a round, after one round to warm up, and return the median of each."""
    seen: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, run in cases.items():
            value = run()
            if number:
                seen[name].append(value)
        print(f"round {number} of {rounds}", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: statistics.median(values) for name, values in seen.items()}


def machine() -> dict[str, str]:
    """Return what the figures depend on besides vivek."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "commit": _commit(),
    }


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"


def render(
    title: str, results: Sequence[Result], about: Mapping[str, str], spent: Sequence[tuple[str, float]] = ()
) -> str:
    """Return results as Markdown: a table, the machine, and optionally what the time was spent on, in milliseconds."""
    lines = [f"# {title}", "", "| what | measured | at most | |", "|---|---:|---:|---|"]
    for result in results:
        limit = "" if result.limit is None else f"{result.limit:g} {result.unit}"
        verdict = "" if result.limit is None else "holds" if result.holds else "**too much**"
        lines.append(f"| {result.name} | {result.value:.4g} {result.unit} | {limit} | {verdict} |")
    lines += ["", *(f"- {result.name}: {result.note}" for result in results if result.note)]
    if spent:
        lines += ["", "| spent on | ms |", "|---|---:|", *(f"| {name} | {value:.1f} |" for name, value in spent)]
    lines += ["", ", ".join(f"{name} {value}" for name, value in about.items())]
    return "\n".join(lines) + "\n"


def report(name: str, title: str, results: Sequence[Result], spent: Sequence[tuple[str, float]] = ()) -> int:
    """Write results as JSON and Markdown, show them, and return an exit code: 1 where a limit is broken."""
    about = machine()
    RESULTS.mkdir(exist_ok=True)
    plain = {"machine": about, "results": [asdict(result) for result in results], "spent_ms": dict(spent)}
    (RESULTS / f"{name}.json").write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
    shown = render(title, results, about, spent)
    (RESULTS / f"{name}.md").write_text(shown, encoding="utf-8")
    print(shown)
    return 0 if all(result.holds for result in results) else 1
