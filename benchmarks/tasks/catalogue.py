"""The tasks: four edits, four bugs, two tests, two questions."""

from benchmarks.tasks.shop import BASKET, CALC, DATES, LEDGER, PRICES, REPORT, STOCK
from benchmarks.tasks.task import Task

MUTANTS = """
import pathlib, subprocess, sys
source = pathlib.Path("{module}.py").read_text()
def passes():
    return subprocess.run([sys.executable, "-B", "-m", "unittest", "-q", "{test}"], capture_output=True).returncode == 0
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


def _file(path: str, text: str) -> str:
    return f"{path}\n```python\n{text}```\n"


FLAGGED = REPORT.replace(
    "    return parser\n",
    '    parser.add_argument("--missing", action="store_true", help="only what there is none of")\n    return parser\n',
).replace("for name, _, number in pairs]", "for name, _, number in pairs if not given.missing or int(number) == 0]")
SETTLED = LEDGER.replace(
    "    return {name: cents for name, cents in read_amounts(bills).items() if name not in paid}\n",
    "    left = {name: cents - paid.get(name, 0) for name, cents in read_amounts(bills).items()}\n"
    "    return {name: cents for name, cents in left.items() if cents > 0}\n",
)

TASKS = (
    Task(
        "add a flag",
        "edit",
        "Add a flag --missing to report.py: with it, only goods of which there are 0 are listed.",
        ('parser.add_argument("goods", nargs="*", metavar="NAME=NUMBER")', "given = build_parser()"),
        "from report import report\n"
        "assert report(['a=3', 'b=0']) == ['a: 3', 'b: 0'] and report(['a=3', 'b=0', '--missing']) == ['b: 0']",
        _file("report.py", FLAGGED),
        "report",
    ),
    Task(
        "add a method",
        "edit",
        "Add a method `total` to the class `Stock` that returns the sum of all counts.",
        ("class Stock:", "self.counts: dict[str, int] = {}"),
        "from stock import Stock\ns = Stock(); s.add('a', 2); s.add('b', 3); s.take('b', 1)\n"
        "assert s.total() == 4 and Stock().total() == 0",
        _file("stock.py", COUNTED),
        "stock",
    ),
    Task(
        "refuse what is not there",
        "edit",
        "`Stock.take` must raise ValueError when fewer are there than are taken, also for an unknown name, "
        "and change nothing then.",
        ("left = self.counts[name] - number",),
        "from stock import Stock\ns = Stock(); s.add('a', 2)\n"
        "for name, number in (('a', 3), ('b', 1)):\n"
        "    try: s.take(name, number)\n"
        "    except ValueError: pass\n"
        "    else: raise AssertionError(name)\n"
        "assert s.counts == {'a': 2} and s.take('a', 2) == 0",
        _file("stock.py", CLAMPED),
        "stock",
    ),
    Task(
        "rename across two files",
        "edit",
        "Rename with_tax to gross in prices.py and wherever basket.py uses it. Change nothing else.",
        ("def with_tax(price: int, percent: int = 19) -> int:", "from prices import with_tax"),
        "import prices, basket\nassert prices.gross(100) == 119 and not hasattr(prices, 'with_tax')\n"
        "assert basket.total({'a': 100}, {'a': 7}) == 107",
        _file("prices.py", PRICES.replace("with_tax", "gross"))
        + _file("basket.py", BASKET.replace("with_tax", "gross")),
        "prices",
    ),
    Task(
        "off by one",
        "bug",
        "Fix `days_in`: days_in(1) returns 28, but January has 31 days.",
        ("return LENGTHS[month]", "LENGTHS = [31, 28, 31"),
        "import dates\nassert [dates.days_in(m) for m in (1, 2, 12)] == [31, 28, 31]\nassert dates.month_of(32) == 2",
        _file("dates.py", DATES.replace("LENGTHS[month]", "LENGTHS[month - 1]")),
        "dates",
    ),
    Task(
        "fix a calculator",
        "bug",
        "The calculator gives -5 for `7 - 2`. Fix it.",
        ('"-": lambda left, right: right - left',),
        "from calc import calculate\n"
        "assert [calculate(t) for t in ('7 - 2', '7 + 2', '7 * 2', '8 / 2')] == [5, 9, 14, 4]",
        _file("calc.py", CALC.replace("right - left", "left - right")),
        "calc",
    ),
    Task(
        "reconcile two CSV files",
        "bug",
        "`unpaid` leaves out bills that were paid in part: a bill of 500 with a payment of 200 must still show 300. "
        "Mend it.",
        ("if name not in paid}", "def read_amounts(path: Path)"),
        "import pathlib, tempfile\nfrom ledger import unpaid\n"
        "with tempfile.TemporaryDirectory() as name:\n"
        "    bills, paid = pathlib.Path(name, 'b.csv'), pathlib.Path(name, 'p.csv')\n"
        "    bills.write_text('id,cents\\na,500\\nb,100\\nc,70\\n')\n"
        "    paid.write_text('id,cents\\na,200\\nb,100\\nd,9\\n')\n"
        "    assert unpaid(bills, paid) == {'a': 300, 'c': 70}",
        _file("ledger.py", SETTLED),
        "ledger",
    ),
    Task(
        "a basket shared by all",
        "bug",
        "put('a') and then put('b') in basket.py give the same basket to two customers. Mend it.",
        ("basket: list[str] = []",),
        "import basket\nassert basket.put('a') == ['a'] and basket.put('b') == ['b']\n"
        "mine = []\nassert basket.put('c', mine) is mine",
        _file(
            "basket.py",
            BASKET.replace("basket: list[str] = []", "basket: list[str] | None = None").replace(
                "    basket.append", "    basket = [] if basket is None else basket\n    basket.append"
            ),
        ),
        "basket",
    ),
    Task(
        "a test for a median",
        "test",
        "Write test_median.py with unittest for `median`: odd, even, one value, none.",
        ("def median(values: list[float]) -> float:", 'raise ValueError("no values")'),
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
        "Write test_dates.py with unittest for `month_of`: the borders of months, a day that is none.",
        ("def month_of(day: int) -> int:", 'raise ValueError("no such day")'),
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
        "What does month_of(60) in dates.py return? Answer with the number first.",
        ("if day <= length:", "LENGTHS = [31, 28, 31"),
        "import re\nassert re.search(r'[0-9]+', answer).group() == '3'",
        "3, because January and February have 59 days.",
    ),
    Task(
        "explain where",
        "explain",
        "Which function of the basket fails with a KeyError, and what is missing then? Name the function first.",
        ("rates[kind]",),
        "import re\nsaid = answer.replace('`', '').lower().replace('the function', '')\n"
        "assert re.search(r'[a-z_]{3,}', said).group() == 'total'\n"
        "assert 'rate' in answer.lower()",
        "`total`: it fails when the rate of a kind is missing in `rates`.",
    ),
)
