import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.desks import MemoryDesk, tokens
from vivek.tools.base import ToolResult
from vivek.tools.builtin import find, search
from vivek.tools.limits import body_room
from vivek.workspace.files import Files

FILES = {
    "till/prices.py": b"def discount(price):\n    return price  # Total\n",
    "till/report.py": b"from till.prices import discount\n\ndef total(prices):\n"
    b"    return sum(map(discount, prices))\n",
    ".env": b"discount=secret\n",
    "wide.txt": "discount\n".encode("utf-16"),
    "data.bin": b"\0discount",
}


async def look_for(found: MemoryDesk, text: str, **more: object) -> ToolResult:
    return await search.run({"text": text, **more}, found.desk())


def desk(**fields: object) -> MemoryDesk:
    found = MemoryDesk(dict(FILES), hidden={".env": "it holds secrets"})
    for name, value in fields.items():
        setattr(found, name, value)
    return found


@pytest.mark.covers("P15")
async def test_lines_are_listed_by_file_and_hidden_files_are_not_even_read() -> None:
    found = desk()

    result = await look_for(found, "discount")

    assert result.text.splitlines() == [
        "till/prices.py:1: def discount(price):",
        "till/report.py:1: from till.prices import discount",
        "till/report.py:4:     return sum(map(discount, prices))",
        "wide.txt:1: discount",
    ]
    assert result.label == "Lines with `discount`:"
    assert result.told == "searched for discount: 4 lines in 3 files"
    assert ".env" not in found.reads


async def test_a_text_is_taken_literally_unless_a_regex_is_asked_for() -> None:
    assert (await look_for(desk(), "sum(map(")).text == "till/report.py:4:     return sum(map(discount, prices))\n"
    assert not (await look_for(desk(), "def \\w+")).ok
    assert (await look_for(desk(), "def \\w+", regex=True)).text.count("\n") == 2


async def test_quotes_around_the_text_are_dropped_when_they_find_nothing() -> None:
    assert (await look_for(desk(), '"def total"')).text == "till/report.py:3: def total(prices):\n"


async def test_letter_case_is_ignored_only_when_nothing_else_is_found() -> None:
    result = await look_for(desk(), "DISCOUNT")

    assert result.text.count("\n") == 4
    assert result.note == "It was found only in other letter case."
    assert (await look_for(desk(), "Total")).text == "till/prices.py:2:     return price  # Total\n"


async def test_files_can_be_narrowed_by_a_glob() -> None:
    assert (await look_for(desk(), "discount", files="*report*")).text.count("\n") == 2
    nothing = await look_for(desk(), "discount", files="*.rs")
    assert (nothing.ok, nothing.text) == (False, "No file fits `*.rs`.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"text": "nowhere"}, "`nowhere` was not found."),
        ({"text": "a\nb"}, "Search for one line at a time."),
        ({"text": "", "regex": False}, "Say what to search for."),
        ({"text": "(", "regex": True}, "`(` cannot be searched for: missing ) at position 1."),
    ],
)
async def test_what_cannot_be_found_is_told(arguments: dict[str, object], words: str) -> None:
    result = await search.run(arguments, desk().desk())

    assert (result.ok, result.text) == (False, words)


async def test_results_are_bounded_in_lines_and_tokens_and_can_be_read_on() -> None:
    found = MemoryDesk({f"f{number:03}.py": b"match me\n" * 30 for number in range(100)}, room=200)

    result = await look_for(found, "match")

    assert tokens(result.text) <= body_room(found.desk())
    assert "more lines are kept; see them with `more: 1`" in result.note
    assert "Only the first 200 lines are listed" in result.note
    assert "f000.py: more lines of this file match" in result.text
    assert len(found.reads) == 10


async def test_a_pattern_that_would_never_end_is_left() -> None:
    found = MemoryDesk({f"f{number}.py": b"a" * 3_000 + b"!\n" for number in range(50)})

    before = time.process_time()
    result = await look_for(found, "(a+)+$", regex=True)

    assert time.process_time() - before < 10
    assert (result.ok, result.text) == (
        False,
        "`(a+)+$` was not found. The pattern takes too long on some files; use a simpler one.",
    )


async def test_of_many_files_only_those_that_a_quicker_program_names_are_read() -> None:
    asked: list[str] = []

    def narrow(text: str) -> frozenset[str]:
        asked.append(text)
        return frozenset({"till/report.py"})

    found = desk(narrow=narrow)
    assert (await look_for(found, "discount")).text.count("\n") == 4
    assert asked == []

    found = desk(narrow=narrow)
    found.files |= {f"more/{number}.py": b"discount" for number in range(500)}
    assert (await look_for(found, "discount")).text.count("\n") == 2
    assert (asked, found.reads) == (["discount"], ["till/report.py"])


async def test_a_search_can_be_cancelled() -> None:
    found = MemoryDesk({f"f{number:04}.py": b"x" * 20_000 for number in range(3_000)})
    task = asyncio.create_task(look_for(found, "nowhere"))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(found.reads) < 200


@pytest.mark.covers("P15", "P08")
async def test_a_link_that_leads_out_and_a_pipe_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("token = 1\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "own.txt").write_text("token = 2\n")
    (root / "link.txt").symlink_to("../outside/secret.txt")
    (root / "folder").symlink_to("../outside")
    os.mkfifo(root / "pipe")
    files = Files(root)
    found = MemoryDesk(dict.fromkeys(("own.txt", "link.txt", "folder/secret.txt", "pipe"), b""))

    result = await search.run({"text": "token"}, replace(found.desk(), read=files.read))

    assert result.text == "own.txt:1: token = 2\n"


async def test_files_are_found_by_glob_or_part_of_a_name_and_hidden_ones_are_not_listed() -> None:
    found = desk()

    assert (await find.run({"name": "**/*.py"}, found.desk())).text == "till/prices.py\ntill/report.py\n"
    assert (await find.run({"name": "`report`"}, found.desk())).text == "till/report.py\n"
    missing = await find.run({"name": ".env"}, found.desk())
    assert (missing.ok, missing.text) == (False, "There is no file `.env`.")
