"""Measures are kept beside the index, by content: read once, brought up to date, thrown away when of no use."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.index.making import SHOP, open_shop, shop, walked, write
from vivek.project.measured import Measured, open_measured
from vivek.schema.measures import FileMeasures
from vivek.syntax.measures import measures_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def measured(root: Path, data: Path) -> Iterator[Measured]:
    with open_measured(root, data, list_files=walked(root)) as opened:
        opened.refresh()
        yield opened


def build(root: Path, data: Path) -> None:
    """Measure the shop and close it."""
    with open_measured(root, data, list_files=walked(root)) as opened:
        opened.refresh()


def anew(texts: dict[str, str]) -> dict[str, FileMeasures]:
    """Return what texts measure, without any index."""
    return {path: measures_of(path, text) for path, text in sorted(texts.items())}


def test_measures_are_those_of_the_texts(measured: Measured) -> None:
    assert dict(measured.measures()) == anew(SHOP)


def test_the_index_is_the_one_that_others_build(root: Path, data: Path, measured: Measured) -> None:
    before = [measured.index.definitions_in(path) for path in measured.index.paths()]

    with open_shop(root, data) as index:
        assert index.status().complete
        assert [index.definitions_in(path) for path in index.paths()] == before


def test_an_index_that_is_there_already_is_measured(root: Path, data: Path) -> None:
    with open_shop(root, data) as index:
        index.refresh()
    with open_measured(root, data, list_files=walked(root)) as measured:
        assert measured.measures() == {}
        measured.refresh()
        assert dict(measured.measures()) == anew(SHOP)


def test_nothing_is_read_again_when_nothing_changed(root: Path, data: Path) -> None:
    build(root, data)
    with open_measured(root, data, list_files=walked(root)) as again:
        seen: list[tuple[int, int]] = []
        again.refresh(on_progress=lambda done, whole: seen.append((done, whole)))
        assert dict(again.measures()) == anew(SHOP)
    assert seen == [] or seen[-1][1] <= len(SHOP)  # a young file is looked at again, its content is known


def test_changed_new_renamed_and_deleted_files_are_followed(root: Path, measured: Measured) -> None:
    texts = dict(SHOP)
    texts["till/prices.py"] += "\n\ndef more(a):\n    return 1 if a else 2\n"
    texts["till/renamed.py"] = texts.pop("till/report.py")
    texts["pyproject.toml"] = '[project.scripts]\ntill = "till:main"\n'
    write(root, texts)
    (root / "till/report.py").unlink()

    measured.refresh()

    assert dict(measured.measures()) == anew(texts)
    assert [known.name for known in measured.measures()["pyproject.toml"].known] == ["till"]


def test_the_same_content_names_programs_only_in_a_file_that_may(root: Path, measured: Measured) -> None:
    text = '[project.scripts]\ntill = "till:main"\n'
    write(root, {"other.toml": text, "pyproject.toml": text})

    measured.refresh()

    found = measured.measures()
    assert found["other.toml"].known == ()
    assert len(found["pyproject.toml"].known) == 1


def test_single_files_can_be_asked_about(measured: Measured) -> None:
    assert list(measured.measures(["till/prices.py", "gone.py"])) == ["till/prices.py"]


def test_what_another_version_measured_is_thrown_away(data: Path, root: Path) -> None:
    build(root, data)
    with sqlite3.connect(data / "index.db") as connection:
        connection.execute("UPDATE about SET value = '0:other' WHERE key = 'measurer'")
        connection.execute("UPDATE measures SET told = '[]'")
    connection.close()

    with open_measured(root, data, list_files=walked(root)) as again:
        again.refresh()
        assert dict(again.measures()) == anew(SHOP)


def test_measures_that_cannot_be_read_are_made_anew(data: Path, root: Path) -> None:
    build(root, data)
    with sqlite3.connect(data / "index.db") as connection:
        connection.execute("UPDATE measures SET told = '[1]'")
    connection.close()

    with open_measured(root, data, list_files=walked(root)) as again:
        again.refresh()
        assert again.measures() == {}  # damaged: the index was thrown away
        again.refresh()
        assert dict(again.measures()) == anew(SHOP)
        assert again.index.status().told


def test_what_was_measured_before_a_stop_is_kept(root: Path, data: Path) -> None:
    with open_shop(root, data) as index:
        index.refresh()
    asked = iter([False, False, True])
    with open_measured(root, data, list_files=walked(root)) as measured:
        measured.refresh(stop=lambda: next(asked, True))
        stopped = dict(measured.measures())
        measured.refresh()
        assert dict(measured.measures()) == anew(SHOP)
    assert stopped.items() <= anew(SHOP).items()


def test_a_file_that_changes_before_it_is_measured_waits_for_the_next_time(root: Path, data: Path) -> None:
    texts = SHOP | {"till/prices.py": "def newer(): ...\n"}
    with open_shop(root, data) as index:
        measured = Measured(index)
        measured.refresh(on_progress=lambda _done, _whole: write(root, texts))
        assert "till/prices.py" not in measured.measures()
        measured.refresh()
        assert dict(measured.measures()) == anew(texts)


def test_measures_of_contents_that_no_file_has_are_thrown_away_with_these(root: Path, data: Path) -> None:
    write(root, {f"many/m{number}.py": f"x = {number}\n" for number in range(600)})
    build(root, data)
    for path in (root / "many").iterdir():
        path.unlink()
    build(root, data)

    with sqlite3.connect(data / "index.db") as connection:
        (kept,) = connection.execute("SELECT count(*) FROM measures").fetchone()
    connection.close()
    assert kept == len(SHOP)


def test_odd_files_are_measured_or_left_out_and_never_fail(root: Path, measured: Measured) -> None:
    odd: dict[str, str | bytes] = {
        "latin.py": "x = '\xe9'\n".encode("latin-1"),
        "binary.py": b"\0\1\2" * 100,
        "broken.py": "def f(:\n",
        "empty.py": "",
        "surrogate.py": "import os\nos.environ['\\ud800']\n",
        "large.py": b"x = 1\n" * 2_000_000,
        "bom.py": "\ufeffx = 1\r\ny = 2\r\n",
    }
    write(root, odd)
    (root / "link.py").symlink_to("link.py")

    measured.refresh()
    found = measured.measures()

    assert {"large.py", "binary.py", "link.py"}.isdisjoint(found)
    assert found["broken.py"].fault.startswith("line 1")
    assert found["latin.py"].code == 1
    assert found["bom.py"].code == 2
    assert found["empty.py"].lines == 0
    assert found["surrogate.py"].known[0].name == "\ud800"
