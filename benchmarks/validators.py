"""What judging a change set costs: CPU of the validators for a change of 500 lines in a project of 1,000 files."""

import statistics
import sys
import time

from benchmarks.measure import Result, report
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.validate import validate

LINES = 500
FILES = 1_000
ROUNDS = 15
MILLI = 1_000

_FUNCTION = '''

def price_{number}(count: int, rate: int = {number}) -> int:
    """Return the price of `count` things at rate {number}."""
    if count < {number}:
        raise ValueError(f"fewer than {{rate}}: {{count}}")
    return round_up(count * rate) // {number}
'''
_HEAD = '"""Prices, see https://docs.till.dev/prices."""\n\nimport json\n\nfrom till.rounding import round_up\n'

Changes = dict[str, tuple[bytes | None, bytes | None]]


def make_change(lines: int) -> tuple[Changes, ProjectFacts]:
    """Return a change of so many added lines over two modules, a test and a list of dependencies, and its project."""
    size = _FUNCTION.count("\n")
    functions = [_FUNCTION.format(number=number) for number in range(1, 3 * lines // size)]
    old, new = functions[: len(functions) // 2], functions[: len(functions) // 2 + lines // (2 * size)]
    tests = "from till.prices import price_1\n" + "".join(
        f"\n\ndef test_{number}() -> None:\n    assert price_1({number}) == {number}\n" for number in range(lines // 8)
    )
    changes: Changes = {
        "till/prices.py": ((_HEAD + "".join(old)).encode(), (_HEAD + "".join(new)).encode()),
        "till/rounding.py": (None, b"def round_up(cents: int) -> int:\n    return -(-cents // 5) * 5\n"),
        "tests/test_prices.py": (None, tests.encode()),
        "requirements.txt": (b"httpx\n", b"httpx\nreqeusts\n"),
    }
    files = frozenset(f"till/part_{number}/module_{number}.py" for number in range(FILES)) | {"till/prices.py"}
    return changes, ProjectFacts(files=files, request="Add prices.", installed=frozenset({"httpx"}))


def main() -> int:
    """Measure and report."""
    changes, facts = make_change(LINES)
    validate(changes, facts)
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        found = validate(changes, facts)
        spent.append((time.process_time() - before) * MILLI)
    note = f"{len(found)} concerns; the slowest of {ROUNDS} rounds {max(spent):.1f} ms"
    results = [Result(f"{LINES} added lines, {FILES:,} files", statistics.median(spent), "ms", 50.0, note)]
    return report("validators", "What judging a change set costs", results)


if __name__ == "__main__":
    sys.exit(main())
