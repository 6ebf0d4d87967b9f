"""`find`: definitions by name beside files, as the model knows the project; nothing of what is not shown."""

from collections.abc import Sequence

import pytest

from tests.tools.desks import MemoryDesk
from vivek.schema.answers import AnswerLine, IndexAnswer
from vivek.schema.index import Definition
from vivek.tools.builtin import find

FILES = {"till/prices.py": b"", "till/report.py": b"", "secret/vault.py": b""}
KNOWN = [
    Definition("discount", "function", "till/prices.py", 4, 6, "def discount(price: int) -> int"),
    Definition("Till.total", "method", "till/report.py", 9, 12, "def total(self) -> int"),
    Definition("Till.RATE", "constant", "till/report.py", 3, 3),
    Definition("discount", "function", "secret/vault.py", 1, 2, "def discount(key)"),
]


def defining(name: str) -> Sequence[Definition]:
    return [each for each in KNOWN if f".{each.name}".endswith(f".{name}")]


def desk(**more: object) -> MemoryDesk:
    hidden = {"secret/vault.py": "it may hold secrets"}
    return MemoryDesk(files=dict(FILES), hidden=hidden, define=defining, **more)  # type: ignore[arg-type]  # named


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("discount", "till/prices.py:4: def discount(price: int) -> int\n"),
        ("`discount()`", "till/prices.py:4: def discount(price: int) -> int\n"),
        ("Till.total", "till/report.py:9: def total(self) -> int\n"),
        ("Till::total", "till/report.py:9: def total(self) -> int\n"),
        ("report.py::total", "till/report.py:9: def total(self) -> int\n"),
        ("RATE", "till/report.py:3: constant Till.RATE\n"),
        ("prices", "till/prices.py\n"),
        ("*.py", "till/prices.py\ntill/report.py\n"),
    ],
)
async def test_a_name_gives_its_definitions_and_the_files_that_have_it(said: str, text: str) -> None:
    result = await find.run({"name": said}, desk().desk())

    assert (result.ok, result.text) == (True, text)


@pytest.mark.parametrize(("said", "folder"), [("till/", "till/"), ("./till/", "till/"), (".", ""), ("./", "")])
async def test_a_folder_is_mapped(said: str, folder: str) -> None:
    result = await find.run({"name": said}, desk(chart=lambda inside, room: f"{inside}|{room}").desk())

    assert (result.ok, result.text) == (True, f"{folder}|500")
    assert result.label == f"Map of `{said}`:"


@pytest.mark.parametrize("drawn", [None, ""])
async def test_where_no_map_can_be_drawn_its_files_are_listed(drawn: str | None) -> None:
    chart = None if drawn is None else (lambda inside, room: drawn)

    result = await find.run({"name": "till/"}, desk(chart=chart).desk())
    nowhere = await find.run({"name": "nowhere/"}, desk(chart=lambda inside, room: "a map").desk())

    assert "till/prices.py" in result.text
    assert not nowhere.ok


async def test_a_definition_in_another_file_than_asked_is_not_given() -> None:
    assert not (await find.run({"name": "prices.py::total"}, desk().desk())).ok


async def test_what_was_found_is_told_in_one_line() -> None:
    found = desk()
    found.files["discount/one.py"] = b""
    result = await find.run({"name": "discount"}, found.desk())

    assert result.told == "looked for discount: 1 definition, 1 file"
    assert result.label == "What is named `discount`:"
    assert result.text == "till/prices.py:4: def discount(price: int) -> int\ndiscount/one.py\n"


async def test_many_definitions_are_cut_and_said() -> None:
    found = desk(room=5_000)
    found.define = lambda _: [Definition("run", "function", f"till/a{number}.py", 1, 2) for number in range(23)]
    result = await find.run({"name": "run"}, found.desk())

    assert result.text.count("\n") == 20
    assert result.note == "3 more definitions have this name."


async def test_without_anybody_who_knows_definitions_files_are_found() -> None:
    found = desk()
    found.define = None

    assert (await find.run({"name": "prices"}, found.desk())).text == "till/prices.py\n"
    assert not (await find.run({"name": "discount"}, found.desk())).ok


USES = (
    AnswerLine("till/report.py", 9, "in Till.total"),
    AnswerLine("secret/vault.py", 2),
    AnswerLine("till/shop.py", 0),
)


def explaining(question: str) -> IndexAnswer | None:
    """Know what a change of two names may break, and what to read first."""
    if question == "tour of the project":
        return IndexAnswer("tour", "", 0.9, (AnswerLine("till/report.py", 0, "it is an entry point"),), 1)
    if question == "impact of `lonely`":
        return IndexAnswer("impact", "lonely", 0.9, (), 0, ("Nothing is known to use lonely.",))
    known = question == "impact of `discount`"
    return IndexAnswer("impact", "discount", 0.9, USES, 3, ("2 more files depend on those.",)) if known else None


@pytest.mark.parametrize("said", ["impact:discount", "impact discount", "Impact: of `discount`"])
async def test_what_a_change_may_break_is_listed_without_what_is_not_shown(said: str) -> None:
    result = await find.run({"name": said}, desk(explain=explaining).desk())

    assert (result.ok, result.text) == (True, "till/report.py:9: in Till.total\ntill/shop.py\n")
    assert (result.label, result.note) == ("What a change of discount may break:", "2 more files depend on those.")


async def test_a_tour_is_told_where_nothing_is_named_so() -> None:
    told = await find.run({"name": "tour"}, desk(explain=explaining).desk())
    named = MemoryDesk(files={"till/tour.py": b""}, explain=explaining)

    assert (told.text, told.label) == ("till/report.py: it is an entry point\n", "What to read first:")
    assert (await find.run({"name": "tour"}, named.desk())).text == "till/tour.py\n"


@pytest.mark.parametrize(
    ("said", "words"), [("impact:lonely", "Nothing is known to use lonely."), ("impact:x", "impact:x")]
)
async def test_where_nothing_is_known_of_a_change_that_is_said(said: str, words: str) -> None:
    result = await find.run({"name": said}, desk(explain=explaining).desk())

    assert not result.ok
    assert words in result.text


async def test_one_definition_tells_how_to_ask_what_hangs_on_it() -> None:
    one = await find.run({"name": "Till.total"}, desk(explain=explaining).desk())
    constant = await find.run({"name": "RATE"}, desk(explain=explaining).desk())

    assert one.note == "`find: impact:Till.total` lists what a change of it may break."
    assert constant.note == ""
