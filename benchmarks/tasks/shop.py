"""The project that every task begins with: a few modules of a shop, as they lie in many small repositories."""

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

CALC = '''"""A pocket calculator."""

from collections.abc import Callable

OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: right - left,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def calculate(text: str) -> float:
    """Return the value of two numbers and an operation between them, such as `7 - 2`."""
    left, operation, right = text.split()
    return OPERATIONS[operation](float(left), float(right))
'''

LEDGER = '''"""Holds the list of payments against the list of bills, both CSV with the columns `id` and `cents`."""

import csv
from pathlib import Path


def read_amounts(path: Path) -> dict[str, int]:
    """Return the amounts of a file by id."""
    with path.open(newline="") as file:
        return {row["id"]: int(row["cents"]) for row in csv.DictReader(file)}


def unpaid(bills: Path, payments: Path) -> dict[str, int]:
    """Return what is still to be paid, by id."""
    paid = read_amounts(payments)
    return {name: cents for name, cents in read_amounts(bills).items() if name not in paid}
'''

REPORT = '''"""Prints what lies on the shelves: `python report.py apples=3 pears=0`."""

import argparse
from collections.abc import Sequence


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="report")
    parser.add_argument("goods", nargs="*", metavar="NAME=NUMBER")
    return parser


def report(arguments: Sequence[str]) -> list[str]:
    """Return the lines of the report."""
    given = build_parser().parse_args(arguments)
    pairs = [text.partition("=") for text in given.goods]
    return [f"{name}: {number}" for name, _, number in pairs]


if __name__ == "__main__":
    print("\\n".join(report(__import__("sys").argv[1:])))
'''

README = """# Shop

Small modules for a small shop: stock, prices, a basket, dates, a ledger, a calculator and a report.

Run the tests with `python -m unittest`.
"""

PROJECT = """[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
"""

SHOP = {
    "README.md": README,
    "basket.py": BASKET,
    "calc.py": CALC,
    "dates.py": DATES,
    "ledger.py": LEDGER,
    "median.py": MEDIAN,
    "prices.py": PRICES,
    "pyproject.toml": PROJECT,
    "report.py": REPORT,
    "stock.py": STOCK,
}
"""Path to text."""
