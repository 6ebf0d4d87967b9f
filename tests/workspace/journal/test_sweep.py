"""Calls of the disk and of the database fail, each once, for each kind of error; after each all files are as before."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.faults import CHANGING, FaultyDisk, Snapshot, failing, snapshot
from tests.workspace.journal.test_faults import THREAD, Place
from vivek.errors import WorkspaceError
from vivek.workspace.disk import Disk
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store


@pytest.fixture
def places(quick_folder: Path) -> Iterator[Place]:
    """Yield project after project."""
    return (Place(quick_folder / str(number)) for number in range(10_000))


@pytest.fixture
def after(places: Iterator[Place]) -> Snapshot:
    """Return what the project is once the change set is applied."""
    place = next(places)
    place.apply(Disk())
    return snapshot(place.root)


class FaultyConnection:
    """A connection whose n-th statement or commit fails, as SQLite's own errors do."""

    def __init__(self, inner: sqlite3.Connection, at: int, code: int) -> None:
        self._inner = inner
        self._at = at
        self._code = code
        self.seen = 0

    def _step(self) -> None:
        self.seen += 1
        if self.seen == self._at:
            error = sqlite3.OperationalError("struck")
            error.sqlite_errorcode = self._code
            raise error

    def execute(self, *arguments: Any) -> sqlite3.Cursor:  # Any: whatever sqlite3 takes
        self._step()
        return self._inner.execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:  # Any: whatever sqlite3 takes
        self._step()
        return self._inner.executemany(*arguments)

    def __enter__(self) -> None:
        self._inner.__enter__()

    def __exit__(self, kind: Any, *rest: Any) -> None:  # Any: whatever sqlite3 takes
        try:
            if kind is None:
                self._step()  # the commit
        except sqlite3.OperationalError:
            self._inner.rollback()
            raise
        self._inner.__exit__(kind, *rest)

    def __getattr__(self, name: str) -> Any:  # Any: the rest of a connection
        return getattr(self._inner, name)


def struck(place: Place, at: int, code: int, act: Callable[[Journal], object]) -> bool:
    """Let the n-th call of the database fail; return whether it came to that."""
    with Store.open(place.data) as store:
        connection = FaultyConnection(store._connection, at, code)
        store._connection = connection  # type: ignore[assignment]  # it stands where the database is
        try:
            act(Journal(store, Files(place.root)))
        except WorkspaceError as error:
            assert error.message
            assert connection.seen >= at
        return connection.seen >= at


@pytest.mark.covers("F-B02", "F-B04", "F-B08")
@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY], ids=["full", "i/o", "rights"]
)
@pytest.mark.parametrize("way", ["apply", "undo", "redo"])
def test_a_database_that_fails_at_any_call_leaves_all_files_as_they_were(
    places: Iterator[Place], after: Snapshot, way: str, code: int
) -> None:
    at = 0
    while True:
        at += 1
        place = next(places)
        if way != "apply":
            place.apply(Disk())
        if way == "redo":
            place.undo(Disk())

        def act(journal: Journal, place: Place = place) -> object:
            if way == "apply":
                return journal.apply(place.change_set, thread=THREAD, turn=1)
            return journal.undo(THREAD) if way == "undo" else journal.redo(THREAD)

        start = snapshot(place.root)
        if not struck(place, at, code, act):
            assert snapshot(place.root) == (place.before if way == "undo" else after)
            break
        assert snapshot(place.root) == start, f"call {at}"
        assert place.recover() == [], "nothing was left to settle"
        assert place.sound()
    assert at > 12


@pytest.mark.covers("F-B04", "F-B06")
@pytest.mark.parametrize(("way", "number"), [("undo", errno.EACCES), ("redo", errno.EDQUOT)])
def test_a_disk_that_fails_at_any_call_of_an_undo_or_a_redo_leaves_all_files_as_they_were(
    places: Iterator[Place], after: Snapshot, way: str, number: int
) -> None:
    at = 0
    while True:
        at += 2
        place = next(places)
        place.apply(Disk())
        if way == "redo":
            place.undo(Disk())
        start = snapshot(place.root)
        disk = FaultyDisk(at, failing(number), calls=CHANGING)
        with Store.open(place.data) as store:
            journal = Journal(store, Files(place.root, disk=disk))
            try:
                (journal.undo if way == "undo" else journal.redo)(THREAD)
            except WorkspaceError as error:
                assert error.hint
                assert snapshot(place.root) == start, f"call {at}: {disk.seen[at - 1]}"
                continue
        assert snapshot(place.root) == (place.before if way == "undo" else after)
        if not disk.struck:
            break
    assert at > 25


@pytest.mark.covers("F-B05")
def test_a_system_that_writes_a_little_at_a_time_gets_all_of_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: plain(handle, data[:7]))

    Files(root).write("a", b"a good deal more than seven bytes" * 9)

    assert (root / "a").read_bytes() == b"a good deal more than seven bytes" * 9


@pytest.mark.covers("F-A03", "F-B04")
def test_rights_and_moved_files_come_back_when_the_disk_fails(places: Iterator[Place]) -> None:
    files = {
        "untouched.txt": b"stays\n",
        "bin/run.sh": None,
        "sbin/run.sh": b"#!/bin/sh\necho old\n",
        "crlf.txt": b"new\n",
    }
    at = 0
    while True:
        at += 1
        place = next(places)
        current = {path: (place.root / path).read_bytes() for path in files if (place.root / path).exists()}
        disk = FaultyDisk(at, failing(errno.EIO), calls=CHANGING)
        with Store.open(place.data) as store:
            modes = {"untouched.txt": 0o755, "sbin/run.sh": 0o755}
            change_set = Stage(store).stage(files, current, id="one", modes=modes)
            journal = Journal(store, Files(place.root, disk=disk))
            try:
                journal.apply(change_set, thread=THREAD, turn=1)
            except WorkspaceError:
                assert snapshot(place.root) == place.before, f"call {at}: {disk.seen[at - 1]}"
                continue
            assert not disk.struck
            assert snapshot(place.root) != place.before
        break
    assert at > 20
