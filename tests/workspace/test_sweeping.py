"""Sweeping: what anything names stays readable, the rest goes, and the file becomes smaller."""

import hashlib
import os
import random
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.workspace.forking import die, killed_or_done
from tests.workspace.test_store import direct, row
from vivek.errors import WorkspaceError
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.schema.pictures import Picture
from vivek.schema.transcript import Row
from vivek.workspace.contents import FILE_NAME, Contents
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.spool import Spool
from vivek.workspace.store import Store
from vivek.workspace.sweeping import SLICE, sweep


def naming(*hashes: str) -> "Named":
    return Named(hashes)


class Named:
    """What the world outside names."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self.hashes = tuple(hashes)

    def __call__(self, contents: Contents) -> Iterable[str]:
        return self.hashes


def noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def test_what_nothing_names_goes_and_the_file_becomes_smaller(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        kept = store.put(noise(0, 50_000))
        gone = [store.put(noise(number, 50_000)) for number in range(1, 40)]
    before = (data / FILE_NAME).stat().st_size

    freed = sweep(data, naming(kept))

    assert before - (data / FILE_NAME).stat().st_size == freed > 39 * 50_000
    with Store.open(data) as store:
        assert store.get(kept) == noise(0, 50_000)
        assert not any(map(store.has, gone))


def test_a_chain_is_kept_from_its_head_back_and_a_branch_that_nobody_names_goes(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        chain: list[Row] = []
        for number in range(6):
            chain.append(row(f"said {number}", chain[-1] if chain else None))
            store.commit_message(chain[-1], f"said {number}")
        branch = row("another way", chain[2])
        store.commit_message(branch, "another way")

    sweep(data, naming(chain[4].hash))

    with Store.open(data) as store:
        assert [each.hash for each in store.chain(chain[4].hash)] == [each.hash for each in chain[:5]]
        assert [store.get_text(each.blob) for each in chain[:5]] == [f"said {number}" for number in range(5)]
        assert not store.has(chain[5].blob)
        assert not store.has(branch.blob)
        with pytest.raises(WorkspaceError, match="missing"):
            store.chain(branch.hash)


def test_pictures_of_a_message_and_the_parts_of_a_long_text_are_kept_with_what_names_them(root: Path) -> None:
    data = root / ".vivek"
    long = "a long reply " * 60_000
    with Store.open(data) as store:
        picture, other = store.put(noise(1, 3_000)), store.put(noise(2, 3_000))
        shown = Picture("screen.png", "image/png", picture, 10, 10)
        said = row("look", None)
        said = Row(said.hash, None, said.role, said.node, said.blob, said.tokens, (shown,))
        store.commit_message(said, "look")
        spooled = []
        for text in (long, long + "!"):
            spool = Spool(store, limit=1_000)
            spool.add(text)
            spooled.append(spool.keep())

    sweep(data, naming(said.hash, spooled[0]))

    with Store.open(data) as store:
        assert store.has(picture)
        assert not store.has(other)
        assert "".join(store.pieces(spooled[0])) == long
        assert not store.has(spooled[1])
        with store.reading() as connection:
            orphans = "SELECT count(*) FROM parts WHERE blob NOT IN (SELECT id FROM blobs)"
            assert connection.execute(orphans).fetchone() == (0,)


def test_what_undo_and_redo_need_is_kept_and_still_works(root: Path) -> None:
    data = root / ".vivek"
    (root / "a.txt").write_bytes(b"old\n")
    with Store.open(data) as store:
        after = store.put(b"new\n")
        before = hashlib.sha256(b"old\n").hexdigest()
        edit = FileEdit("a.txt", "modify", before, after, 1, 1)
        Journal(store, Files(root)).apply(ChangeSet("c1", (edit,)), thread="t", turn=1)

    sweep(data, naming())

    with Store.open(data) as store:
        assert store.get(before) == b"old\n"
        assert store.get(after) == b"new\n"


def test_random_stores_keep_all_that_is_named_and_nothing_else(root: Path) -> None:
    for seed in range(15):
        chance = random.Random(seed)
        data = root / f"store-{seed}"
        with Store.open(data) as store:
            blobs = [store.put(chance.randbytes(chance.randrange(400))) for _ in range(30)]
            rows: list[Row] = []
            texts = {}
            for number in range(60):
                parent = chance.choice([None, *rows])
                said = row(f"{seed} {number}", parent)
                store.commit_message(said, f"{seed} {number}")
                texts[said.hash] = f"{seed} {number}"
                rows.append(said)
        heads = chance.sample(rows, chance.randrange(4))
        named = chance.sample(blobs, chance.randrange(10))

        sweep(data, naming(*(head.hash for head in heads), *named))

        above = {each.hash: each.parent for each in rows}
        reached = set()
        for head in heads:
            at: str | None = head.hash
            while at is not None:
                reached.add(at)
                at = above[at]
        with Store.open(data) as store:
            for head in heads:
                assert store.chain(head.hash)[-1].hash == head.hash
            for each in rows:
                assert store.has(each.blob) == (each.hash in reached)
                if each.hash in reached:
                    assert store.get_text(each.blob) == texts[each.hash]
            assert {sha for sha in blobs if store.has(sha)} == set(named)
            with store.reading() as connection:
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_swept_while_another_process_holds_what_it_has_not_named_yet(root: Path) -> None:
    data, sign, end = root / ".vivek", root / "sign", root / "end"
    content = noise(5, 5_000)
    with Store.open(data):
        pass
    child = os.fork()
    if child == 0:
        store = Store.open(data)
        store.put(content)
        sign.write_text("kept")
        while not end.exists():
            time.sleep(0.01)
        os._exit(0 if store.get(hashlib.sha256(content).hexdigest()) == content else 1)
    while not sign.exists():
        time.sleep(0.01)

    freed = sweep(data, naming())
    end.touch()
    assert freed == 0
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    assert sweep(data, naming()) >= 0
    with Store.open(data) as store:
        assert not store.has(hashlib.sha256(content).hexdigest())


def test_who_was_killed_holds_nothing_back(root: Path) -> None:
    data = root / ".vivek"

    def work() -> None:
        Store.open(data).put(noise(6, 5_000))
        die()

    assert killed_or_done(work)
    sweep(data, naming())

    with Store.open(data) as store:
        assert not store.has(hashlib.sha256(noise(6, 5_000)).hexdigest())


def test_a_store_opens_once_the_sweep_is_over(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        for number in range(SLICE + 7):
            store.put(noise(number, 100))
    sign = root / "sign"
    child = os.fork()
    if child == 0:
        while not sign.exists():
            time.sleep(0.001)
        with Store.open(data) as late:
            late.put(b"late")
        os._exit(0)

    def named(contents: Contents) -> Iterable[str]:
        sign.touch()
        time.sleep(0.1)
        return ()

    sweep(data, named)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with Store.open(data) as store:
        assert store.has(hashlib.sha256(b"late").hexdigest())


def test_a_root_that_cannot_be_read_ends_the_sweep_before_it_begins(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        sha = store.put(b"content")

    def named(contents: Contents) -> Iterable[str]:
        yield "0" * 64
        raise WorkspaceError("unreadable")

    with pytest.raises(WorkspaceError, match="unreadable"):
        sweep(data, named)
    with Store.open(data) as store:
        assert store.has(sha)


def test_a_writer_that_knows_no_lock_ends_the_sweep(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        for number in range(2 * SLICE):
            store.put(noise(number, 50))
    calls = []

    def old_vivek() -> float:
        calls.append(1)
        if len(calls) == 2:
            connection = sqlite3.connect(data / FILE_NAME)
            connection.execute("UPDATE blobs SET size = size + 1 WHERE id = 1")
            connection.commit()
            connection.close()
        return 0.0

    sweep(data, naming(), clock=old_vivek)

    with Store.open(data) as store, store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM blobs").fetchone() == (SLICE,)


def test_a_sweep_that_runs_out_of_time_is_gone_on_with_by_the_next(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        for number in range(3 * SLICE):
            store.put(noise(number, 50))
        kept = store.put(b"kept")
    ticks = iter(range(1_000))

    def left() -> int:
        with Store.open(data) as store, store.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM blobs").fetchone()[0])

    sweep(data, naming(kept), seconds=0, clock=lambda: next(ticks))
    assert SLICE < left() < 3 * SLICE
    sweep(data, naming(kept))
    assert left() == 1


def test_a_forged_circle_of_messages_is_swept_and_ends(root: Path) -> None:
    data = root / ".vivek"
    with Store.open(data) as store:
        first, kept = row("first", None), row("kept", None)
        store.commit_message(first, "first")
        second = row("second", first)
        store.commit_message(second, "second")
        store.commit_message(kept, "kept")
        direct(store, "UPDATE transcript SET parent = 2 WHERE id = 1")

    sweep(data, naming(kept.hash))
    with Store.open(data) as store:
        assert store.has(kept.blob)
        assert not store.has(first.blob)
    sweep(data, naming(kept.hash, first.hash))


def test_a_project_without_a_database_has_nothing_to_sweep(root: Path) -> None:
    assert sweep(root / ".vivek", naming()) == 0
    assert not (root / ".vivek").exists()
