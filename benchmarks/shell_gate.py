"""A hundred thousand random scripts: what the gate takes for literal, the real bash begins exactly so and no more.

The scripts and the jail are those of the tests, which run two thousand of them.
"""

import sys
import time

from benchmarks.measure import Result, report
from tests.syntax.shell_jail import can_trace, differences
from tests.syntax.shell_scripts import random_scripts
from vivek.syntax.shell import read_script
from vivek.tools.approval import judge

SCRIPTS = 100_000
BATCH = 5_000
SLOWEST = 50.0  # ms of CPU for one script
WARM_UP = 100


def main() -> int:
    """Read them all, let bash read those that are literal, and report."""
    if not can_trace():
        print("bubblewrap and bash are needed", file=sys.stderr)
        return 1
    literal, allowed, slowest, wrong = 0, 0, 0.0, []
    scripts = list(random_scripts(SCRIPTS, seed=1))
    for begin in range(0, SCRIPTS, BATCH):
        read = []
        for number, script in enumerate(scripts[begin : begin + BATCH], begin):
            began = time.process_time()
            argvs = read_script(script).argvs
            if number >= WARM_UP:
                slowest = max(slowest, time.process_time() - began)
            if argvs:
                read.append((script, argvs))
                allowed += judge(script, sandboxed=True, trusted=True).verdict == "allow"
        literal += len(read)
        wrong += differences([script for script, _ in read], [argvs for _, argvs in read])
        print(f"{begin + BATCH:,} of {SCRIPTS:,}", end="\r", file=sys.stderr, flush=True)
    for each in wrong[:20]:
        print(each, file=sys.stderr)
    note = f"{literal:,} literal, {allowed:,} of them run without asking in a trusted sandbox"
    results = [
        Result("commands that bash begins and the gate did not name", len(wrong), f"of {SCRIPTS:,} scripts", 0.0, note),
        Result("the slowest script", slowest * 1000, "ms of CPU", SLOWEST),
    ]
    return report("shell_gate", "The shell gate against bash", results)


if __name__ == "__main__":
    sys.exit(main())
