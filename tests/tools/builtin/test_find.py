"""`find`: definitions by name beside files, as the model knows the project; nothing of what is not shown."""

from collections.abc import Sequence

import pytest

from tests.tools.desks import MemoryDesk
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
