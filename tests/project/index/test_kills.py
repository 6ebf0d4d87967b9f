"""A refresh that is killed at any moment: the index is usable, keeps all but one batch, and is completed later."""

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.index.making import everything, open_shop, write
from tests.workspace.forking import die, killed_or_done
from vivek.project.index.refresh import BATCH
from vivek.schema.index import FileFacts
from vivek.syntax.facts import facts_of

REFRESH = """
import sys
from pathlib import Path
from tests.project.index.making import open_shop
from vivek.syntax.facts import facts_of

def extract(path, text):
    print(path, flush=True)
    return facts_of(path, text)

with open_shop(Path(sys.argv[1]), Path(sys.argv[2]), extract=extract, reader="1") as index:
    index.refresh()
"""


def project(root: Path, files: int = 350) -> Path:
    write(
        root,
        {f"p{n % 7}/m{n}.py": f"import m{n - 1}\n\n\ndef name_{n}(a):\n    return a + {n}\n" for n in range(files)},
    )
    return root


def expected(root: Path, data: Path) -> dict[str, object]:
    with open_shop(root, data) as index:
        index.refresh()
        return everything(index, texts=["name_3"])


@pytest.mark.kill
@pytest.mark.parametrize("file", [1, 150, 349])
def test_a_kill_while_files_are_read_loses_one_batch_at_most(tmp_path: Path, file: int) -> None:
    root, data = project(tmp_path / "a"), tmp_path / "data"

    def work() -> None:
        seen = 0

        def extract(path: str, text: str) -> FileFacts:
            nonlocal seen
            seen += 1
            if seen == file:
                die()
            return facts_of(path, text)

        with open_shop(root, data, extract=extract, reader="1") as index:
            index.refresh()

    assert killed_or_done(work)
    with open_shop(root, data, extract=facts_of, reader="1") as index:
        status = index.status()
        assert status.told == ()
        assert not status.complete
        assert status.files == (file - 1) // BATCH * BATCH
        assert index.refresh().complete
        assert everything(index, texts=["name_3"]) == expected(root, tmp_path / "new")


@pytest.mark.kill
def test_a_kill_at_any_moment_leaves_an_index_that_is_completed_later(tmp_path: Path) -> None:
    root, data = project(tmp_path / "a"), tmp_path / "data"
    chance = random.Random(3)
    ends = []
    for turn in range(12):
        write(root, {f"p{n % 7}/m{n}.py": f"def name_{n}_{turn}(a):\n    return {n}\n" for n in range(0, 350, 2)})
        command = [sys.executable, "-c", REFRESH, str(root), str(data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 160)):
                child.stdout.readline()
            child.kill()
        ends.append(child.returncode)
        connection = sqlite3.connect(data / "index.db")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()

    assert -signal.SIGKILL in ends
    with open_shop(root, data, extract=facts_of, reader="1") as index:
        status = index.refresh()
        assert status.complete
        assert status.told == ()
        assert everything(index, texts=["name_3"]) == expected(root, tmp_path / "new")
