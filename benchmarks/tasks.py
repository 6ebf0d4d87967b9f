"""Twelve small tasks for a model, each with a check it does not see: what the code does, not how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.task_files import (
    BASKET,
    CLAMPED,
    COUNTED,
    DATES,
    DATES_TEST,
    MEDIAN,
    MEDIAN_TEST,
    MUTANTS,
    PRICES,
    STOCK,
)

Kind = Literal["edit", "bug", "test", "explain"]


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        name: What it is called in the results.
        kind: What is asked for.
        files: The repository, path to text.
        request: What the user says.
        check: Python that runs in the repository afterwards and fails when the result is wrong; it has `answer`.
        right: A reply that solves it, for tests of the benchmark itself.
    """

    name: str
    kind: Kind
    files: Mapping[str, str]
    request: str
    check: str
    right: str = field(repr=False)


def _file(path: str, text: str) -> str:
    return f"{path}\n```python\n{text}```\n"


TASKS = (
    Task(
        "change a constant",
        "edit",
        {"prices.py": PRICES},
        "In prices.py change the usual tax from 19 to 21 percent, for both functions.",
        "import prices\nassert prices.with_tax(100) == 121 and prices.without_tax(79) == 100\n"
        "assert prices.shown(150) == '1.50'",
        _file("prices.py", PRICES.replace("= 19", "= 21")),
    ),
    Task(
        "add a method",
        "edit",
        {"stock.py": STOCK},
        "Add a method `total` to Stock in stock.py that returns the sum of all counts.",
        "from stock import Stock\ns = Stock(); s.add('a', 2); s.add('b', 3); s.take('b', 1)\n"
        "assert s.total() == 4 and Stock().total() == 0",
        _file("stock.py", COUNTED),
    ),
    Task(
        "refuse what is not there",
        "edit",
        {"stock.py": STOCK},
        "Stock.take in stock.py must raise ValueError when fewer are there than are taken, also for an unknown name, "
        "and change nothing then.",
        "from stock import Stock\ns = Stock(); s.add('a', 2)\n"
        "for name, number in (('a', 3), ('b', 1)):\n"
        "    try: s.take(name, number)\n"
        "    except ValueError: pass\n"
        "    else: raise AssertionError(name)\n"
        "assert s.counts == {'a': 2} and s.take('a', 2) == 0",
        _file("stock.py", CLAMPED),
    ),
    Task(
        "rename across two files",
        "edit",
        {"prices.py": PRICES, "basket.py": BASKET},
        "Rename with_tax to gross in prices.py and wherever basket.py uses it. Change nothing else.",
        "import prices, basket\nassert prices.gross(100) == 119 and not hasattr(prices, 'with_tax')\n"
        "assert basket.total({'a': 100}, {'a': 7}) == 107",
        _file("prices.py", PRICES.replace("with_tax", "gross"))
        + _file("basket.py", BASKET.replace("with_tax", "gross")),
    ),
    Task(
        "off by one",
        "bug",
        {"dates.py": DATES},
        "days_in(1) in dates.py returns 28, but January has 31 days. Mend it.",
        "import dates\nassert [dates.days_in(m) for m in (1, 2, 12)] == [31, 28, 31]\nassert dates.month_of(32) == 2",
        _file("dates.py", DATES.replace("LENGTHS[month]", "LENGTHS[month - 1]")),
    ),
    Task(
        "two digits",
        "bug",
        {"prices.py": PRICES},
        "shown(105) in prices.py gives 1.5 instead of 1.05. Mend it.",
        "import prices\nassert [prices.shown(c) for c in (105, 150, 5, 0)] == ['1.05', '1.50', '0.05', '0.00']\n"
        "assert prices.with_tax(100) == 119",
        _file("prices.py", PRICES.replace("{price % 100}", "{price % 100:02d}")),
    ),
    Task(
        "one of two twins",
        "bug",
        {"prices.py": PRICES},
        "without_tax(119) in prices.py must give 100, the price before 19 percent of tax were added. Mend it.",
        "import prices\nassert prices.without_tax(119) == 100 and prices.without_tax(107, 7) == 100\n"
        "assert prices.with_tax(100) == 119",
        _file("prices.py", PRICES.replace("(100 - percent)", "(100 + percent)")),
    ),
    Task(
        "a basket shared by all",
        "bug",
        {"prices.py": PRICES, "basket.py": BASKET},
        "put('a') and then put('b') in basket.py give the same basket to two customers. Mend it.",
        "import basket\nassert basket.put('a') == ['a'] and basket.put('b') == ['b']\n"
        "mine = []\nassert basket.put('c', mine) is mine",
        _file(
            "basket.py",
            BASKET.replace("basket: list[str] = []", "basket: list[str] | None = None").replace(
                "    basket.append", "    basket = [] if basket is None else basket\n    basket.append"
            ),
        ),
    ),
    Task(
        "a test for a median",
        "test",
        {"median.py": MEDIAN},
        "Write test_median.py with unittest for median in median.py: odd, even, one value, none.",
        MUTANTS.format(
            module="median",
            test="test_median",
            mutants=[("half - 1", "half - 2"), ("sorted(values)", "list(values)"), ("raise ValueError", "return 0 #")],
        ),
        _file("test_median.py", MEDIAN_TEST),
    ),
    Task(
        "a test for borders",
        "test",
        {"dates.py": DATES},
        "Write test_dates.py with unittest for month_of in dates.py: the borders of months, a day that is none.",
        MUTANTS.format(
            module="dates",
            test="test_dates",
            mutants=[
                ("day <= length", "day < length"),
                ("month += 1", "month += 2"),
                ("raise ValueError", "return 12 #"),
            ],
        ),
        _file("test_dates.py", DATES_TEST),
    ),
    Task(
        "explain a result",
        "explain",
        {"dates.py": DATES},
        "What does month_of(60) in dates.py return? Answer with the number first.",
        "import re\nassert re.search(r'[0-9]+', answer).group() == '3'",
        "3, because January and February have 59 days.",
    ),
    Task(
        "explain where",
        "explain",
        {"prices.py": PRICES, "basket.py": BASKET, "stock.py": STOCK},
        "Which function of basket.py fails with a KeyError, and what is missing then? Name the function first.",
        "import re\nsaid = answer.replace('`', '').lower().replace('the function', '')\n"
        "assert re.search(r'[a-z_]{3,}', said).group() == 'total'\n"
        "assert 'rate' in answer.lower()",
        "`total`: it fails when the rate of a kind is missing in `rates`.",
    ),
)
