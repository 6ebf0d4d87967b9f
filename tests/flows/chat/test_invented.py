"""Answers that speak of files which are not there."""

import pytest

from vivek.flows.chat.invented import invented_paths

FILES = ("till/prices.py", "till/report.py", "README.md")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("It is in `src/discounts.py`.", ("src/discounts.py",)),
        ("See src/discounts.py and `lib/tax.ts:12`.", ("src/discounts.py", "lib/tax.ts")),
        ("The class lives in `discount_service.py`, line 3.", ("discount_service.py",)),
        ("It is in `till/prices.py`, and `src/x.py` uses it.", ()),
        ("It is in `prices.py`.", ()),
        ("It is in `till/prices.py:3-9`.", ()),
        ("You could create `till/discounts.py` for that.", ()),
        ("A new file `conf.yaml` holds it.", ()),
        ("Use `dict.get` and `os.path`.", ()),
        ("See https://example.org/a/b.py.", ()),
        ("```python\nopen('data/x.csv')\n```\nThat reads it.", ()),
        ("Nothing is named here.", ()),
    ],
)
def test_only_an_answer_all_of_whose_files_are_missing_is_noticed(answer: str, found: tuple[str, ...]) -> None:
    assert invented_paths(answer, FILES, "where is it?") == found


def test_what_the_user_named_is_no_invention_of_the_model() -> None:
    assert invented_paths("`old/prices.py` is gone.", FILES, "where did old/prices.py go?") == ()


def test_a_long_answer_is_read_at_once() -> None:
    assert invented_paths("`" * 200_000 + "a/" * 100_000, FILES, "") == ()
