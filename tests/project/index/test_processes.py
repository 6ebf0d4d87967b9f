"""Two processes with one index: both get on, and the second sees what the first did."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.project.index.making import SHOP, everything, open_shop, shop, write
from vivek.project.index.index import Index
from vivek.schema.index import FileFacts
from vivek.syntax.facts import facts_of
from vivek.workspace.locks import hold

WORK = """
import random, sys
from pathlib import Path
from tests.project.index.making import open_shop
root, number = Path(sys.argv[1]), int(sys.argv[3])
with open_shop(root, Path(sys.argv[2])) as index:
    for turn in range(6):
        (root / f"own{number}.py").write_text(f"def own_{number}_{turn}(): ...\\n")
        index.refresh()
        assert [one.path for one in index.definitions(f"own_{number}_{turn}")] == [f"own{number}.py"], turn
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.mark.kill
def test_processes_that_refresh_one_index_at_once_leave_it_whole(root: Path, tmp_path: Path) -> None:
    write(root, {f"m{number}.py": f"def name_{number}(): ...\n" for number in range(150)})
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, str(root), str(tmp_path / "data"), str(number)],
            cwd=Path(__file__).parents[3],
            stderr=subprocess.PIPE,
        )
        for number in range(3)
    ]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors.decode()

    with open_shop(root, tmp_path / "data") as index, open_shop(root, tmp_path / "new") as other:
        assert index.status().told == ()
        index.refresh()
        other.refresh()
        assert everything(index) == everything(other)


def test_the_second_one_waits_for_the_first_and_reads_nothing_again(root: Path, tmp_path: Path) -> None:
    read: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def first(path: str, text: str) -> FileFacts:
        begun.set()
        assert go_on.wait(30)
        return facts_of(path, text)

    def second(path: str, text: str) -> FileFacts:
        read.append(path)
        return facts_of(path, text)

    def opened(extract: object) -> Index:
        return open_shop(root, tmp_path / "data", extract=extract, reader="1")  # type: ignore[arg-type]  # one of the two

    with opened(first) as one, opened(second) as two:
        threads = [threading.Thread(target=one.refresh)]
        threads[0].start()
        assert begun.wait(30)
        threads.append(threading.Thread(target=two.refresh))
        threads[1].start()
        go_on.set()
        for thread in threads:
            thread.join(60)

        assert read == []
        assert two.status().files == len(SHOP)
        assert two.definitions("discount") == one.definitions("discount")


def test_whoever_waits_may_be_stopped(root: Path, tmp_path: Path) -> None:
    with open_shop(root, tmp_path / "data") as index:
        lock = tmp_path / "data/locks/index.lock"
        asked = iter([False] * 12)
        with hold(lock, wait=1):
            status = index.refresh(stop=lambda: next(asked, True))

        assert status.files == 0
        assert index.refresh().complete


def test_one_sees_at_once_what_the_other_wrote(root: Path, tmp_path: Path) -> None:
    with open_shop(root, tmp_path / "data") as one, open_shop(root, tmp_path / "data") as two:
        one.refresh()
        assert two.status().complete
        assert two.edges() == one.edges() != {}

        write(root, {"till/tax.py": "from till.prices import VAT\n\n\ndef quarter(): ...\n"})
        one.refresh()

        assert two.definitions("quarter")
        assert two.edges() == one.edges()
        assert [hit.path for hit in two.search("uarte")] == ["till/tax.py"]


def test_an_index_that_another_one_made_anew_is_taken_up(root: Path, tmp_path: Path) -> None:
    with open_shop(root, tmp_path / "data") as one:
        one.refresh()
        with open_shop(root, tmp_path / "data", reader="newer") as two:
            two.refresh()
            assert one.definitions("discount") == two.definitions("discount")
        one.refresh()
        assert one.definitions("discount")
