"""Replies that are too long to be held in memory: packed into a file, kept in parts, read piece by piece."""

import hashlib
import os
import random
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.workspace.spool import Spool
from vivek.workspace.store import Store

LIMIT = 1_000


def long_text(size: int, seed: int = 1) -> str:
    """Return a text that does not pack well, with characters of one to four bytes and lone halves of pairs."""
    chosen = random.Random(seed)
    return "".join(chosen.choice("abcdefghijklmnopqrstuvwxyz é日👍\n\udcff") for _ in range(size))


def spooled(store: Store, text: str, size: int = 97) -> Spool:
    spool = Spool(store, LIMIT)
    for at in range(0, len(text), size):
        spool.add(text[at : at + size])
    return spool


@pytest.mark.parametrize("size", [0, 1, LIMIT, LIMIT + 1, 5_000, 700_000])
def test_a_reply_is_kept_as_it_came_whatever_its_length(store: Store, size: int) -> None:
    text = long_text(size)
    data = text.encode("utf-8", "surrogatepass")
    spool = spooled(store, text)

    assert (spool.length, spool.cut) == (size, size > LIMIT)
    sha = spool.keep()

    assert sha == hashlib.sha256(data).hexdigest()
    assert store.get_text(sha) == text
    assert "".join(store.pieces(sha)) == text
    assert store.put_text(text) == sha, "it has one place, however it came"


def test_a_short_reply_never_touches_the_disk(store: Store) -> None:
    store.folder.chmod(0o500)
    try:
        assert spooled(store, "short").text() == "short"
    finally:
        store.folder.chmod(0o700)


def test_of_a_long_reply_the_two_ends_can_be_told(store: Store) -> None:
    text = "".join(f"{number:05}" for number in range(9_000))
    spool = spooled(store, text)
    told = spool.text()
    spool.close()

    assert told.startswith(text[:LIMIT])
    assert told.endswith(text[-2_000:])
    assert len(told) < 4_200


def test_a_long_reply_is_kept_once(store: Store) -> None:
    text = long_text(5_000)
    assert spooled(store, text).keep() == spooled(store, text).keep()
    assert store._connection.execute("SELECT count(*) FROM blobs").fetchone() == (1,)
    assert store._connection.execute("SELECT count(*) FROM parts").fetchone() == (1,)


def test_a_reply_that_is_given_up_leaves_nothing(store: Store) -> None:
    before = sorted(path.name for path in store.folder.iterdir())
    spool = spooled(store, long_text(200_000))
    assert sorted(path.name for path in store.folder.iterdir()) == before, "the file has no name to be left behind"
    spool.close()
    spool.close()
    assert store._connection.execute("SELECT count(*) FROM blobs").fetchone() == (0,)


@pytest.mark.parametrize(
    "damage",
    ["UPDATE parts SET data = x'00' WHERE position = 1", "DELETE FROM parts WHERE position = 1", "DELETE FROM parts"],
)
def test_a_long_content_that_is_damaged_is_an_error(store: Store, damage: str) -> None:
    data = os.urandom(600_000)
    sha = spooled(store, data.hex()).keep()
    connection = sqlite3.connect(store.path)
    connection.execute(damage)
    connection.commit()
    connection.close()

    with pytest.raises(WorkspaceError, match="damaged"):
        store.get(sha)
    with pytest.raises(WorkspaceError, match="damaged"):
        list(store.pieces(sha))


def test_no_room_on_the_disk_is_told(store: Store) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        with pytest.raises(WorkspaceError, match="cannot be kept") as caught:
            spooled(store, os.urandom(400_000).hex())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "disk space" in caught.value.hint


GROW = """
import resource, sys
from pathlib import Path
from vivek.workspace.spool import Spool
from vivek.workspace.store import Store

with Store.open(Path(sys.argv[1])) as store:
    spool = Spool(store)
    for number in range(int(sys.argv[2])):
        spool.add(f"{number:08} " + "the same words in another order, again and again; " * 1_300)
    for piece in store.pieces(spool.keep()):
        assert piece
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_fifty_megabytes_take_no_more_memory_than_one(tmp_path: Path) -> None:
    def peak(pieces: int) -> int:
        command = [sys.executable, "-c", GROW, str(tmp_path / f"data-{pieces}"), str(pieces)]
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert peak(770) - peak(15) < 10
