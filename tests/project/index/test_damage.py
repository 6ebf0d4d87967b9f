"""Damaged, foreign and vanished databases: an index is made anew, the user is told, nothing else is touched."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.index.making import SHOP, everything, open_shop, shop
from vivek.errors import IndexingError
from vivek.project.index.index import Index

TOLD = ("The index was damaged and is made anew.",)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "workspace.db").write_bytes(b"the user's")
    return folder


@pytest.fixture
def expected(root: Path, tmp_path: Path) -> dict[str, object]:
    with open_shop(root, tmp_path / "new") as index:
        index.refresh()
        return everything(index)


def build(root: Path, data: Path) -> Path:
    with open_shop(root, data) as index:
        index.refresh()
    return data / "index.db"


def scribble(path: Path, chance: random.Random, *, start: int = 0) -> None:
    """Write noise over some bytes of a file."""
    content = bytearray(path.read_bytes())
    for _ in range(200):
        content[chance.randrange(start, len(content))] = chance.randrange(256)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:5_000]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * (path.stat().st_size - 100)),
        lambda path: scribble(path, random.Random(1), start=100),
    ],
)
def test_a_damaged_index_is_made_anew_and_told(
    root: Path, data: Path, expected: object, damage: Callable[[Path], None]
) -> None:
    damage(build(root, data))

    with open_shop(root, data) as index:
        assert index.status().told == TOLD
        assert index.status().complete is False
        assert index.refresh().complete
        assert everything(index) == expected
    assert sorted(path.name for path in data.iterdir()) == ["index.db", "locks", "workspace.db"]
    assert (data / "workspace.db").read_bytes() == b"the user's"


def test_an_empty_file_is_a_new_index(root: Path, data: Path, expected: object) -> None:
    (data / "index.db").touch()

    with open_shop(root, data) as index:
        index.refresh()
        assert everything(index) == expected


def test_what_never_was_an_index_is_kept_aside(root: Path, data: Path, expected: object) -> None:
    (data / "index.db").write_text("my diary " * 1_000)

    with open_shop(root, data) as index:
        index.refresh()
        assert everything(index) == expected
    assert (data / "index.db.corrupt-1").read_text() == "my diary " * 1_000


def spoil(data: Path) -> None:
    """Damage the tables of an index behind its back, so that only asking it finds out."""
    with sqlite3.connect(data / "index.db") as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 999999 WHERE name IN ('definitions', 'uses', 'files')")
        version = connection.execute("PRAGMA schema_version").fetchone()[0]
        connection.execute(f"PRAGMA schema_version = {version + 1}")
    connection.close()


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.definitions("discount"),
        lambda index: index.references("discount"),
        lambda index: index.paths(),
        lambda index: index.status(),
        lambda index: index.refresh(),
        lambda index: index.search("discount"),
        lambda index: index.match(["discount"]),
    ],
)
def test_damage_that_is_found_late_empties_the_index_and_is_told(
    root: Path, data: Path, expected: object, ask: Callable[[Index], object]
) -> None:
    with open_shop(root, data) as index:
        index.refresh()
        spoil(data)

        ask(index)

        assert index.status().told == TOLD
        assert index.refresh().complete
        assert everything(index) == expected
    assert sorted(path.name for path in data.iterdir()) == ["index.db", "locks", "workspace.db"]


def test_scribbled_databases_never_stop_an_index(root: Path, tmp_path: Path, expected: dict[str, object]) -> None:
    chance = random.Random(11)
    original = build(root, tmp_path / "data").read_bytes()
    for number in range(25):
        data = tmp_path / f"data{number}"
        data.mkdir()
        (data / "index.db").write_bytes(original)
        scribble(data / "index.db", chance)
        with open_shop(root, data) as index:
            status = index.refresh()
            assert status.complete
            found = everything(index)  # whatever it says: it answers
            if index.status().told:
                index.refresh()
                assert everything(index) == expected
            assert found.keys() == expected.keys()


def test_an_index_of_a_newer_vivek_is_made_anew(root: Path, data: Path, expected: object) -> None:
    path = build(root, data)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE files")
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with open_shop(root, data) as index:
        assert index.status().complete is False
        index.refresh()
        assert everything(index) == expected
    assert sorted(path.name for path in data.iterdir()) == ["index.db", "locks", "workspace.db"]


def test_a_database_that_vanishes_is_made_anew_by_the_next_refresh(root: Path, data: Path, expected: object) -> None:
    with open_shop(root, data) as index:
        index.refresh()
        for path in data.glob("index.db*"):
            path.unlink()
        index.refresh()

        assert everything(index) == expected
    with open_shop(root, data) as index:
        assert index.status().files == len(SHOP)


def test_a_disk_that_is_full_is_an_error_with_a_hint_and_what_was_there_stays(root: Path, data: Path) -> None:
    with open_shop(root, data) as index:
        index.refresh()
        pages = index._store.rows("PRAGMA page_count")[0][0]
        index._store.rows(f"PRAGMA max_page_count = {pages}")
        for number in range(300):
            (root / f"m{number}.py").write_text(f"def name_{number}(): ...\n" * 20)

        with pytest.raises(IndexingError) as caught:
            index.refresh()

        assert "space" in caught.value.message
        assert caught.value.hint
        assert [one.path for one in index.definitions("discount")] == ["till/prices.py"]
        assert not index.status().complete
