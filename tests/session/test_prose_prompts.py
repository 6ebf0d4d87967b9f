"""No message that is meant for a model is taken for a question to the index: not one of all these."""

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.session.doors.answers import IndexAnswers
from vivek.session.options import Choices
from vivek.session.place import open_place

PROMPTS = (Path(__file__).parent / "prose_prompts.txt").read_text(encoding="utf-8").splitlines()
DESK = "class Till:\n    limit = 3\n\n    def total(self): ...\n\n    def close(self): ...\n\n\nclass Desk(Till): ...\n"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexAnswers]:
    """Return what answers in a project that defines every single word of the prompts: the worst one there could be."""
    root = tmp_path_factory.mktemp("words")
    words = sorted({word for prompt in PROMPTS for word in re.findall(r"[^\W\d]\w*", prompt)})
    named = [word for word in words if not keyword.iskeyword(word) and word not in ("Till", "Desk")]
    (root / "words.py").write_text("".join(f"def {word}(): ...\n" for word in named))
    (root / "till").mkdir()
    (root / "till/desk.py").write_text(DESK)
    (root / "till/prices.py").write_text("def round_up(): ...\n")
    (root / "vivek.md").write_text("# Words\n")
    found = IndexAnswers(open_place(root), Choices(), patience=30.0)
    assert found.answer("Till.total") is not None, "there is an index, and it knows the names"
    yield found
    found.close()


def test_there_are_many_prompts_and_none_twice() -> None:
    assert len(PROMPTS) >= 500
    assert len(set(PROMPTS)) == len(PROMPTS)


def test_not_one_prompt_is_answered_from_the_index(door: IndexAnswers) -> None:
    assert [prompt for prompt in PROMPTS if door.answer(prompt) is not None] == []
    assert door.take_news() == ()


@pytest.mark.parametrize("prompt", ["where is round_up", "who calls Till.close?", "what is in till/desk.py", "@limit"])
def test_what_is_meant_for_the_index_is_answered_there(door: IndexAnswers, prompt: str) -> None:
    assert door.answer(prompt) is not None
