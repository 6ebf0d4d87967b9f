"""A million mutated replies of all edit dialects: crashes, edits of what must not be touched, hangs."""

import sys
import time
from collections import Counter

from benchmarks.measure import Result, report
from tests.edits.fuzzing import judged

REPLIES = 1_000_000
SECONDS = 0.1  # of CPU


def main() -> int:
    """Read them all; what raises is a crash or a broken rule."""
    ends: Counter[str] = Counter()
    broken: list[str] = []
    slow, slowest = 0, 0.0
    for number in range(REPLIES):
        began = time.thread_time()
        try:
            outcome = judged(number)
        except Exception as error:  # noqa: BLE001 - any of them is what is looked for
            broken.append(f"{number}: {type(error).__name__}: {error}")
        else:
            ends["edit files" if outcome.files else "are refused" if outcome.refusals else "change nothing"] += 1
        spent = time.thread_time() - began
        slow += spent > SECONDS
        slowest = max(slowest, spent)
        if number % 1_000 == 0:
            print(f"{number:,} of {REPLIES:,}", end="\r", file=sys.stderr, flush=True)
    for line in broken[:20]:
        print(line, file=sys.stderr)
    note = ", ".join(f"{count:,} {name}" for name, count in ends.most_common())
    results = [
        Result("crashes and broken rules", len(broken), f"of {REPLIES:,}", 0.0, note),
        Result(f"replies that took more than {SECONDS:g} s of CPU", slow, f"of {REPLIES:,}", 0.0),
        Result("the slowest reply", slowest * 1000, "ms of CPU"),
    ]
    return report("fuzz_replies", "Mutated replies", results)


if __name__ == "__main__":
    sys.exit(main())
