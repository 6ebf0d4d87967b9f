"""A hundred thousand mutated streams through the readers of every dialect: crashes, hangs, memory.

The mutations and the recordings are those of the tests, which run two thousand of them.
"""

import asyncio
import resource
import sys
import time
from collections import Counter

from benchmarks.measure import Result, report
from tests.providers.fuzzing import outcome
from tests.providers.streams import PiecesDoor

STREAMS = 100_000
WARM_UP = 2_000
SECONDS = 1.0  # of CPU; none needs a twentieth


def main() -> int:
    """Read them all; what is neither whole nor an error of vivek's own is a crash."""
    return asyncio.run(run())


async def run() -> int:
    """Read the streams and report."""
    door = PiecesDoor()
    ends: Counter[str] = Counter()
    crashes: list[str] = []
    slow, slowest, before = 0, 0.0, 0.0
    for number in range(STREAMS):
        began = time.process_time()
        try:
            ends[await outcome(door, number)] += 1
        except Exception as error:  # noqa: BLE001 - any of them is what is looked for
            crashes.append(f"{number}: {type(error).__name__}: {error}")
        spent = time.process_time() - began
        slow += spent > SECONDS
        slowest = max(slowest, spent)
        if number == WARM_UP:
            before = _peak()
        if number % 1_000 == 0:
            print(f"{number:,} of {STREAMS:,}", end="\r", file=sys.stderr, flush=True)
    for crash in crashes[:20]:
        print(crash, file=sys.stderr)
    note = ", ".join(f"{count:,} {name}" for name, count in ends.most_common())
    results = [
        Result("crashes", len(crashes), f"of {STREAMS:,}", 0.0, note),
        Result(f"streams that took more than {SECONDS:g} s of CPU", slow, f"of {STREAMS:,}", 0.0),
        Result("the slowest stream", slowest * 1000, "ms of CPU"),
        Result(f"memory above the first {WARM_UP:,} streams", _peak() - before, "MB", 32.0),
    ]
    return report("fuzz_streams", "Mutated streams", results)


def _peak() -> float:
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    sys.exit(main())
