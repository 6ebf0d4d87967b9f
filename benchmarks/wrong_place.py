"""Thousands of dangerous edits of real code: how many land in the wrong place, and how many that can be placed are."""

import sys
from collections import Counter

from benchmarks.measure import Result, report
from tests.edits.places import cases
from tests.edits.test_places import outcome_of

CASES = 6_000


def main() -> int:
    """Try them all."""
    wrong: Counter[str] = Counter()
    solvable: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    hopeless: Counter[str] = Counter()
    for case in cases(CASES, seed=7):
        outcome = outcome_of(case)
        wrong[case.kind] += outcome == "wrong"
        if case.after is None:
            hopeless[case.kind] += 1
        else:
            solvable[case.kind] += 1
            applied[case.kind] += outcome == "applied"
    kinds = ", ".join(f"{kind} {applied[kind]}/{solvable[kind]}" for kind in solvable)
    missed = 100 * (1 - applied.total() / solvable.total())
    results = [
        Result("edits in the wrong place", wrong.total(), f"of {CASES:,}", 0.0, ", ".join(+wrong)),
        Result("edits that can be placed and were not", missed, f"% of {solvable.total():,}", 10.0, kinds),
        Result("edits that must be refused", hopeless.total(), f"of {CASES:,}", None, ", ".join(hopeless)),
    ]
    return report("wrong_place", "Dangerous edits", results)


if __name__ == "__main__":
    sys.exit(main())
