"""Projects that are odd: empty ones, huge files, names of all kinds, files that change under the reader's eyes."""

import os
import threading
from pathlib import Path

import pytest

from tests.project.index.making import everything, open_shop, write
from tests.workspace.forking import as_nobody
from vivek.project.index.index import open_index
from vivek.project.index.reading import Reader
from vivek.project.scan import LIMIT
from vivek.schema.index import Definition, FileFacts
from vivek.syntax.facts import PARSED, facts_of
from vivek.workspace.openat2 import Open, openat2


def test_an_empty_project_has_an_empty_and_complete_index(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        status = index.refresh()

        assert (status.files, status.listed, status.complete) == (0, 0, True)
        assert not index.search("x")
        assert not index.match(["x"])
        assert index.edges() == {}


def test_a_file_of_500_megabytes_costs_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "needle = 1\n"})
    for name, head in (("huge.py", b"needle = 2\n" * 1_000), ("huge.bin", b"")):
        with (tmp_path / "a" / name).open("wb") as file:
            file.write(head)
            file.truncate(500_000_000)
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        status = index.refresh()

        assert status.skipped == {"too large": 1, "binary": 1}
        assert [hit.path for hit in index.search("needle")] == ["a.py"]


def test_code_of_many_thousand_lines_is_read_line_by_line(tmp_path: Path) -> None:
    rows = "".join(f"ROW_{number} = (1, 2, 3, {number})\n" for number in range(40_000))
    table = f"import other\n\n\ndef first() -> int:\n    return 1\n\n\n{rows}\n\ndef last() -> int:\n    return 2\n"
    write(tmp_path / "a", {"table.py": table, "other.py": "x = 1\n", "rows.csv": table})
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        status = index.refresh()

        assert len(table) > PARSED
        assert (status.skipped, status.faults) == ({"too large": 1}, 1)
        assert [one.name for one in index.definitions_in("table.py")] == ["first", "last"]
        assert index.edges() == {"table.py": {"other.py": 1}}
        assert index.search("ROW_39999 ")[0].path == "rows.csv"


def test_pipes_folders_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "x = 1\n", "folder/b.py": "y = 1\n"})
    os.mkfifo(tmp_path / "a/pipe.py")
    (tmp_path / "a/null.py").symlink_to("/dev/zero")
    listed = ["a.py", "pipe.py", "null.py", "folder", "gone.py", "a.py/b.py", "folder/b.py"]
    with open_shop(tmp_path / "a", tmp_path / "data", list_files=lambda: listed) as index:
        status = index.refresh()

        assert index.paths() == ("a.py", "folder/b.py")
        assert status.skipped == {"link": 1, "no plain file": 2}
        assert index.search("x = 1")[0].path == "a.py"


def test_names_of_all_kinds_are_found_again(tmp_path: Path) -> None:
    names = [
        "ü/naïve.py",
        "空/文件.py",
        "with blank.py",
        "quote'\".py",
        "100%_.py",
        "tab\t.py",
        "-x.py",
        "a" * 200 + ".py",
    ]
    write(tmp_path / "a", {name: f"def place_{n}(): ...\n" for n, name in enumerate(names)})
    with open_shop(tmp_path / "a", tmp_path / "data", list_files=lambda: names) as index:
        index.refresh()

        assert index.paths() == tuple(sorted(names))
        assert [index.definitions(f"place_{n}")[0].path for n in range(len(names))] == names
        assert index.match(["文件"])[0][0] == "空/文件.py"


def test_odd_texts_are_read_without_an_error(tmp_path: Path) -> None:
    write(
        tmp_path / "a",
        {
            "nul.py": "x = 1\0\n",
            "surrogate.py": "x = '\\ud800'\n",
            "bom.py": "\ufeffdef bom(): ...\n".encode(),
            "wide.py": "\ufeffdef wide(): ...\n".encode("utf-16-le"),
            "latin.py": "# coding: latin-1\ndef l(): return 'é'\n".encode("latin-1"),
            "mac.py": b"def mac():\r    return 1\r",
            "deep.py": "(" * 5_000 + ")" * 5_000,
            "long.py": "x = '" + "a" * 500_000 + "'\n",
            "empty.py": "",
            "blank.py": "\n\n\n",
            "form.py": "\f\ndef form(): ...\n",
        },
    )
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        assert index.refresh().complete
        assert index.defined(["bom", "wide", "l", "mac", "form"]) == {"bom": 1, "wide": 1, "l": 1, "mac": 1, "form": 1}
        everything(index)


def test_facts_with_characters_that_no_text_may_hold_are_kept_as_far_as_they_can(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "x\n", "b.py": "def b(): ...\n"})

    def extract(path: str, text: str) -> FileFacts:
        if path == "b.py":
            return facts_of(path, text)
        return FileFacts(
            "python", (Definition("od\udc80d", "function", path, 1, 1, "\ud800"),), {"\udcff": (1,)}, read="x"
        )

    with open_shop(tmp_path / "a", tmp_path / "data", extract=extract) as index:
        assert index.refresh().complete
        assert index.definitions("b")
        assert [one.signature for one in index.definitions_in("a.py")] == ["?"]


def opener_that_writes(root: Path, times: int) -> Open:
    """Return a call that opens a file, after which somebody writes more into it; so many times."""
    real = openat2()
    left = [None] * times

    def opened(folder: int, path: str, flags: int) -> int:
        handle = os.open(root / path, flags) if real is None else real(folder, path, flags)
        if left:
            left.pop()
            with (root / path).open("a") as file:
                file.write("more\n")
        return handle

    return opened


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "first\n"})
    opener = opener_that_writes(tmp_path, 2)
    reader = Reader(tmp_path, clock=lambda: 1 << 62, opener=lambda: opener)

    read = reader.read("a.py")

    status = (tmp_path / "a.py").stat()
    assert read is not None
    assert read.text == "first\nmore\nmore\n"
    assert read.stamp == (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    reader.close()


def test_a_file_that_never_stops_changing_is_looked_at_again_next_time(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "first\n"})
    opener = opener_that_writes(tmp_path, 9)
    reader = Reader(tmp_path, clock=lambda: 1 << 62, opener=lambda: opener)

    read = reader.read("a.py")

    assert read is not None
    assert read.text.startswith("first\nmore\n")
    assert read.stamp[2] == -1
    reader.close()


@pytest.mark.parametrize("step_by_step", [True, False])
def test_a_file_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one(
    tmp_path: Path, step_by_step: bool
) -> None:
    write(tmp_path, {"a.py": "a" * 300_000})
    stop = threading.Event()

    def rewrite() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            (tmp_path / "new").write_text("ab"[number % 2] * 300_000)
            (tmp_path / "new").rename(tmp_path / "a.py")

    thread = threading.Thread(target=rewrite)
    thread.start()
    reader = Reader(tmp_path, opener=(lambda: None) if step_by_step else openat2)
    try:
        for _ in range(100):
            read = reader.read("a.py")
            assert read is not None
            assert set(read.text) in ({"a"}, {"b"})
            assert len(read.text) == 300_000
    finally:
        stop.set()
        thread.join()
        reader.close()


def test_a_file_that_vanishes_before_it_is_read_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "import b\n", "b.py": "x = 1\n", "c.py": "y = 1\n"})

    def extract(path: str, text: str) -> FileFacts:
        (tmp_path / "a/b.py").unlink(missing_ok=True)
        return facts_of(path, text)

    with open_shop(tmp_path / "a", tmp_path / "data", extract=extract) as index:
        assert index.refresh().files == 2
        index.refresh()
        assert index.paths() == ("a.py", "c.py")


def test_a_file_that_may_not_be_read_is_counted_and_read_once_it_may(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    (tmp_path / "a/b.py").chmod(0)
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)

    def work() -> None:
        with open_shop(tmp_path / "a", tmp_path / "data") as index:
            status = index.refresh()
            assert status.skipped == {"not readable": 1}
            assert status.complete

    as_nobody(work)
    (tmp_path / "a/b.py").chmod(0o644)
    as_nobody(lambda: _reads_all(tmp_path))


def _reads_all(folder: Path) -> None:
    with open_shop(folder / "a", folder / "data") as index:
        assert index.refresh().files == 2


def test_words_and_names_of_any_kind_may_be_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "def x(): ...\n"})
    with open_shop(tmp_path / "a", tmp_path / "data") as index:
        index.refresh()
        for odd in (
            "",
            ".",
            "..",
            "'",
            '"',
            "%",
            "*",
            "[",
            "]",
            "a" * 100_000,
            "\0",
            "\ud800",
            "NEAR(a)",
            "x AND",
            "{x}",
        ):
            index.definitions(odd)
            index.definitions_like(odd)
            index.definitions_in(odd)
            index.defined([odd])
            index.references(odd)
            index.match([odd])
            index.search(odd)
        assert index.definitions("x")


def test_that_a_project_has_more_files_than_are_looked_at_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a", {"a.py": "x = 1\n"})
    told = "The project has more than 200,000 files; those beyond are not known."
    names = ("a.py", *(f"gone/{number}.py" for number in range(LIMIT - 1)))
    for listed, said in ((names[:1], ()), (names, (told,))):
        with open_index(tmp_path / "a", tmp_path / "data", list_files=lambda listed=listed: listed) as index:
            assert index.refresh().told == said
