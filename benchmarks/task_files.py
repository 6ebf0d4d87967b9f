"""The sources that the tasks for models begin with, and some that solve them."""

STOCK = '''"""What lies on the shelves."""


class Stock:
    """Counts of goods by name."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, name: str, number: int) -> None:
        """Put some on the shelf."""
        self.counts[name] = self.counts.get(name, 0) + number

    def take(self, name: str, number: int) -> int:
        """Take some off the shelf and return how many are left."""
        left = self.counts[name] - number
        self.counts[name] = left
        return left
'''

DATES = '''"""Days of a month."""

LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def days_in(month: int) -> int:
    """Return the days of a month, January being 1."""
    return LENGTHS[month]


def month_of(day: int) -> int:
    """Return the month of a day of the year, both counted from 1."""
    month = 1
    for length in LENGTHS:
        if day <= length:
            return month
        day -= length
        month += 1
    raise ValueError("no such day")
'''

PRICES = '''"""Prices in cents."""


def with_tax(price: int, percent: int = 19) -> int:
    """Return a price with its tax, rounded down."""
    return price + price * percent // 100


def without_tax(price: int, percent: int = 19) -> int:
    """Return a price without its tax, rounded down."""
    return price * 100 // (100 - percent)


def shown(price: int) -> str:
    """Return a price as a customer reads it."""
    return f"{price // 100}.{price % 100}"
'''

BASKET = '''"""What a customer takes along."""

from prices import with_tax


def put(item: str, basket: list[str] = []) -> list[str]:
    """Put an item into a basket and return it; a new basket when none is given."""
    basket.append(item)
    return basket


def total(amounts: dict[str, int], rates: dict[str, int]) -> int:
    """Return the sum of all amounts, each with the tax of its kind."""
    return sum(with_tax(amount, rates[kind]) for kind, amount in amounts.items())
'''

MEDIAN = '''"""Middle values."""


def median(values: list[float]) -> float:
    """Return the middle value, or the mean of the two middle ones; raise ValueError for no values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2
'''

MUTANTS = """
import pathlib, subprocess, sys
source = pathlib.Path("{module}.py").read_text()
def passes():
    return subprocess.run([sys.executable, "-m", "unittest", "-q", "{test}"], capture_output=True).returncode == 0
assert passes(), "the test fails on the right code"
for right, wrong in {mutants!r}:
    assert right in source
    pathlib.Path("{module}.py").write_text(source.replace(right, wrong))
    assert not passes(), f"the test does not notice {{wrong!r}}"
"""

CLAMPED = STOCK.replace(
    "        left = self.counts[name] - number\n",
    "        if self.counts.get(name, 0) < number:\n"
    "            raise ValueError(name)\n"
    "        left = self.counts[name] - number\n",
)
COUNTED = (
    STOCK
    + '\n    def total(self) -> int:\n        """Return how many there are."""\n'
    + "        return sum(self.counts.values())\n"
)
MEDIAN_TEST = """import unittest

from median import median


class Median(unittest.TestCase):
    def test_all(self):
        self.assertEqual(median([3, 1, 2]), 2)
        self.assertEqual(median([4, 1, 2, 3]), 2.5)
        self.assertEqual(median([1]), 1)
        with self.assertRaises(ValueError):
            median([])
"""
DATES_TEST = """import unittest

from dates import month_of


class MonthOf(unittest.TestCase):
    def test_all(self):
        self.assertEqual([month_of(day) for day in (1, 31, 32, 59, 60, 365)], [1, 1, 2, 2, 3, 12])
        with self.assertRaises(ValueError):
            month_of(366)
"""
