"""Text in an index: lines that hold it, exactly those of the files as they are now."""

import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.project.index.making import SHOP, everything, open_shop, shop, walked, without_text, write
from vivek.project.index.index import Index
from vivek.project.index.reading import LARGEST_CODE
from vivek.project.index.sources import Sources
from vivek.project.index.store import Store
from vivek.project.index.tables import BLOCK, BLOCKS
from vivek.syntax.facts import facts_of

WORDS = [
    "price",
    "PriceList",
    "find_all",
    "über",
    "Straße",
    "数据库",
    "テスト",
    "x",
    "e\u0301",
    "naïve",
    "_id",
    "42",
    "a.b",
]
GAPS = [" ", "", "_", ".", "(", "  ", '"', "'", "*", "-", "\t", "%"]


def slow_search(files: dict[str, str], text: str) -> list[tuple[str, int]]:
    """Return path and line of all lines that hold a text, found the plain way."""
    return [
        (path, number)
        for path, content in sorted(files.items())
        for number, line in enumerate(content.split("\n"), 1)
        if text.lower() in line.lower()
    ]


def without_fts(root: Path, data: Path) -> Index:
    """Open an index whose SQLite has no FTS5."""
    store = Store(data, reader="1 r", probe=without_text)
    return Index(root, store, Sources(walked(root), facts_of, lambda _: {}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def discount(", [("till/prices.py", 6)]),
        ("DEF DISCOUNT(", [("till/prices.py", 6)]),
        (
            "iscoun",
            [("tests/test_prices.py", n) for n in (1, 4, 5)]
            + [("till/prices.py", 6)]
            + [("till/report.py", n) for n in (3, 7, 8)],
        ),
        ("price * percent // 100", [("till/prices.py", 8)]),
        ("self.pri", [("till/prices.py", 15)]),
        ("ist:", [("till/prices.py", 11)]),
        ("PriceList:", [("till/prices.py", 11)]),
        ("# Till", [("README.md", 1)]),
        ("nothing of ours", []),
        ("zzz", []),
        ("", []),
        ("a\nb", []),
        ('" OR "', []),
        ("* 1", []),
    ],
)
@pytest.mark.parametrize("fts", [True, False])
def test_lines_that_hold_a_text_are_found(root: Path, tmp_path: Path, text: str, found: object, fts: bool) -> None:
    with open_shop(root, tmp_path / "data") if fts else without_fts(root, tmp_path / "data") as index:
        assert index.refresh().text is fts
        assert [(hit.path, hit.line) for hit in index.search(text)] == found


def test_a_hit_shows_its_line_and_the_limit_is_kept(root: Path, tmp_path: Path) -> None:
    with open_shop(root, tmp_path / "data") as index:
        index.refresh()

        assert index.search("def discount")[0].text == "def discount(price: int, percent: int) -> int:"
        assert len(index.search("price", limit=3)) == 3


def test_every_line_is_found_that_a_plain_search_finds(tmp_path: Path) -> None:
    chance = random.Random(5)
    files = {
        f"f{number}.txt": "\n".join(
            "".join(chance.choice(WORDS) + chance.choice(GAPS) for _ in range(chance.randrange(6))) for _ in range(8)
        )
        for number in range(60)
    }
    write(tmp_path / "a", dict(files))
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        index.refresh()
        for _ in range(400):
            line = chance.choice(files[chance.choice(sorted(files))].split("\n"))
            start = chance.randrange(len(line) + 1)
            text = line[start : start + chance.randrange(1, 9)]
            if text:
                hits = [(hit.path, hit.line) for hit in index.search(text, limit=10_000)]
                assert hits == slow_search(files, text), repr(text)


def test_hits_are_those_of_the_files_as_they_are_now(root: Path, tmp_path: Path) -> None:
    with open_shop(root, tmp_path / "data") as index:
        index.refresh()
        write(root, {"till/prices.py": "\n\ndef discount(price): ...\n"})
        (root / "till/report.py").unlink()

        assert [(hit.path, hit.line) for hit in index.search("def discount")] == [("till/prices.py", 3)]
        assert not index.search("def total")


def test_a_text_across_the_border_of_two_blocks_is_found(tmp_path: Path) -> None:
    chance = random.Random(6)
    text = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz0123456789 _(.") for _ in range(3 * BLOCK))
    data = "".join(text[at : at + 400] + "\n" for at in range(0, len(text), 400))
    write(tmp_path / "a", {"a.txt": data, "accents.txt": "ü" + data[1:]})
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        time.sleep(0.2)  # what is younger than the tick of the clock is searched whole in any case
        index.refresh()
        for length in (4, 6, 7, 60, 62, 63, 64, 130):
            for end in range(BLOCK + 1, BLOCK + length, max(1, length // 9)):
                piece = data[end - length : end]
                if "\n" not in piece:
                    assert {hit.path for hit in index.search(piece)} == {"a.txt", "accents.txt"}, (length, end)


@pytest.mark.parametrize(("more", "line"), [("", 4_001), ("more\n", 4_002)])
def test_a_file_that_changed_since_it_was_indexed_is_searched_whole(tmp_path: Path, more: str, line: int) -> None:
    rest = "".join(f"row {number}\n" for number in range(4_000))
    write(tmp_path / "a", {"a.txt": f"the needle\n{rest}"})
    os.utime(tmp_path / "a/a.txt", (1_600_000_000, 1_600_000_000))
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        time.sleep(0.2)
        index.refresh()
        write(tmp_path / "a", {"a.txt": f"{rest}{more}the needle\n"})

        assert [hit.line for hit in index.search("the needle")] == [line]


def test_a_block_has_a_number_in_every_text_that_is_read() -> None:
    assert LARGEST_CODE < BLOCK * BLOCKS


def test_what_is_not_kept_in_the_index_is_searched_all_the_same(tmp_path: Path) -> None:
    write(
        tmp_path / "a",
        {
            "big.csv": "x = 1\n" * 200_000 + "needle = 2\n",
            "poetry.lock": "needle 3\n",
            "wide.txt": "\ufeffneedle 4".encode("utf-16-le"),
            "old.txt": b"\xff needle 5\n",
            "picture.png": b"\0needle 6\n",
            "huge.csv": "x = 1\n" * 900_000 + "needle = 7\n",
        },
    )
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        index.refresh()

        assert [hit.path for hit in index.search("NEEDLE")] == ["big.csv", "old.txt", "poetry.lock", "wide.txt"]
        assert [path for path, _ in index.match(["needle"])] == ["old.txt", "wide.txt"]


def test_letters_that_sqlite_folds_otherwise_are_found(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.txt": "\u13a0\u13a1\u13a2 ok\n", "b.txt": "ΌΔΟΣ ΟΔΟΣ\n"})
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        index.refresh()

        assert [hit.path for hit in index.search("\uab70\uab71\uab72 OK")] == ["a.txt"]
        assert [hit.path for hit in index.search("όδος")] == ["b.txt"]


def test_a_word_of_which_there_are_many_forms_is_found_in_all(tmp_path: Path) -> None:
    write(tmp_path / "a", {f"f{number}.txt": f"pre{number}fix{number}\n" for number in range(700)})
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        index.refresh()

        assert len(index.search("fix", limit=1_000)) == 700
        assert len(index.search("fix69", limit=1_000)) == 11


def test_without_fts_words_are_matched_by_names_and_paths(root: Path, tmp_path: Path) -> None:
    with without_fts(root, tmp_path / "data") as index:
        status = index.refresh()

        assert (status.text, status.complete, status.files) == (False, True, len(SHOP))
        assert index.match(["discount"])[0][0] in {"till/prices.py", "tests/test_prices.py"}
        assert index.match(["report"])[0][0] == "till/report.py"
        assert not index.match(["100%"])


def test_an_index_made_without_fts_is_completed_where_there_is_fts_and_the_other_way_round(
    root: Path, tmp_path: Path
) -> None:
    with open_shop(root, tmp_path / "new") as index:
        index.refresh()
        expected = everything(index)
    for _ in range(2):
        with without_fts(root, tmp_path / "data") as index:
            assert index.refresh().text is False
        with open_shop(root, tmp_path / "data", extract=facts_of, reader="r") as index:
            assert index.refresh().text is True
            assert everything(index) == expected


def test_the_probe_tells_that_this_sqlite_has_fts5() -> None:
    from vivek.project.index.store import has_text_search

    connection = sqlite3.connect(":memory:")
    assert has_text_search(connection)
    connection.close()


def test_tables_of_an_older_form_are_made_anew(root: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_shop(root, data) as index:
        index.refresh()
    with closing(sqlite3.connect(data / "index.db")) as connection, connection:
        connection.execute("INSERT INTO pieces (pieces) VALUES ('delete-all')")
        connection.execute("INSERT INTO pieces (rowid, text) SELECT id, 'def discount(' FROM contents")
        connection.execute("UPDATE about SET value = 1 WHERE key = 'text'")
    with open_shop(root, data) as index:
        index.refresh()

        assert [(hit.path, hit.line) for hit in index.search("def discount(")] == [("till/prices.py", 6)]
        assert index.definitions("discount")
