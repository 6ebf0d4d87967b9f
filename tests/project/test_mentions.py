"""Which definitions a request names beyond doubt, which names fit several, and what of them is shown."""

import pytest

from vivek.project.glimpse import Glimpse
from vivek.project.mentions import mentions, named_parts
from vivek.syntax.facts import facts_of

SOURCES = {
    "till/prices.py": "def discount(price):\n    return price\n\n\ndef round_up(price):\n    return price + 1\n",
    "till/desk.py": "class Till:\n    def total(self):\n        return 0\n\n    def clear(self):\n        pass\n",
    "shop/desk.py": "class Shop:\n    def clear(self):\n        pass\n",
}
KNOWN = Glimpse(list(SOURCES), {path: facts_of(path, text) for path, text in SOURCES.items()})


def named(request: str) -> list[str]:
    return [f"{each.path}::{each.name}" for each in mentions(request, KNOWN, list(SOURCES)).meant]


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        ("what does @discount do?", ["till/prices.py::discount"]),
        ("change @Till.total so that it counts", ["till/desk.py::Till.total"]),
        ("@till/prices.py::discount is wrong", ["till/prices.py::discount"]),
        ("till/desk.py::total is wrong", ["till/desk.py::Till.total"]),
        ("`discount` is wrong", ["till/prices.py::discount"]),
        ("`discount()` is wrong", ["till/prices.py::discount"]),
        ("round_up is wrong, and so is @Shop", ["shop/desk.py::Shop", "till/prices.py::round_up"]),
        ("make prices.discount faster", ["till/prices.py::discount"]),
        ("make Till.total faster.", ["till/desk.py::Till.total"]),
    ],
)
def test_a_name_leads_to_its_only_definition(request_: str, meant: list[str]) -> None:
    assert named(request_) == meant


@pytest.mark.parametrize(
    "request_",
    [
        "give me a discount on the total",  # words of a sentence
        "mail tess@discount.example about it",
        "use @property and @pytest.fixture here",
        "@till/prices.py is wrong",  # a file
        "`clear` is wrong",  # two of them
        "see https://example.org/round_up for more",
        "",
    ],
)
def test_what_is_no_certain_name_of_a_definition_means_none(request_: str) -> None:
    assert named(request_) == []


def test_a_marked_name_of_several_definitions_is_told_with_them() -> None:
    found = mentions("explain @clear", KNOWN, list(SOURCES))

    assert found.meant == ()
    assert [each.name for each in found.doubtful["clear"]] == ["Till.clear", "Shop.clear"]


def test_a_name_that_a_file_lacks_is_told() -> None:
    assert mentions("explain @till/prices.py::refund", KNOWN, list(SOURCES)).unknown == ("till/prices.py::refund",)
    assert mentions("explain @else/where.py::refund", KNOWN, list(SOURCES)).unknown == ()


def parts(request: str, texts: dict[str, str], room: int = 1_000) -> list[tuple[str, int, int, str]]:
    found = mentions(request, KNOWN, list(SOURCES))
    read = {path: text.encode() for path, text in texts.items()}
    return [(each.path, each.line, each.end_line, each.text) for each in named_parts(found, read.get, len, room)]


def test_a_named_definition_is_shown_with_its_exact_text() -> None:
    assert parts("explain @Till.total", SOURCES) == [("till/desk.py", 2, 3, "    def total(self):\n        return 0\n")]


def test_of_a_definition_that_does_not_fit_the_beginning_is_shown() -> None:
    assert parts("explain @Till", SOURCES, room=40) == [("till/desk.py", 1, 2, "class Till:\n    def total(self):\n")]
    assert parts("explain @Till", SOURCES, room=5) == []


def test_a_definition_that_has_moved_away_or_lies_beside_a_secret_is_not_shown() -> None:
    moved = {"till/desk.py": "# nothing\n" * 20}
    assert parts("explain @Till.total", moved) == []
    assert parts("explain @Till.total", {}) == []
    secret = {"till/desk.py": SOURCES["till/desk.py"] + 'KEY = "AKIA' + 'IOSFODNN7EXAMPLE"\n'}
    assert parts("explain @Till.total", secret) == []
    binary = {"till/desk.py": "\0\0\0"}
    assert parts("explain @Till.total", binary) == []
