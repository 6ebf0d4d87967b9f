"""Names of threads."""

import random
import re

import pytest

from vivek.errors import ThreadError
from vivek.session.threads.names import check_id, new_id


def test_a_new_id_is_two_words_and_a_number() -> None:
    made = new_id(set(), random.Random(7).choice)

    assert re.fullmatch(r"[a-z]+-[a-z]+-[1-9]\d*", made)
    assert check_id(made) == made


@pytest.mark.covers("F-D12")
def test_an_id_is_never_given_twice() -> None:
    draw = random.Random(1)
    taken: set[str] = set()
    for _ in range(2_000):
        taken.add(new_id(taken, draw.choice))

    assert len(taken) == 2_000


def test_an_id_is_found_when_every_short_one_is_taken() -> None:
    class AllShort:
        def __contains__(self, text: object) -> bool:
            return len(str(text).rsplit("-", 1)[1]) < 4

    assert len(new_id(AllShort(), random.Random(2).choice).rsplit("-", 1)[1]) >= 4


@pytest.mark.covers("D09")
@pytest.mark.parametrize("text", ["", "-a", "A", "a_b", "a/b", "../a", "a" * 65, "a b", "ä", "a\n"])
def test_what_cannot_be_an_id_is_refused(text: str) -> None:
    with pytest.raises(ThreadError, match="cannot be the id"):
        check_id(text)


@pytest.mark.parametrize("text", ["a", "0", "calm-otter-7", "a" * 64])
def test_what_can_be_an_id_is_taken(text: str) -> None:
    assert check_id(text) == text
