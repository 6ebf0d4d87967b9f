from dataclasses import replace

import pytest

from tests.tools.desks import MemoryDesk, tokens
from vivek.errors import OutsideWorkspaceError
from vivek.tools.base import ToolResult
from vivek.tools.builtin import read
from vivek.tools.limits import body_room

SMALL = b"def total(prices):\n    return sum(prices)\n"
LARGE = "".join(f"def step_{number}(value):\n    return value + {number}\n\n\n" for number in range(200)).encode()


async def look(found: MemoryDesk, path: str, **lines: int) -> ToolResult:
    return await read.run({"path": path, **lines}, found.desk())


async def test_a_small_file_is_shown_whole_and_counts_as_shown() -> None:
    found = MemoryDesk({"till/prices.py": SMALL})

    result = await look(found, "till/prices.py")

    assert result == ToolResult(SMALL.decode(), "read till/prices.py, 2 lines", label="till/prices.py")
    assert found.shown == ["till/prices.py"]


async def test_lines_are_shown_as_they_are_and_do_not_count_as_the_file() -> None:
    found = MemoryDesk({"a.py": b"one\r\ntwo\r\n  three\r\nfour"})

    result = await look(found, "a.py", start=2, end=3)

    assert (result.text, result.label) == ("two\n  three\n", "a.py, lines 2 to 3 of 4")
    assert found.shown == []


async def test_a_range_that_holds_all_lines_is_the_whole_file() -> None:
    found = MemoryDesk({"a.py": SMALL})

    assert (await look(found, "a.py", start=1, end=99)).text == SMALL.decode()
    assert found.shown == ["a.py"]


async def test_a_form_feed_or_odd_line_end_does_not_shift_lines() -> None:
    found = MemoryDesk({"a.py": "one\ftwo\u2028\nthree\n".encode()})

    assert (await look(found, "a.py", start=2, end=2)).text == "three\n"


async def test_a_large_file_is_shown_by_its_outline_and_says_how_to_see_a_part() -> None:
    found = MemoryDesk({"steps.py": LARGE}, room=500)

    result = await look(found, "steps.py")

    assert result.text.startswith("function step_0, lines 1-2\nfunction step_1, lines 5-6\n")
    assert "too many to be shown at once" in result.label
    assert "see them with `more: 1`" in result.note
    assert result.note.endswith("See a part of it with `read: steps.py:1-2`.")
    assert found.shown == []


async def test_a_large_text_without_an_outline_is_shown_from_its_beginning() -> None:
    text = "".join(f"line {number}\n" for number in range(1_000))
    found = MemoryDesk({"notes.txt": text.encode()}, room=200)

    result = await look(found, "notes.txt")

    assert text.startswith(result.text)
    assert result.label == f"notes.txt, the first {result.text.count(chr(10)):,} of 1,000 lines"
    assert result.text + found.kept[0] == text
    assert found.shown == []


@pytest.mark.parametrize("lines", [{}, {"start": 10, "end": 700}])
async def test_no_answer_is_larger_than_its_room(lines: dict[str, int]) -> None:
    found = MemoryDesk({"steps.py": LARGE, "long.txt": b"x" * 100_000}, room=300)

    for path in found.files:
        result = await look(found, path, **({} if path == "long.txt" else lines))
        assert tokens(result.text) <= body_room(found.desk())
        assert tokens(result.label) + tokens(result.note) <= 100


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("picture.png", "`picture.png` cannot be shown: it is a binary file."),
        ("old.txt", "`old.txt` cannot be shown: its bytes are not valid utf-8."),
        (".env", "`.env` is not shown: it holds secrets."),
        ("till/price.py", "There is no file `till/price.py`. Files with a name like it: `till/prices.py`."),
        ("zzz", "There is no file `zzz`."),
    ],
)
async def test_what_cannot_be_shown_is_told_with_the_reason(path: str, words: str) -> None:
    files = {"picture.png": b"\x89PNG\0", "old.txt": b"caf\xe9", ".env": b"KEY=1", "till/prices.py": SMALL}
    found = MemoryDesk(files, hidden={".env": "it holds secrets"})

    result = await look(found, path)

    assert (result.ok, result.text) == (False, words)
    assert ".env" not in found.reads


async def test_a_path_that_leads_out_is_told_not_raised() -> None:
    found = MemoryDesk()

    def refuse(path: str) -> bytes | None:
        raise OutsideWorkspaceError("it leads out of the project.")

    desk = found.desk()
    result = await read.run({"path": "../../etc/passwd"}, replace(desk, read=refuse))

    assert result.text == "`../../etc/passwd` is not shown: it leads out of the project."


@pytest.mark.parametrize(
    "said", ["`till/prices.py`", "./till/prices.py", "/till/prices.py", "prices.py", "till\\prices.py"]
)
async def test_a_path_is_understood_in_the_ways_models_write_it(said: str) -> None:
    found = MemoryDesk({"till/prices.py": SMALL, "till/report.py": b""})

    assert (await look(found, said)).label == "till/prices.py"


async def test_a_name_that_several_files_have_is_not_guessed() -> None:
    found = MemoryDesk({"a/x.py": SMALL, "b/x.py": SMALL})

    result = await look(found, "x.py")

    assert result.text == "There is no file `x.py`. Files with a name like it: `a/x.py`, `b/x.py`."


async def test_a_folder_lists_what_it_holds_but_nothing_hidden() -> None:
    files = {"src/a.py": b"", "src/sub/b.py": b"", "src/sub/c.py": b"", "src/.env": b"", "d.py": b""}
    found = MemoryDesk(files, hidden={"src/.env": "secret"})

    assert (await look(found, "src/")).text == "a.py\nsub/\n"
    assert (await look(found, ".")).text == "d.py\nsrc/\n"


async def test_lines_that_are_not_there_are_told() -> None:
    found = MemoryDesk({"a.py": SMALL, "empty.py": b""})

    assert (await look(found, "a.py", start=9)).text == "`a.py` has 2 lines; there is no line 9."
    assert (await look(found, "a.py", start=2, end=1)).text.startswith("The lines of `a.py` asked for end before")
    assert (await look(found, "empty.py")).label == "empty.py (empty)"
    assert (await look(found, "a.py", start=-3)).text == SMALL.decode()
