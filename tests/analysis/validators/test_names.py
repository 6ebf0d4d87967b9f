import pytest

from tests.analysis.validators.changes import doubts, set_doubts
from vivek.analysis.validators.facts import ProjectFacts

PRICES = '"""Prices."""\n\nRATE = 19\n\n\ndef discount(price: int) -> int:\n    return price - RATE\n'
FACTS = ProjectFacts(
    files=frozenset({"till/__init__.py", "till/prices.py", "till/report.py", "till/parts/one.py", "src/pay/card.py"}),
    read={"till/prices.py": PRICES, "till/__init__.py": "", "src/pay/card.py": "from x import *\n"}.get,
)

pytestmark = pytest.mark.covers("V02")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("def f():\n    return totl\n", "totl", 2),
        ("print(np.zeros(3))\n", "np", 1),
        ("class A:\n    x: int = missing\n", "missing", 2),
        ("def top(self):\n    return other\n", "other", 2),
        ("x = [y for y in rows]\n", "rows", 1),
        ("@decorate\ndef f():\n    pass\n", "decorate", 1),
    ],
)
def test_a_name_that_nothing_defines_asks(text: str, name: str, line: int) -> None:
    [concern] = doubts("V02", "a.py", None, text)

    assert (concern.level, concern.text, concern.line) == ("ask", f"`{name}` is not defined", line)


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, *b, c=1, **d):\n    return a, b, c, d\n",
        "class A:\n    def m(self):\n        return __class__\n",
        "def top(self, which):\n    return self, which\n",
        "def f():\n    global later\n    later = 1\n\n\ndef g():\n    return later\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "from os.path import *\nprint(join('a', 'b'))\n",
        "globals()['made'] = 1\nprint(made)\n",
        "if (n := 3) > 2:\n    print(n)\n",
        "import a.b as c\nprint(c, __file__, __name__)\n",
        "match 3:\n    case int(value):\n        print(value)\n",
        "with open('x') as (a, b):\n    print(a, b)\n",
        "try:\n    pass\nexcept OSError as error:\n    print(error)\n",
        "class top:\n    x = 1\n    y = x\n",
        "try:\n    print(perhaps)\nexcept NameError:\n    pass\n",
        "broken = (\n",
    ],
)
def test_defined_names_are_no_concern(text: str) -> None:
    assert doubts("V02", "a.py", None, text) == []


def test_what_was_undefined_before_is_not_held_against_the_change() -> None:
    assert doubts("V02", "a.py", "print(old)\n", "print(old, new)\n")[0].text == "`new` is not defined"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from till.prices import discont\n", "`till.prices` defines no `discont`"),
        ("from till import prices\n\nprices.tax(3)\n", "`till.prices` defines no `tax`"),
        ("import till.prices as p\n\np.tax(3)\n", "`till.prices` defines no `tax`"),
        ("from .prices import tax\n", "`till.prices` defines no `tax`"),
        ("from . import price\n", "`till` defines no `price`"),
        ("from till.price import discount\n", "`till.price` is no module of this project"),
        ("import till.price\n", "`till.price` is no module of this project"),
        ("from .price import discount\n", "`till.price` is no module of this project"),
    ],
)
def test_a_name_that_a_module_of_the_project_lacks_asks(text: str, said: str) -> None:
    [concern] = doubts("V02", "till/report.py", "", text, FACTS)

    assert (concern.level, concern.text) == ("ask", said)


@pytest.mark.parametrize(
    "text",
    [
        "from till.prices import RATE, discount\n",
        "from till import prices, parts\n\nprices.discount(1)\n",
        "from .prices import __doc__\n",
        "from pay.card import anything\n",
        "from elsewhere import anything\n",
        "from till import prices\n\nprices = object()\nprices.tax\n",
        "from .....far import thing\n",
        "from ..till.prices import nope\n",
        "from till.parts import nope\n",
        "from till.parts.one import nope\n",
        "from till._version import version\n",
        "from elsewhere.deep import anything\n",
    ],
)
def test_members_that_exist_or_cannot_be_judged_are_no_concern(text: str) -> None:
    assert doubts("V02", "till/report.py", "", text, FACTS) == []


def test_modules_are_judged_as_they_are_after_the_change() -> None:
    added: dict[str, tuple[str | None, str | None]] = {
        "till/prices.py": (PRICES, PRICES + "\n\ndef tax() -> int:\n    return RATE\n"),
        "till/report.py": ("", "from till.prices import tax\n"),
    }
    deleted: dict[str, tuple[str | None, str | None]] = {
        "till/prices.py": (PRICES, None),
        "till/report.py": ("", "from till.prices import discount\n"),
    }
    renamed: dict[str, tuple[str | None, str | None]] = {
        "till/prices.py": (PRICES, PRICES.replace("discount", "rebate")),
        "till/report.py": ("", "from till.prices import discount\n"),
    }

    assert set_doubts("V02", added, FACTS) == []
    assert [each.text for each in set_doubts("V02", deleted, FACTS)] == ["`till.prices` is no module of this project"]
    assert [each.text for each in set_doubts("V02", renamed, FACTS)] == ["`till.prices` defines no `discount`"]
