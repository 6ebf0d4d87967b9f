"""What the index answers to what breaks and where to begin, on a project whose answers are known."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from vivek.schema.answers import AnswerLine
from vivek.session.doors.answers import IndexAnswers
from vivek.session.options import Choices
from vivek.session.place import open_place

SHOP = "from till.report import total\n\n\ndef main() -> None:\n    print(total([]))\n"
TEST = "from shop.main import main\n\n\ndef test_it() -> None:\n    assert main\n"
OTHER = "def discount() -> None:\n    discount()\n"


@pytest.fixture
def asking(workspace: Path) -> Iterator[IndexAnswers]:
    """Return the index of a till with a shop on top of it, a test of that, and another name that is the same."""
    for name, text in {"shop/main.py": SHOP, "tests/test_shop.py": TEST, "other.py": OTHER}.items():
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text(text)
    with closing(IndexAnswers(open_place(workspace), Choices(), patience=60)) as index:
        yield index


def test_a_change_is_felt_by_users_and_by_those_who_need_them(asking: IndexAnswers) -> None:
    answer = asking.answer("what breaks if I change till/prices.py::discount?")

    assert answer is not None
    assert (answer.kind, answer.subject, answer.total) == ("impact", "discount", 2)
    assert answer.lines == (AnswerLine("till/report.py", 3), AnswerLine("till/report.py", 8, "in total"))
    assert answer.notes == (
        "2 more files depend on those.",
        "Tests among all of them: tests/test_shop.py.",
        "1 more file uses such a name without needing till/prices.py.",
    )


def test_several_definitions_of_a_name_are_said(asking: IndexAnswers) -> None:
    answer = asking.answer("what breaks if I change discount()?")

    assert answer is not None
    assert "2 definitions are called so; this is about other.py::discount." in answer.notes


def test_a_file_is_felt_by_its_importers_and_one_that_nobody_needs_by_nobody(asking: IndexAnswers) -> None:
    used = asking.answer("what depends on till/report.py")
    lonely = asking.answer("what depends on other.py")
    unknown = asking.answer("what depends on nothing/at_all.py")

    assert used is not None
    assert used.lines == (AnswerLine("shop/main.py", 0),)
    assert lonely is not None
    assert lonely.notes == ("Nothing in the project is known to use other.py.",)
    assert unknown is None


def test_a_tour_begins_where_the_program_does(asking: IndexAnswers) -> None:
    answer = asking.answer("where do I start reading?")

    assert answer is not None
    assert [line.path for line in answer.lines] == ["shop/main.py", "till/report.py", "till/prices.py"]
    assert answer.lines[0].text == "it is an entry point: main"
