"""What the thousandth turn costs compared with the hundredth: disk, bytes written, CPU.

A child process holds one session through all turns, so that it can read its own counters between them; bytes written
come from /proc/self/io and are known on Linux only.
"""

import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Result, clean_environment, report
from benchmarks.project import WORDS, make_project
from benchmarks.server import MODEL, model_server

TURNS = 1000
QUESTION = 400
REPLY = 3600
SLICE = 100
SKIPPED = 100
"""Turns at the start that are not compared: the caches of the process fill up."""

FILES = 31


def main() -> int:
    """Run the turns in a child and compare its last ones with early ones."""
    with clean_environment() as environment, model_server(lambda text: words(REPLY, len(text) % 997)) as server:
        project = make_project(Path(environment["HOME"]) / "project", FILES)
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.growth", server.url],
            env=environment,
            cwd=project,
            stdout=subprocess.PIPE,
            check=True,
        )
        turns = json.loads(child.stdout)
        size = sum(
            path.stat().st_size
            for path in (project / ".vivek").rglob("*")
            if path.is_file() and not path.name.startswith("index.db")
        )
    results = [
        Result(f"`.vivek/` after {TURNS} turns of 4 KB", size / 1024**2, "MB", 25.0),
        compared("CPU a turn", turns["cpu"], 1.5),
    ]
    if turns["written"]:
        results.append(compared("bytes written a turn", turns["written"], 1.1))
        results.append(Result("bytes written, last turns", statistics.mean(turns["written"][-SLICE:]) / 1024, "KB"))
    results.append(Result("CPU, last turns", statistics.mean(turns["cpu"][-SLICE:]) * 1000, "ms"))
    return report("growth", "How a thread grows", results)


def words(size: int, seed: int) -> str:
    """Return text of about `size` bytes, different for each seed; without digits, of which each is a token."""
    chosen = random.Random(seed)
    return " ".join(chosen.choices(WORDS, k=size))[:size]


def compared(name: str, values: list[float], limit: float) -> Result:
    """Return the mean of the last turns as a multiple of the mean of early ones."""
    ratio = statistics.mean(values[-SLICE:]) / statistics.mean(values[SKIPPED : SKIPPED + SLICE])
    return Result(name, ratio, "x", limit, f"last {SLICE} turns by those from {SKIPPED} to {SKIPPED + SLICE}")


async def take_turns(url: str) -> dict[str, list[float]]:
    """Hold a conversation in the current folder and return what each turn cost."""
    from vivek.schema.events import TurnDone
    from vivek.session.opening import open_session
    from vivek.session.options import Choices
    from vivek.session.place import open_place

    cpu: list[float] = []
    written: list[float] = []
    choices = Choices(model=f"openai_compat/{MODEL}", base_url=url, depth="fast", approve="none")
    async with open_session(open_place(), choices) as session:
        for turn in range(TURNS):
            used, wrote = _used(), _written()
            async for event in session.send(f"Tell me about turn {turn}. {words(QUESTION, turn)}"):
                last = event
            if not isinstance(last, TurnDone) or last.report.status != "done":
                msg = f"turn {turn} was not answered: {last}"
                raise RuntimeError(msg)
            cpu.append(_used() - used)
            if wrote is not None:
                written.append(float((_written() or 0) - wrote))
            print(f"turn {turn + 1} of {TURNS}", end="\r", file=sys.stderr, flush=True)
    return {"cpu": cpu, "written": written}


def _used() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _written() -> int | None:
    counters = Path(f"/proc/{os.getpid()}/io")
    if not counters.exists():
        return None
    fields = dict(line.split(": ") for line in counters.read_text(encoding="ascii").splitlines())
    return int(fields["wchar"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(take_turns(sys.argv[1]))))
        sys.exit(0)
    sys.exit(main())
