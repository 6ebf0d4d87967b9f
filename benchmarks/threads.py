"""What lists of threads cost: ten thousand of them listed, a thousand of them searched."""

import hashlib
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import BARE, Result, clean_environment, cpu_of, in_turns, report, vivek
from vivek.cli.render.tables import thread_table
from vivek.prompts.transcript import row_hash
from vivek.schema.threads import ThreadSummary
from vivek.schema.transcript import Row
from vivek.session.place import Place, prepare_data
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.store import Store

THREADS = 10_000
SEARCHED, TURNS = 1_000, 10
ROUNDS = 9
MILLI = 1_000
_WORDS = [
    *("price", "discount", "total", "report", "tax", "rounding", "cents"),
    *("function", "returns", "raises", "because", "therefore", "module", "test"),
]


def fill_index(folder: Path, project: Path, count: int) -> None:
    """Write so many threads of forty projects into an index."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadIndex.open(folder):
        pass
    chance = random.Random(count)
    rows = [
        (
            *(f"calm-otter-{number}", str(project / f"part-{number % 40}"), "chat"),
            *(" ".join(chance.choices(_WORDS, k=7)), "ollama/qwen2.5-coder:7b", number % 30 + 1),
            *(1.76e9 + number * 60.0, chance.choice(["finished", "unfinished", "needs_approval"])),
        )
        for number in range(count)
    ]
    with sqlite3.connect(folder / "threads.db") as connection:
        connection.executemany(
            "INSERT INTO threads (id, directory, kind, title, model, turns, updated, status) VALUES (?,?,?,?,?,?,?,?)",
            rows,
        )


def fill_talk(folder: Path, root: Path, threads: int) -> int:
    """Write threads with requests and answers of a usual length; return the characters said."""
    place = Place(root, root / ".vivek", restricted=False)
    root.mkdir(parents=True, exist_ok=True)
    prepare_data(place)
    chance, said = random.Random(threads), 0
    with Store.open(place.data) as store, ThreadIndex.open(folder) as index, store.transaction():
        for number in range(threads):
            head = None
            for turn in range(TURNS):
                for role, words in (("user", 30), ("assistant", 300)):
                    text = f"{number} {turn} " + " ".join(chance.choices(_WORDS, k=words))
                    said += len(text)
                    name = row_hash(head, role, "log", text)  # type: ignore[arg-type]  # the two roles of a log
                    blob = hashlib.sha256(text.encode()).hexdigest()
                    store.commit_message(Row(name, head, role, "log", blob, words), text)  # type: ignore[arg-type]  # as above
                    head = name
            index.begin(f"calm-otter-{number}", root, kind="chat", title="Search me", model="m")
            index.end(f"calm-otter-{number}", root, status="finished", turns=TURNS, log=head)
    return said


def in_process(folder: Path) -> tuple[float, float]:
    """Return the CPU seconds of reading and of drawing all threads, the best of several rounds."""
    reading = drawing = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        with ThreadIndex.open(folder) as index:
            threads: list[ThreadSummary] = index.list()
        read = time.process_time()
        thread_table(threads, now=2e9, width=10_000, directories=True)
        reading, drawing = min(reading, read - begin), min(drawing, time.process_time() - read)
    return reading, drawing


def main() -> int:
    """Measure and report."""
    with clean_environment() as environment, tempfile.TemporaryDirectory(prefix="vivek-bench-") as scratch:
        base = Path(scratch).resolve()
        full, empty, talked = base / "full", base / "empty", base / "talked"
        fill_index(full, base, THREADS)
        fill_index(empty, base, 0)
        project = base / "project"
        characters = fill_talk(talked, project, SEARCHED)
        (base / "part-0").mkdir()

        def run(state: Path, folder: Path, *arguments: str) -> Callable[[], float]:
            variables = {**environment, "VIVEK_STATE_DIR": str(state)}
            return lambda: cpu_of(vivek(*arguments), environment=variables, folder=folder)

        medians = in_turns(
            {
                "bare": lambda: cpu_of(BARE, environment=environment, folder=base),
                "none": run(empty, base / "part-0", "threads", "list", "--all"),
                "none here": run(empty, base / "part-0", "threads", "list"),
                "all": run(full, base / "part-0", "threads", "list", "--all"),
                "one": run(full, base / "part-0", "threads", "list"),
                "json": run(full, base / "part-0", "threads", "list", "--all", "--format", "json"),
                "search": run(talked, project, "threads", "search", "rounding because", "--limit", "5"),
            },
            rounds=ROUNDS,
        )
        reading, drawing = in_process(full)
    return report("threads", "Threads: listed and searched", _results(medians, reading, drawing, characters))


def _results(medians: dict[str, float], reading: float, drawing: float, characters: int) -> list[Result]:
    bare, none = medians["bare"], medians["none"]
    said = f"{SEARCHED:,} threads of {TURNS} turns, {characters / 1e6:.1f} million characters"
    return [
        Result("python -c pass", bare * MILLI, "ms", note=f"median of {ROUNDS} runs, user and system time"),
        Result("threads list --all, no thread", (none - bare) * MILLI, "ms", note="beyond the bare interpreter"),
        Result(
            f"{THREADS:,} threads read and drawn, in the process",
            (reading + drawing) * MILLI,
            "ms",
            100.0,
            f"{reading * MILLI:.0f} ms to read, {drawing * MILLI:.0f} ms to draw",
        ),
        Result(
            f"threads list --all piped, {THREADS:,} threads",
            (medians["all"] - none) * MILLI,
            "ms",
            100.0,
            "beyond no thread",
        ),
        Result(f"threads list --all piped, {THREADS:,} threads, whole", medians["all"] / bare, "x"),
        Result(
            f"threads list, one project of {THREADS:,} threads",
            (medians["one"] - medians["none here"]) * MILLI,
            "ms",
            30.0,
            "beyond no thread",
        ),
        Result(
            f"threads list --all --format json, {THREADS:,} threads",
            (medians["json"] - none) * MILLI,
            "ms",
            note="beyond no thread",
        ),
        Result("threads search, two words", (medians["search"] - none) * MILLI, "ms", 1_000.0, said),
    ]


if __name__ == "__main__":
    sys.exit(main())
