"""Maps of a repository, from a line to the whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.project.memory import MemoryLookup
from tests.project.shop import FILES, shop
from vivek.project.map import draw


def count(text: str) -> int:
    """Return the words and line ends of a text."""
    return len(text.split()) + text.count("\n")


def test_a_large_map_names_folders_files_and_what_they_define() -> None:
    drawn = draw(shop(), tokens=1_000, count=count)

    assert drawn.startswith("shop/ 6 files\n")
    assert "\nshop/prices.py\n  def discount(price: int, percent: int) -> int\n" in drawn
    assert "\n  class Till\n    def sell(" in drawn


@pytest.mark.parametrize("tokens", [3, 6, 10, 30, 60, 150, 400])
def test_a_map_is_never_larger_than_asked_for_and_of_the_smallest_a_folder_is_left(tokens: int) -> None:
    drawn = draw(shop(), tokens=tokens, count=count)

    assert count(drawn) <= tokens
    assert "shop/" in drawn if tokens > 3 else True


@settings(max_examples=60, deadline=None)
@given(tokens=st.integers(-5, 500), weight=st.integers(1, 40))
def test_no_size_and_no_way_to_count_is_exceeded(tokens: int, weight: int) -> None:
    def counting(text: str) -> int:
        return weight * count(text)

    assert counting(draw(LOOKUP, tokens=tokens, count=counting)) <= max(tokens, 0)


LOOKUP = MemoryLookup(FILES)


def test_a_map_of_a_folder_holds_nothing_else() -> None:
    drawn = draw(shop(), tokens=1_000, count=count, within="shop/")

    assert "def discount(" in drawn
    assert "tests/" not in drawn
    assert drawn.startswith("shop/")
    assert draw(shop(), tokens=1_000, count=count, within="nowhere/") == ""


def test_what_others_use_most_comes_first() -> None:
    users = {f"shop/part{number}.py": "from shop.money import cents\n\ncents(1)\n" for number in range(5)}

    drawn = draw(MemoryLookup({**FILES, **users}), tokens=1_000, count=count)

    assert drawn.index("shop/money.py\n") < drawn.index("shop/prices.py\n") < drawn.index("tests/test_prices.py\n")


def test_the_neighbourhood_of_what_matters_comes_first() -> None:
    far = {"far/a.py": "from far.b import b\n\nb()\n", "far/b.py": "def b() -> int:\n    return 1\n"}
    lookup = MemoryLookup({**FILES, **far})

    drawn = draw(lookup, tokens=1_000, count=count, focus=["far/a.py"])

    assert drawn.index("\nfar/b.py\n") < drawn.index("\nshop/money.py\n")


def test_what_is_private_within_functions_or_brought_along_is_left_out() -> None:
    text = "def open_one():\n    def inner():\n        return 1\n    return inner\n\n\ndef _hidden():\n    return 2\n"

    drawn = draw(MemoryLookup({**FILES, "shop/odd.py": text}), tokens=1_000, count=count)

    assert "def open_one()" in drawn
    assert not [word for word in ("inner", "_hidden", "shop/vendor/prices.py") if word in drawn]


def test_a_method_that_is_used_shows_its_class_though_that_is_not() -> None:
    noise = "".join(f"def filler{number}():\n    return {number}\n\n\n" for number in range(20))
    holder = "class Quiet:\n    def loud(self):\n        return 1\n"
    users = {f"u{number}.py": "import m\n\n\ndef f(q):\n    return q.loud()\n" for number in range(3)}

    drawn = draw(MemoryLookup({"m.py": noise + holder, **users}), tokens=1_000, count=count)

    assert "  class Quiet\n    def loud(self)\n" in drawn


def test_an_empty_repository_has_an_empty_map() -> None:
    assert draw(MemoryLookup({}), tokens=100, count=count) == ""


def test_a_repository_without_folders_shows_its_files() -> None:
    assert draw(MemoryLookup({"main.py": "def main():\n    return 1\n"}), tokens=100, count=count) == (
        "main.py\n\nmain.py\n  def main()\n"
    )


def test_the_same_repository_has_the_same_map() -> None:
    assert draw(shop(), tokens=200, count=count) == draw(
        MemoryLookup(dict(reversed(FILES.items()))), tokens=200, count=count
    )
