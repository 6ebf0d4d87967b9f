"""Replies of which nothing comes: they speak of files which are not there, or their code names none."""

import pytest

from vivek.flows.chat.doubts import Doubts, has_code, invented_paths
from vivek.prompts.templates import SHIPPED

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


@pytest.mark.parametrize(
    ("reply", "has"),
    [
        ("```python\nx = 1\n```\n", True),
        ("Here:\n\n````\nx = 1\n````\n", True),
        ("~~~go title=x\nx := 1\n~~~", True),
        ("```python\nx = 1\n", True),
        ("Run this:\n```bash\npip install x\n```\n", False),
        ("```text\n3 failed\n```", False),
        ("```python\n\n```", False),
        ("Use `x = 1` there.", False),
        ("```sh\nls\n```\nand\n```js\nlet x\n```\n", True),
    ],
)
def test_code_is_what_stands_in_fences_and_is_neither_output_nor_a_command(reply: str, has: bool) -> None:
    assert has_code(reply) is has


def test_code_without_a_file_is_doubtful_only_where_a_change_was_asked_for() -> None:
    code = "```python\nVAT = 20\n```\n"
    change = Doubts(frozenset(FILES), "raise VAT", SHIPPED, FILES[:2])

    assert "such as `till/prices.py`" in change(code)
    assert "such as `folder/file.ext`" in Doubts(frozenset(), "write a shop", SHIPPED, ())(code)
    assert change("VAT is 20 now.") == ""
    assert Doubts(frozenset(FILES), "what is VAT?", SHIPPED)(code) == ""
