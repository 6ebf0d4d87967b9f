"""Which files are chosen for a request, and why."""

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from tests.project.memory import MemoryLookup
from tests.project.shop import FILES, shop
from vivek.project.ranking import WEIGHTS, rank
from vivek.project.telling import tell
from vivek.schema.index import Ranked


def paths(ranked: Sequence[Ranked]) -> list[str]:
    """Return the files of a choice."""
    return [each.path for each in ranked]


def test_the_file_that_defines_a_name_comes_first_and_says_so() -> None:
    first = rank("`discount` rounds down", shop())[0]

    assert first.path == "shop/prices.py"
    assert "defines discount" in first.why
    assert [each.name for each in tell("`discount` rounds down", [first], shop())[0].definitions] == ["discount"]


def test_words_of_a_description_find_a_file() -> None:
    assert rank("the receipt is printed without a total", shop())[0].path == "shop/receipt.py"


def test_a_request_about_a_bug_gets_the_source_before_its_test_and_one_about_tests_the_test() -> None:
    source = paths(rank("a discount is wrong", shop()))
    test = paths(rank("the test of a discount is wrong", shop()))

    assert source.index("shop/prices.py") < source.index("tests/test_prices.py")
    assert test[0] == "tests/test_prices.py"


def test_a_request_about_the_documentation_gets_it_first() -> None:
    assert paths(rank("docs: a discount is a percentage of the price", shop()))[0] == "docs/prices.md"


def test_what_was_brought_along_comes_behind_the_own_code() -> None:
    chosen = paths(rank("`discount` is wrong", shop()))

    assert chosen.index("shop/till.py") < chosen.index("shop/vendor/prices.py")


def test_what_alone_defines_a_name_comes_first_even_where_it_was_brought_along() -> None:
    lookup = shop(
        **{"shop/vendor/rates.py": "def exchange(rate):\n    return rate\n", "docs/exchange.md": "exchange\n"}
    )

    assert paths(rank("`exchange` is wrong", lookup))[0] == "shop/vendor/rates.py"


def test_a_named_file_comes_first_whatever_the_words_say() -> None:
    first = rank("the discount is wrong", shop(), named=["shop/money.py"])[0]

    assert (first.path, first.why[0]) == ("shop/money.py", "named in the request")


def test_files_next_to_the_found_ones_by_imports_are_found_too() -> None:
    found = {each.path: each.why for each in rank("`discount` is wrong", shop())}

    assert "is connected with shop/prices.py" in found["shop/money.py"]


def test_files_that_change_together_with_the_found_ones_are_found_too() -> None:
    without = paths(rank("`cents` is wrong", shop()))
    beside = rank("`cents` is wrong", shop(), together={"shop/money.py": {"docs/prices.md": 0.9}})

    assert "docs/prices.md" not in without
    assert "is often changed together with the others" in {each.path: each.why for each in beside}["docs/prices.md"]


def test_nearness_in_meaning_finds_what_no_word_says() -> None:
    found = rank("rebate", shop(), near=[("shop/prices.py", 0.8), ("shop/money.py", 0.2)])

    assert paths(found)[0] == "shop/prices.py"
    assert found[0].why[0] == "is near in meaning"


def test_of_two_equal_files_the_one_changed_lately_comes_first() -> None:
    text = "def stamp():\n    return 1\n"
    lookup = MemoryLookup({"c.py": text, "b.py": text, "a.py": text})

    assert paths(rank("stamp", lookup)) == ["a.py", "b.py", "c.py"]
    assert paths(rank("stamp", lookup, recent=["c.py", "b.py"])) == ["c.py", "b.py", "a.py"]


def test_a_file_changed_lately_is_not_chosen_for_that_alone() -> None:
    assert "shop/receipt.py" not in paths(rank("`cents`", shop(), recent=["shop/receipt.py"], weights=ONLY_NAMES))


ONLY_NAMES = replace(WEIGHTS, **{each.name: 0.0 for each in fields(WEIGHTS) if each.name not in {"defines", "recent"}})


def test_a_signal_that_is_off_has_no_part() -> None:
    assert paths(rank("`discount`", shop(), weights=ONLY_NAMES)) == ["shop/prices.py", "shop/vendor/prices.py"]


def test_the_same_question_has_the_same_answer_whatever_the_order_of_the_files() -> None:
    turned = MemoryLookup(dict(reversed(FILES.items())))

    assert rank("`discount` of the till", shop()) == rank("`discount` of the till", turned)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_no_more_files_than_asked_for(limit: int) -> None:
    assert len(rank("discount price total till", shop(), limit=limit)) == limit


def test_the_best_has_the_highest_score() -> None:
    scores = [each.score for each in rank("`discount` price", shop())]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
