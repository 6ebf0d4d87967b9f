"""`vivek analyze impact`, `why` and `tour` on a small project whose answers are known."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

MAIN = "from till.prices import discount\n\nif __name__ == '__main__':\n    print(discount(1, 2))\n"
USED = """\
discount (function, till/prices.py:4)
  2 files use it, 1 more depend on those
  1 test file among them: tests/test_shop.py

used in
  shop/__main__.py:1,4
  till/report.py:3,8

2 steps away
  tests/test_shop.py:1 (test), by way of shop/__main__.py
"""
WAY = """\
shop/__main__.py needs till/prices.py by 1 import:
  shop/__main__.py -> till/prices.py (shop/__main__.py:1)
"""


@pytest.fixture
def shop(workspace: Path) -> Path:
    """Return a till with a shop on top of it, and a test of that."""
    for name, text in {
        "shop/__init__.py": "",
        "shop/__main__.py": MAIN,
        "tests/test_shop.py": "import shop.__main__\n\n\ndef test_it() -> None:\n    assert shop.__main__\n",
    }.items():
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text(text)
    return workspace


def test_impact_names_users_those_who_need_them_and_tests(shop: Path, vivek: Vivek) -> None:
    assert vivek("analyze", "impact", "discount") == (0, USED, "")


def test_why_shows_the_way_and_says_where_there_is_none(shop: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "why", "shop.__main__", "prices.py")
    back, said, _ = vivek("analyze", "why", "till/prices.py", "shop/__main__.py")
    value = json.loads(vivek("analyze", "why", "shop.__main__", "till.prices", "--format", "json")[1])

    assert (code, out, err) == (0, WAY, "")
    assert back == 1
    assert said == f"till/prices.py does not import shop/__main__.py, neither itself nor by way of others\n{WAY}"
    assert [(each["source"], each["target"]) for each in value["edges"]] == [("shop/__main__.py", "till/prices.py")]


def test_a_tour_begins_where_the_program_does(shop: Path, vivek: Vivek) -> None:
    code, out, err = vivek("analyze", "tour")

    assert (code, err) == (0, "")
    assert out.startswith("3 of 5 modules, in the order to read them:\n  1. shop/__main__.py (3 lines)\n")
    assert "  3. till/prices.py (2 lines): discount\n     2 modules import it, and it needs none\n" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("impact", "nowhere"), "Nothing is called `nowhere`."),
        (("why", "nowhere", "till"), "No module is called `nowhere`."),
        (("why", "__init__.py", "till.prices"), "Several modules are called `__init__.py`: "),
        (("impact",), "Missing argument 'SYMBOL'"),
    ],
)
def test_a_name_that_is_none_is_a_mistake_of_the_command_line(
    shop: Path, vivek: Vivek, words: tuple[str, ...], message: str
) -> None:
    code, out, err = vivek("analyze", *words)

    assert (code, out) == (2, "")
    assert message in err
