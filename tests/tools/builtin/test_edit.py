from dataclasses import replace

import pytest

from tests.tools.desks import MemoryDesk
from vivek.errors import OutsideWorkspaceError
from vivek.tools.base import ToolResult
from vivek.tools.builtin import edit, write

PRICES = b"def discount(price, percent):\r\n    return price * percent\r\n"


def seen() -> MemoryDesk:
    return MemoryDesk({"till/prices.py": PRICES}, seen={"till/prices.py"})


async def change(found: MemoryDesk, path: str, old: str, new: str) -> ToolResult:
    return await edit.run({"path": path, "old": old, "new": new}, found.desk())


async def test_exact_lines_are_replaced_and_the_files_own_line_ends_kept() -> None:
    result = await change(
        seen(), "prices.py", "    return price * percent", "    return price - price * percent // 100"
    )

    assert result.edits == {
        "till/prices.py": b"def discount(price, percent):\r\n    return price - price * percent // 100\r\n"
    }
    assert (result.ok, result.told) == (True, "changes till/prices.py")


async def test_lines_that_are_not_there_change_nothing_and_the_nearest_ones_are_shown() -> None:
    result = await change(seen(), "till/prices.py", "    return prices * percent\n", "    return 0\n")

    assert (result.ok, result.edits) == (False, {})
    assert "return price * percent" in result.text
    assert "Mend it and call the tool again." in result.text
    assert "SEARCH/REPLACE" not in result.text


async def test_a_file_that_was_not_seen_is_shown_instead_of_changed() -> None:
    found = MemoryDesk({"till/prices.py": PRICES})

    result = await change(found, "till/prices.py", "    return price * percent", "    return 0")

    assert (result.edits, result.label) == ({}, "till/prices.py")
    assert result.text == PRICES.decode().replace("\r\n", "\n")
    assert result.note == "`till/prices.py` was not changed, because you had not seen its text. Now edit it."
    assert found.shown == ["till/prices.py"]


async def test_a_file_that_is_not_shown_is_not_changed_either() -> None:
    found = MemoryDesk({".env": b"KEY=1\n"}, hidden={".env": "it holds secrets"}, seen={".env"})

    result = await change(found, ".env", "KEY=1", "KEY=2")

    assert (result.ok, result.text) == (False, "`.env` is not changed: it holds secrets.")


async def test_a_missing_file_is_named_with_those_like_it() -> None:
    result = await change(seen(), "till/price.py", "a", "b")

    assert not result.ok
    assert "till/prices.py" in result.text


async def test_a_new_file_is_made_with_a_line_end() -> None:
    result = await write.run({"path": "./till/tax.py", "text": "RATE = 7"}, seen().desk())

    assert (result.edits, result.told) == ({"till/tax.py": b"RATE = 7\n"}, "makes till/tax.py")


@pytest.mark.parametrize(
    "path", ["till/prices.py", "../out.py", "/etc/passwd", "TILL/prices.py", "till/prices.py/x", ".git/hooks/a"]
)
async def test_a_file_that_exists_or_may_not_be_made_is_not_written(path: str) -> None:
    result = await write.run({"path": path, "text": "x = 1\n"}, seen().desk())

    assert (result.ok, result.edits) == (False, {})
    assert result.text


async def test_a_path_that_leads_out_is_told_not_raised() -> None:
    def refuse(path: str) -> bytes | None:
        raise OutsideWorkspaceError("it leads out of the project.")

    desk = seen().desk()
    result = await edit.run({"path": "link.py", "old": "a", "new": "b"}, replace(desk, read=refuse))

    assert result.text == "`link.py` was not changed: it leads out of the project."
