"""An index after files changed, moved, came and went: as if it had been made anew, and only what changed is read."""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.project.index.making import SHOP, everything, open_shop, shop, write
from vivek.project.index.index import Index
from vivek.project.index.reading import Reader
from vivek.schema.index import FileFacts
from vivek.syntax.facts import facts_of


class Extract:
    """Reads texts as they are read, and keeps which ones were."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, path: str, text: str) -> FileFacts:
        self.paths.append(path)
        return facts_of(path, text)

    def taken(self) -> list[str]:
        """Return what was read since the last call."""
        taken, self.paths = sorted(self.paths), []
        return taken


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def extract() -> Extract:
    return Extract()


@pytest.fixture
def reopen(root: Path, tmp_path: Path, extract: Extract) -> Callable[[], Index]:
    return lambda: open_shop(root, tmp_path / "data", extract=extract)


def as_new(index: Index, root: Path, tmp_path: Path) -> bool:
    """Tell whether an index says what one made anew says, and fail with the difference where it does not."""
    with open_shop(root, tmp_path / f"data-{time.monotonic_ns()}") as other:
        other.refresh()
        assert everything(index) == everything(other)
    return True


def test_nothing_is_read_again_when_nothing_changed(reopen: Callable[[], Index], extract: Extract) -> None:
    with reopen() as index:
        index.refresh()
        assert extract.taken() == sorted(SHOP)
    with reopen() as index:
        assert index.status().complete
        index.refresh()
        assert extract.taken() == []


def test_a_changed_file_is_read_again_and_nothing_else(
    reopen: Callable[[], Index], extract: Extract, root: Path, tmp_path: Path
) -> None:
    with reopen() as index:
        index.refresh()
        extract.taken()
        write(root, {"till/prices.py": SHOP["till/prices.py"].replace("discount", "rebate")})
        index.refresh()

        assert extract.taken() == ["till/prices.py"]
        assert not index.definitions("discount")
        assert [one.path for one in index.definitions("rebate")] == ["till/prices.py"]
        assert as_new(index, root, tmp_path)


def test_a_new_file_may_be_what_others_import(reopen: Callable[[], Index], root: Path, tmp_path: Path) -> None:
    with reopen() as index:
        write(root, {"till/tax.py": "from till.rates import VAT\n"})
        index.refresh()
        assert "till/tax.py" not in index.edges()

        write(root, {"till/rates.py": "VAT = 19\n"})
        index.refresh()

        assert index.edges()["till/tax.py"] == {"till/rates.py": 1}
        assert as_new(index, root, tmp_path)


def test_a_new_file_may_change_what_a_folder_is_to_imports_that_do_not_name_it(
    reopen: Callable[[], Index], root: Path, tmp_path: Path
) -> None:
    write(root, {"a/b/__init__.py": "", "a/b/x.py": "x = 1\n", "main.py": "import b.x\n"})
    with reopen() as index:
        index.refresh()
        assert index.edges()["main.py"] == {"a/b/x.py": 1}

        write(root, {"a/__init__.py": ""})
        index.refresh()

        assert as_new(index, root, tmp_path)
        assert "main.py" not in index.edges()


def test_a_deleted_file_is_forgotten(reopen: Callable[[], Index], root: Path, tmp_path: Path) -> None:
    with reopen() as index:
        index.refresh()
        (root / "till/prices.py").unlink()
        index.refresh()

        assert not index.definitions("PriceList")
        assert "till/prices.py" not in index.paths()
        assert index.edges() == {}
        assert as_new(index, root, tmp_path)


def test_a_renamed_file_and_another_branch_are_not_read_again(
    reopen: Callable[[], Index], extract: Extract, root: Path, tmp_path: Path
) -> None:
    with reopen() as index:
        index.refresh()
        extract.taken()

        (root / "till/prices.py").rename(root / "till/costs.py")
        index.refresh()
        assert [one.path for one in index.definitions("PriceList")] == ["till/costs.py"]
        assert as_new(index, root, tmp_path)

        (root / "till/costs.py").unlink()
        index.refresh()
        write(root, {"till/prices.py": SHOP["till/prices.py"]})
        index.refresh()
        assert extract.taken() == []
        assert as_new(index, root, tmp_path)


def test_the_same_text_under_another_suffix_is_another_content(
    reopen: Callable[[], Index], root: Path, tmp_path: Path
) -> None:
    write(root, {"a.txt": "def x(): ...\n"})
    with reopen() as index:
        index.refresh()
        write(root, {"a.py": "def x(): ...\n", "b.py": "def x(): ...\n"})
        index.refresh()

        assert [one.path for one in index.definitions("x")] == ["a.py", "b.py"]
        assert as_new(index, root, tmp_path)


def test_a_change_is_seen_though_size_and_time_of_the_content_are_the_same(
    reopen: Callable[[], Index], root: Path
) -> None:
    path = root / "till/prices.py"
    before = path.stat()
    with reopen() as index:
        time.sleep(0.15)  # a file younger than that would be looked at again whatever its times say
        index.refresh()
        write(root, {"till/prices.py": SHOP["till/prices.py"].replace("discount", "deducted")})
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        index.refresh()

        assert index.definitions("deducted")


def test_a_file_that_changed_within_the_same_tick_is_looked_at_again(root: Path) -> None:
    status = (root / "till/prices.py").stat()
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    for now, told in ((changed + 1_000_000, -1), (changed + 5_000_000_000, status.st_ctime_ns)):
        reader = Reader(root, clock=partial(int, now))
        read = reader.read("till/prices.py")
        reader.close()
        assert read is not None
        assert read.stamp == (status.st_size, status.st_mtime_ns, told)


def test_a_file_that_is_too_young_to_tell_is_hashed_but_not_read_again(
    reopen: Callable[[], Index], extract: Extract, root: Path
) -> None:
    with reopen() as index:
        index.refresh()
        write(root, SHOP)
        index.refresh()
        index.refresh()

        assert extract.taken() == sorted(SHOP)
        assert index.status().complete


def test_a_file_that_becomes_binary_or_too_large_or_a_link_is_no_longer_indexed(
    reopen: Callable[[], Index], root: Path, tmp_path: Path
) -> None:
    write(root, {"a.py": "def a(): ...\n", "b.py": "def b(): ...\n", "c.py": "def c(): ...\n"})
    with reopen() as index:
        index.refresh()
        write(root, {"a.py": b"\0\1", "b.py": b"x = 1\n" * 2_000_000})
        (root / "c.py").unlink()
        (root / "c.py").symlink_to("a.py")
        index.refresh()

        assert index.defined("abc") == {}
        assert not index.referred("a.py")
        assert index.status().skipped == {"binary": 1, "link": 1, "too large": 1}
        assert as_new(index, root, tmp_path)

        write(root, {"a.py": "def a(): ...\n", "b.py": "def b(): ...\n"})
        index.refresh()
        assert index.defined("abc") == {"a": 1, "b": 1}
        assert as_new(index, root, tmp_path)


def test_what_another_reader_read_is_read_anew(root: Path, tmp_path: Path, extract: Extract) -> None:
    for reader, read in (("1", sorted(SHOP)), ("1", []), ("2", sorted(SHOP)), ("1", sorted(SHOP))):
        with open_shop(root, tmp_path / "data", extract=extract, reader=reader) as index:
            index.refresh()
            assert extract.taken() == read
            assert index.status().complete
            assert [hit.path for hit in index.search("PriceList")] == ["till/prices.py", *["till/report.py"] * 2]
            assert as_new(index, root, tmp_path)


def test_contents_of_no_file_are_thrown_away_once_there_are_many(root: Path, tmp_path: Path, extract: Extract) -> None:
    with open_shop(root, tmp_path / "data", extract=extract) as index:
        for turn in range(7):
            write(root, {f"m{number}.py": f"name_{turn}_{number} = 1\n" for number in range(300)})
            index.refresh()
            assert index.status().complete
            assert len(index.search(f"name_{turn}_29")) == 11
        extract.taken()

        write(root, {f"m{number}.py": f"name_0_{number} = 1\n" for number in range(300)})
        index.refresh()

        assert len(extract.taken()) == 300, "what the first turn read was thrown away"
        assert as_new(index, root, tmp_path)
    assert (tmp_path / "data/index.db").stat().st_size < 3_000_000


def test_a_refresh_that_is_stopped_keeps_what_it_did_and_goes_on_later(
    root: Path, tmp_path: Path, extract: Extract
) -> None:
    write(root, {f"m{number}.py": f"name_{number} = 1\n" for number in range(200)})
    with open_shop(root, tmp_path / "data", extract=extract) as index:
        status = index.refresh(stop=lambda: len(extract.paths) >= 150)

        assert not status.complete
        assert status.files == 150
        assert len(extract.taken()) == 150
        assert index.definitions("name_1")
        assert not index.definitions("name_99")

        assert index.refresh().complete
        assert len(extract.taken()) == 50 + len(SHOP)
        assert as_new(index, root, tmp_path)


def test_a_refresh_that_is_stopped_at_once_forgets_nothing(reopen: Callable[[], Index], root: Path) -> None:
    with reopen() as index:
        index.refresh()
        write(root, {"new.py": "new = 1\n"})
        status = index.refresh(stop=lambda: True)

        assert status.files == len(SHOP)
        assert index.definitions("discount")


@pytest.mark.kill
def test_questions_are_answered_while_the_index_is_refreshed_in_another_thread(root: Path, tmp_path: Path) -> None:
    write(root, {f"m{number}.py": f"def name_{number}(): ...\n" * 50 for number in range(300)})
    begun, asked = threading.Event(), threading.Event()

    def extract(path: str, text: str) -> FileFacts:
        begun.set()
        assert path != "m99.py" or asked.wait(30), "a question waits for the whole refresh"
        return facts_of(path, text)

    with open_shop(root, tmp_path / "data", extract=extract) as index:
        thread = threading.Thread(target=index.refresh)
        thread.start()
        assert begun.wait(30)
        index.definitions("name_0")
        index.search("name_0")
        asked.set()
        thread.join(30)

        assert index.status().complete
        assert len(index.definitions("name_99", limit=100)) == 50
