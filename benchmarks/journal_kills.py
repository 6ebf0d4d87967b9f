"""Whether a change of five files is all or nothing when the process is killed at any moment, with SIGKILL."""

import os
import random
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, report
from vivek.schema.edits import ChangeSet
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

RUNS = 1_000
THREAD = "calm-otter-7"
OLD = {
    "src/edited.py": b"one\r\ntwo\r\n" * 400,
    "deleted.bin": bytes(range(256)) * 8,
    "bin/moved.sh": b"#!/bin/sh\necho moved\n",
    "tool.sh": b"#!/bin/sh\n",
}
NEW: dict[str, bytes | None] = {
    "src/edited.py": b"one\r\n2\r\n" * 500,
    "deleted.bin": None,
    "bin/moved.sh": None,
    "sbin/deep/moved.sh": OLD["bin/moved.sh"],
    "new/created.txt": b"created\n" * 900,
    "tool.sh": OLD["tool.sh"],
}
MODES = {"sbin/deep/moved.sh": 0o755, "tool.sh": 0o755}

Snapshot = dict[str, tuple[bytes, int]]


@dataclass
class Killed:
    """What came of the runs.

    Attributes:
        runs: All of them.
        cut: Those killed before the change was complete.
        mixed: Those that left some files old and some new after the next start.
        unsound: Those after which the database was not sound.
        leftovers: Those that left a file of the journal's own behind.
        ends: How often the files ended as they were before, and after the change.
        said: How often the next start said that it had settled something.
    """

    runs: int = 0
    cut: int = 0
    mixed: int = 0
    unsound: int = 0
    leftovers: int = 0
    ends: dict[str, int] = field(default_factory=lambda: {"before": 0, "after": 0})
    said: int = 0


def kill_runs(runs: int, folder: Path, seed: int = 0) -> Killed:
    """Kill an apply, or every third time an undo, at a random moment, start again and look, so many times."""
    dice, told = random.Random(seed), Killed()
    usual = min(_duration(folder / f"warm-{number}") for number in range(3))
    for number in range(runs):
        place = folder / str(number)
        change_set = _fill(place)
        before, undo = _snapshot(place), number % 3 == 2
        if undo:
            _apply(place, change_set)
        after = _snapshot(place) if undo else None
        act = partial(_undo, place) if undo else partial(_apply, place, change_set)
        told.runs += 1
        told.cut += not _run_and_kill(act, dice.uniform(0, usual * 1.3))
        _look(place, change_set, before, after, told)
        shutil.rmtree(place)
    return told


def _look(place: Path, change_set: ChangeSet, before: Snapshot, after: Snapshot | None, told: Killed) -> None:
    with Store.open(place / "data") as store:
        journal = Journal(store, Files(place / "project"))
        told.said += bool(journal.recover())
        now = _snapshot(place)
        told.leftovers += any(".vivek-" in name for name in now)
        with store.reading() as connection:
            told.unsound += connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
        if after is None and now != before:
            # What the change makes of the files is found out in the same place: taken back, it must leave the old ones.
            wanted = now if _is_after(now) else None
            journal.undo(THREAD)
            told.mixed += wanted is None or _snapshot(place) != before
            told.ends["after"] += 1
            return
    known = {"before": before, "after": after}
    found = [name for name, files in known.items() if files == now]
    told.mixed += not found
    for name in found:
        told.ends[name] += 1


def _is_after(now: Snapshot) -> bool:
    wanted = {name: data for name, data in NEW.items() if data is not None}
    contents = {name: data for name, (data, mode) in now.items()}
    return contents == wanted and all(now[name][1] == mode for name, mode in MODES.items())


def _fill(place: Path) -> ChangeSet:
    root = place / "project"
    for name, data in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    (root / "bin/moved.sh").chmod(0o755)
    with Store.open(place / "data") as store:
        return Stage(store).stage(NEW, dict(OLD), id="calm-otter-7-1", modes=MODES)


def _apply(place: Path, change_set: ChangeSet) -> None:
    with Store.open(place / "data") as store:
        Journal(store, Files(place / "project")).apply(change_set, thread=THREAD, turn=1)


def _undo(place: Path) -> None:
    with Store.open(place / "data") as store:
        Journal(store, Files(place / "project")).undo(THREAD)


def _snapshot(place: Path) -> Snapshot:
    root = place / "project"
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in root.rglob("*")
        if path.is_file()
    }


def _duration(place: Path) -> float:
    change_set = _fill(place)
    started = time.perf_counter()
    _run_and_kill(lambda: _apply(place, change_set), None)
    shutil.rmtree(place)
    return time.perf_counter() - started


def _run_and_kill(act: Callable[[], None], after: float | None) -> bool:
    """Run in a child and kill it after so many seconds; return whether it had come to its end."""
    ready, begun = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(begun, b"x")
            act()
            code = 0
        finally:
            os._exit(code)
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, -signal.SIGKILL):
        msg = f"the child ended with {status}"
        raise RuntimeError(msg)
    return status == 0


def main() -> int:
    """Kill, and write down what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        told = kill_runs(RUNS, Path(folder))
        seconds = time.perf_counter() - started
    ends = f"old files {told.ends['before']} times, new ones {told.ends['after']} times"
    results = [
        Result(f"mixed states, of {told.runs} kills", told.mixed, "", 0, ends),
        Result("databases that were not sound", told.unsound, "", 0),
        Result("files of the journal left behind", told.leftovers, "", 0),
        Result("kills before the change was complete", told.cut, "", None, "a third of the runs are of an undo"),
        Result("starts that had something to settle", told.said, ""),
        Result("time a run", seconds / told.runs * 1000, "ms"),
    ]
    return report("journal_kills", "A process killed while it changes files", results)


if __name__ == "__main__":
    sys.exit(main())
