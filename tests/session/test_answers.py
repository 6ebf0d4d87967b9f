"""Questions about known names, answered from a real index: right, honest about what it does not know, at once."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vivek.project.lookups import SHOWN
from vivek.schema.answers import IndexAnswer
from vivek.session.asked import trust_asked
from vivek.session.doors.answers import IndexAnswers
from vivek.session.options import Choices
from vivek.session.origins import project_asks, user_file
from vivek.session.place import Place, open_place
from vivek.session.trust import Trust

PATIENT = 30.0

DESK = '''"""The desk."""

from till.prices import discount


class Till:
    """Takes money."""

    limit = 3

    def tally(self) -> int:
        return discount(100, self.limit)

    def close(self) -> int:
        return self.tally()
'''
SHOP = '''"""The shop."""

import till.prices
from till.desk import Till


def open_shop() -> int:
    return Till().tally() + till.prices.discount(1, 2)
'''


@pytest.fixture
def shop(workspace: Path) -> Path:
    (workspace / "till/desk.py").write_text(DESK)
    (workspace / "shop.py").write_text(SHOP)
    return workspace


@pytest.fixture
def ask(shop: Path) -> Iterator[Callable[[str], IndexAnswer | None]]:
    """Return what answers in an indexed project."""
    door = IndexAnswers(open_place(shop), Choices(), patience=PATIENT)
    yield door.answer
    door.close()


def places(answer: IndexAnswer | None) -> list[str]:
    assert answer is not None
    return [f"{each.path}:{each.line}" for each in answer.lines]


def test_where_something_is_defined(ask: Callable[[str], IndexAnswer | None]) -> None:
    for text in ("where is Till.tally?", "Till.tally", "where is `tally`", "where is the function tally defined"):
        answer = ask(text)
        assert places(answer) == ["till/desk.py:11"]
        assert answer is not None
        assert (answer.subject, answer.lines[0].text) == ("Till.tally", "Till.tally · def tally(self) -> int")
    assert places(ask("where is discount")) == ["till/prices.py:4"]
    assert places(ask("where is desk.py")) == ["till/desk.py:6", "till/desk.py:9", "till/desk.py:11", "till/desk.py:14"]


def test_who_calls_something(ask: Callable[[str], IndexAnswer | None]) -> None:
    answer = ask("who calls Till.tally")

    assert answer is not None
    assert [(each.path, each.line, each.text) for each in answer.lines] == [
        ("shop.py", 8, "in open_shop"),
        ("till/desk.py", 15, "in Till.close"),
    ]
    assert answer.total == 2


def test_every_use_in_a_file_counts_and_long_lists_are_cut_and_counted(
    shop: Path, ask: Callable[[str], IndexAnswer | None]
) -> None:
    (shop / "many.py").write_text("from till.desk import Till\n\n" + "Till().tally()\n" * 50)
    answer = ask("who calls Till.tally")

    assert answer is not None
    assert (len(answer.lines), answer.total) == (SHOWN, 52)
    assert places(answer)[:2] == ["many.py:3", "many.py:4"]


def test_what_nobody_calls_is_said_to_be_so(ask: Callable[[str], IndexAnswer | None]) -> None:
    answer = ask("who calls open_shop?")

    assert answer is not None
    assert (answer.lines, answer.notes) == ((), ("No file of the project uses `open_shop`.",))


def test_namesakes_are_not_told_apart_and_that_is_said(shop: Path, ask: Callable[[str], IndexAnswer | None]) -> None:
    (shop / "bank.py").write_text("def tally() -> int:\n    return 1\n")
    answer = ask("who calls Till.tally")

    assert answer is not None
    assert answer.notes == ("2 definitions are named `tally`; the index does not tell their uses apart.",)


def test_what_imports_a_file_a_module_or_a_name(ask: Callable[[str], IndexAnswer | None]) -> None:
    for text in ("what imports till/prices.py", "what imports till.prices?", "who imports till.prices"):
        assert places(ask(text)) == ["shop.py:3", "till/desk.py:3", "till/report.py:3"], text
    assert places(ask("what imports Till")) == ["shop.py:4"]


def test_what_imports_a_library(shop: Path, ask: Callable[[str], IndexAnswer | None]) -> None:
    (shop / "net.py").write_text("import json\nimport http_client_lib\n\nhttp_client_lib.get(json)\n")

    assert places(ask("what imports http_client_lib")) == ["net.py:2"]
    assert ask("what imports other_client_lib") is None


def test_what_is_in_a_file_or_a_class(ask: Callable[[str], IndexAnswer | None]) -> None:
    assert places(ask("what is in till/desk.py")) == [f"till/desk.py:{line}" for line in (6, 9, 11, 14)]
    assert places(ask("what is in Till?")) == [f"till/desk.py:{line}" for line in (6, 9, 11, 14)]


@pytest.mark.parametrize(
    "text",
    [
        "where is nothing_like_this",
        "where is Till.tall",
        "who calls gone.py",
        "what is in lost.py",
        "is it Till.tally?",
    ],
)
def test_what_the_index_does_not_know_is_for_the_model(text: str, ask: Callable[[str], IndexAnswer | None]) -> None:
    assert ask(text) is None


def test_a_file_that_was_just_written_is_known(shop: Path, ask: Callable[[str], IndexAnswer | None]) -> None:
    assert ask("where is late_comer") is None
    (shop / "late.py").write_text("\n\ndef late_comer(): ...\n")
    assert places(ask("where is late_comer")) == ["late.py:3"]
    (shop / "late.py").unlink()
    assert ask("where is late_comer") is None


def test_a_name_that_is_everywhere_is_for_the_model(shop: Path, ask: Callable[[str], IndexAnswer | None]) -> None:
    for number in range(14):
        (shop / f"part{number}.py").write_text("def run_it(): ...\n")

    assert ask("where is run_it") is None


def test_how_sure_it_must_be_is_a_setting(shop: Path) -> None:
    user_file().parent.mkdir(parents=True, exist_ok=True)
    door = IndexAnswers(open_place(shop), Choices(), patience=PATIENT)
    try:
        for least, sure in (("0.7", True), ("0.9", False), ("0.7", True)):
            user_file().write_text(f"[answers]\nconfidence = {least}\n")
            assert (door.answer("where is discount") is not None) is sure
        user_file().write_text("[answers]\nenabled = false\n")
        assert door.answer("Till.tally") is None
    finally:
        door.close()


def test_own_patterns_are_used_and_a_wrong_one_is_told_once(shop: Path) -> None:
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text("[answers]\npatterns = ['wo ist (?P<where>\\S+)']\n")
    door = IndexAnswers(open_place(shop), Choices(), patience=PATIENT)
    try:
        assert places(door.answer("wo ist discount?")) == ["till/prices.py:4"]
        user_file().write_text("[answers]\npatterns = ['wo ist (']\n")
        assert door.answer("wo ist discount?") is None
        assert places(door.answer("where is discount")) == ["till/prices.py:4"], "the others still count"
        [told] = door.take_news()
        assert "is no regular expression" in told.text
    finally:
        door.close()


def trust(place: Place) -> None:
    for asked in project_asks(place):
        trust_asked(asked, place, Trust.open())


def test_the_patterns_of_a_project_count_once_they_are_trusted(shop: Path) -> None:
    (shop / ".vivek").mkdir(mode=0o700, exist_ok=True)
    (shop / ".vivek/config.toml").write_text("[answers]\npatterns = ['wo ist (?P<where>\\S+)']\n")
    place = open_place(shop)
    for trusted in (False, True):
        if trusted:
            trust(place)
        door = IndexAnswers(place, Choices(), patience=PATIENT)
        assert (door.answer("wo ist discount?") is not None) is trusted
        door.close()


def test_an_index_that_is_not_complete_does_not_pretend_to_know_all(shop: Path) -> None:
    door = IndexAnswers(open_place(shop), Choices(), patience=0.0)
    try:
        assert door.answer("who calls Till.tally") is None
        [told] = door.take_news()
        assert told.text == "The index of this project is not complete yet; the model is asked."
        assert "vivek index build" in told.hint
    finally:
        door.close()


def test_nothing_is_read_where_there_is_no_project(tmp_path: Path) -> None:
    door = IndexAnswers(Place(tmp_path, tmp_path / "data", restricted=True), Choices())

    assert door.answer("Till.tally") is None
    door.close()
    assert not (tmp_path / "data").exists()


def test_nothing_is_left_running_when_it_is_let_go(shop: Path) -> None:
    before = threading.active_count()
    door = IndexAnswers(open_place(shop), Choices(), patience=0.0, clock=time.monotonic)
    door.answer("Till.tally")
    door.close()

    assert threading.active_count() == before
