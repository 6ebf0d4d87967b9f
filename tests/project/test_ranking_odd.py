"""Requests and repositories that a choice of files must survive, and in which it must not be led astray."""

import time

import pytest

from tests.project.memory import MemoryLookup
from tests.project.shop import FILES, shop
from tests.project.test_ranking import paths
from vivek.project.ranking import rank


def test_an_empty_index_has_no_files_to_choose() -> None:
    assert rank("fix `discount`", MemoryLookup({})) == ()


@pytest.mark.parametrize("text", ["", "   \n", "please do it for me", "?!", "\x00\ud800", "-> :: .."])
def test_a_request_that_says_nothing_chooses_nothing(text: str) -> None:
    assert rank(text, shop()) == ()


def test_a_request_of_a_megabyte_is_answered() -> None:
    began = time.process_time()

    chosen = rank("`discount` is wrong. " + "filler and price " * 60_000, shop())

    assert paths(chosen)[0] == "shop/prices.py"
    assert time.process_time() - began < 5


def test_a_request_in_chinese_finds_the_name_in_it() -> None:
    assert paths(rank("修正discount的错误", shop()))[0] == "shop/prices.py"


def test_a_request_in_japanese_finds_the_same_word_in_a_text() -> None:
    lookup = MemoryLookup({**FILES, "shop/gift.py": '"""包装 料金"""\n'})

    assert paths(rank("料金", lookup)) == ["shop/gift.py"]


def test_a_name_that_five_hundred_files_define_does_not_hide_the_one_that_matters() -> None:
    many = {f"plugins/part{number}.py": "class Plugin:\n    pass\n" for number in range(500)}
    lookup = MemoryLookup({**many, **FILES})

    assert paths(rank("the plugin breaks `surcharge`", lookup))[0] == "shop/prices.py"


def test_a_file_that_everything_imports_does_not_always_win() -> None:
    users = {
        f"shop/part{number}.py": f"from shop.errors import ShopError\n\n\ndef part{number}():\n    raise ShopError\n"
        for number in range(60)
    }
    lookup = MemoryLookup({**FILES, **users, "shop/errors.py": "class ShopError(Exception):\n    pass\n"})

    chosen = paths(rank("`discount` is wrong", lookup))

    assert "shop/errors.py" not in chosen[:5]
    assert {"shop/till.py", "shop/prices.py"} <= set(chosen[:5])


def test_cyclic_imports_and_an_import_of_itself_end() -> None:
    ring = {
        "a.py": "import b\nimport a\n\n\ndef alpha():\n    return b.beta()\n",
        "b.py": "import c\n\n\ndef beta():\n    return c.gamma()\n",
        "c.py": "import a\n\n\ndef gamma():\n    return a.alpha()\n",
    }

    assert paths(rank("`beta`", MemoryLookup(ring)))[0] == "b.py"


def test_files_of_the_history_that_are_gone_are_not_chosen() -> None:
    chosen = rank(
        "`discount`",
        shop(),
        named=["shop/gone.py"],
        recent=["shop/gone.py"],
        together={"shop/prices.py": {"shop/gone.py": 1.0}},
        near=[("shop/gone.py", 1.0)],
    )

    assert "shop/gone.py" not in paths(chosen)


def test_a_plain_word_that_is_also_a_variable_somewhere_is_not_taken_for_that_variable() -> None:
    lookup = MemoryLookup({**FILES, "shop/zoo.py": "wrong = 1\nprinted = 2\n"})

    assert "defines printed" not in {why for each in rank("the receipt is printed wrong", lookup) for why in each.why}
