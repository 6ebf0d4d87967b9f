"""The journal on a disk that fails at its n-th call and in a process that dies there, for every n."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workspace.faults import (
    CHANGING,
    FaultyDisk,
    Snapshot,
    failing,
    fill,
    input_output,
    no_space,
    nothing,
    snapshot,
    staged,
)
from tests.workspace.forking import die, killed_or_done
from vivek.errors import WorkspaceError
from vivek.schema.edits import ChangeSet
from vivek.workspace.disk import Disk
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store

THREAD = "calm-otter-7"


class Place:
    """A project of its own, with its store."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.root = folder / "project"
        self.data = folder / "data"
        fill(self.root)
        self.before = snapshot(self.root)
        with Store.open(self.data) as store:
            self.change_set: ChangeSet = staged(store, self.root)

    def apply(self, disk: Disk, watch: Callable[[str], None] | None = None) -> None:
        with Store.open(self.data) as store:
            store._connection.set_trace_callback(watch)
            Journal(store, Files(self.root, disk=disk)).apply(self.change_set, thread=THREAD, turn=1)

    def undo(self, disk: Disk, watch: Callable[[str], None] | None = None) -> None:
        with Store.open(self.data) as store:
            store._connection.set_trace_callback(watch)
            Journal(store, Files(self.root, disk=disk)).undo(THREAD)

    def redo(self, disk: Disk, watch: Callable[[str], None] | None = None) -> None:
        with Store.open(self.data) as store:
            store._connection.set_trace_callback(watch)
            Journal(store, Files(self.root, disk=disk)).redo(THREAD)

    def recover(self, disk: Disk | None = None, watch: Callable[[str], None] | None = None) -> list[str]:
        with Store.open(self.data) as store:
            store._connection.set_trace_callback(watch)
            return Journal(store, Files(self.root, disk=disk)).recover()

    def sound(self) -> bool:
        with Store.open(self.data) as store:
            return store._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def places(quick_folder: Path) -> Iterator[Place]:
    """Yield project after project."""
    return (Place(quick_folder / str(number)) for number in range(10_000))


@pytest.fixture
def after(places: Iterator[Place]) -> Snapshot:
    """Return what the project is once the change set is applied."""
    place = next(places)
    place.apply(Disk())
    assert snapshot(place.root) != place.before
    return snapshot(place.root)


class Steps:
    """Counts calls of the disk and statements of the database together and strikes at the n-th."""

    def __init__(self, at: int, strike: Callable[[], None]) -> None:
        self.at = at
        self.count = 0
        self.strike = strike
        self.disk = FaultyDisk(0, nothing, calls=CHANGING)
        self.disk.step = self._disk_step

    def _disk_step(self, name: str) -> None:
        if name in CHANGING:
            self.take(name)

    def take(self, what: str) -> None:
        self.count += 1
        if self.count == self.at:
            self.strike()


@pytest.mark.covers("F-B01", "F-B04")
@pytest.mark.parametrize(
    "strike", [no_space, input_output, failing(30), failing(13)], ids=["no space", "i/o", "read-only", "rights"]
)
def test_one_failing_call_of_the_disk_leaves_all_files_as_they_were(
    places: Iterator[Place], after: Snapshot, strike: Callable[[], None]
) -> None:
    at = 0
    while True:
        at += 1
        place = next(places)
        disk = FaultyDisk(at, strike)
        try:
            place.apply(disk)
        except WorkspaceError as error:
            assert error.hint
            assert disk.struck
            assert snapshot(place.root) == place.before, f"call {at}: {disk.seen[at - 1]}"
            assert place.recover() == [], "nothing was left to settle"
        else:
            assert snapshot(place.root) == after
            if not disk.struck:
                break
    assert at > 100


def test_a_disk_that_fails_for_good_is_settled_once_it_works_again(places: Iterator[Place], after: Snapshot) -> None:
    at, ends = 0, set()
    while True:
        at += 1
        place = next(places)
        disk = FaultyDisk(at, input_output, lasting=True, calls=CHANGING)
        try:
            place.apply(disk)
        except WorkspaceError:
            said = place.recover()
            now = snapshot(place.root)
            assert now in (place.before, after), f"call {at}: {disk.seen[at - 1]}"
            assert len(said) <= 1
            ends.add("after" if now == after else "before")
            assert place.recover() == []
        else:
            assert not disk.struck
            break
    assert at > 30
    assert ends == {"before", "after"}


@pytest.mark.covers("F-A02", "F-A03")
@pytest.mark.kill
def test_a_process_killed_at_any_step_of_an_apply_leaves_all_or_nothing(
    places: Iterator[Place], after: Snapshot
) -> None:
    at, ends = 0, set()
    while True:
        at += 1
        place = next(places)
        steps = Steps(at, die)
        if not killed_or_done(lambda place=place, steps=steps: place.apply(steps.disk, steps.take)):
            assert snapshot(place.root) == after
            break
        said = place.recover()
        now = snapshot(place.root)
        assert now in (place.before, after), f"step {at}"
        ends.add((now == after, bool(said)))
        assert place.recover() == []
        assert place.sound()
        place.apply(Disk())  # the step of the flow that was cut off runs again
        assert snapshot(place.root) == after
        place.undo(Disk())
        assert snapshot(place.root) == place.before
    assert at > 50
    assert ends == {(False, False), (True, True)}, "what had been cut off is finished, and said"


def test_one_failing_call_of_the_disk_during_an_undo_leaves_all_files_as_they_were(
    places: Iterator[Place], after: Snapshot
) -> None:
    at = 0
    while True:
        at += 1
        place = next(places)
        place.apply(Disk())
        disk = FaultyDisk(at, input_output, calls=CHANGING)
        try:
            place.undo(disk)
        except WorkspaceError:
            assert snapshot(place.root) == after, f"call {at}: {disk.seen[at - 1]}"
            place.undo(Disk())
        else:
            assert not disk.struck
            break
        assert snapshot(place.root) == place.before
    assert at > 25


@pytest.mark.covers("F-H03")
@pytest.mark.kill
def test_a_process_killed_at_any_step_of_an_undo_leaves_all_or_nothing(
    places: Iterator[Place], after: Snapshot
) -> None:
    at, ends = 0, set()
    while True:
        at += 1
        place = next(places)
        place.apply(Disk())
        steps = Steps(at, die)
        if not killed_or_done(lambda place=place, steps=steps: place.undo(steps.disk, steps.take)):
            assert snapshot(place.root) == place.before
            break
        place.recover()
        now = snapshot(place.root)
        assert now in (place.before, after), f"step {at}"
        ends.add(now == after)
        place.undo(Disk())
        assert snapshot(place.root) == place.before, "again is once, not one turn further"
    assert at > 50
    assert ends == {True, False}


@pytest.mark.covers("F-H03")
@pytest.mark.kill
def test_a_process_killed_at_any_step_of_a_redo_leaves_all_or_nothing(places: Iterator[Place], after: Snapshot) -> None:
    at, ends = 0, set()
    while True:
        at += 1
        place = next(places)
        place.apply(Disk())
        place.undo(Disk())
        steps = Steps(at, die)
        if not killed_or_done(lambda place=place, steps=steps: place.redo(steps.disk, steps.take)):
            assert snapshot(place.root) == after
            break
        place.recover()
        now = snapshot(place.root)
        assert now in (place.before, after), f"step {at}"
        ends.add(now == after)
        assert place.sound()
        if now == place.before:
            place.redo(Disk())
        assert snapshot(place.root) == after
    assert at > 50
    assert ends == {True, False}


@pytest.mark.kill
@pytest.mark.parametrize("first", [16, 30, 44, 58])
def test_a_process_killed_while_it_recovers_recovers_the_next_time(
    places: Iterator[Place], after: Snapshot, first: int
) -> None:
    at = 0
    while True:
        at += 2
        place = next(places)
        dying = Steps(first, die)
        assert killed_or_done(lambda place=place, steps=dying: place.apply(steps.disk, steps.take))
        steps = Steps(at, die)
        killed = killed_or_done(lambda place=place, steps=steps: place.recover(steps.disk, steps.take) and None)
        place.recover()
        assert snapshot(place.root) in (place.before, after)
        assert place.recover() == []
        if not killed:
            break


def test_a_disk_that_fails_while_recovering_is_said_and_tried_again(places: Iterator[Place], after: Snapshot) -> None:
    place = next(places)
    broken = FaultyDisk(3, input_output, lasting=True, calls=("rename", "remove"))
    with pytest.raises(WorkspaceError) as failed:
        place.apply(broken)
    assert "Start vivek again" in failed.value.hint

    said = place.recover(FaultyDisk(1, input_output, lasting=True))

    assert len(said) == 1
    assert "cannot be settled now" in said[0]
    assert "crlf.txt" in said[0]
    assert place.recover() != []
    assert snapshot(place.root) in (place.before, after)


def cut_off(place: Place, renames: int) -> None:
    """Kill an apply after so many renames."""
    disk = FaultyDisk(renames + 1, die, calls=("rename",))
    assert killed_or_done(lambda: place.apply(disk))


def test_recovery_finishes_what_was_approved_and_says_so(places: Iterator[Place], after: Snapshot) -> None:
    place = next(places)
    cut_off(place, 2)
    assert list(place.root.rglob("*.tmp")), "there is something to clean up"

    said = place.recover()

    assert snapshot(place.root) == after
    assert len(said) == 1
    assert "complete now" in said[0]
    assert "crlf.txt" in said[0]


@pytest.mark.covers("P14")
def test_the_names_of_temporary_files_cannot_be_foreseen(places: Iterator[Place]) -> None:
    names = []
    for _ in range(2):
        place = next(places)
        cut_off(place, 0)
        names.append({path.name for path in place.root.rglob("*.tmp")})

    assert len(names[0]) == len(names[1]) == 5
    assert not names[0] & names[1]


def test_recovery_takes_back_what_the_user_makes_impossible_and_leaves_their_file(places: Iterator[Place]) -> None:
    place = next(places)
    cut_off(place, 2)
    (place.root / "docs/target.txt").write_bytes(b"mine")

    said = place.recover()

    mine = {"docs/target.txt": ("file", b"mine", place.before["docs/target.txt"][2])}
    assert snapshot(place.root) == place.before | mine
    assert "taken back" in said[0]
    assert "left alone: link.txt" in said[0]
    assert place.recover() == []


@pytest.mark.parametrize("obstacle", ["folder", "file above", "link out"])
def test_recovery_gets_past_things_put_in_its_way(places: Iterator[Place], tmp_path: Path, obstacle: str) -> None:
    place = next(places)
    cut_off(place, 3)
    if obstacle == "folder":
        (place.root / "crlf.txt").unlink()
        (place.root / "crlf.txt").mkdir()
    else:
        for path in sorted((place.root / "new").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (place.root / "new").rmdir()
        if obstacle == "file above":
            (place.root / "new").write_bytes(b"mine")
        else:
            (tmp_path / "outside").mkdir()
            (place.root / "new").symlink_to(tmp_path / "outside", target_is_directory=True)

    said = place.recover()

    assert "taken back" in said[0]
    assert place.recover() == []
    changed = {name for name, entry in snapshot(place.root).items() if place.before.get(name) != entry}
    assert changed == {"crlf.txt" if obstacle == "folder" else "new"}
    assert not (tmp_path / "outside").exists() or list((tmp_path / "outside").iterdir()) == []


def test_an_apply_that_runs_again_after_a_kill_needs_no_recovery(places: Iterator[Place], after: Snapshot) -> None:
    place = next(places)
    cut_off(place, 2)

    place.apply(Disk())

    assert snapshot(place.root) == after
    assert place.recover() == []


def test_an_undo_after_a_kill_settles_first_and_says_so(places: Iterator[Place]) -> None:
    place = next(places)
    cut_off(place, 2)

    with Store.open(place.data) as store:
        outcome = Journal(store, Files(place.root)).undo(THREAD)

    assert snapshot(place.root) == place.before
    assert outcome.turn == 1
    assert "complete now" in outcome.notes[0]


def test_an_interrupt_in_the_middle_takes_everything_back(places: Iterator[Place]) -> None:
    place = next(places)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.apply(FaultyDisk(3, interrupt, calls=("rename",)))

    assert snapshot(place.root) == place.before
    assert place.recover() == []


def test_a_database_that_cannot_be_written_leaves_the_files_as_they_were(places: Iterator[Place]) -> None:
    place = next(places)
    with Store.open(place.data) as store:
        store._connection.execute("PRAGMA max_page_count=1")
        store._connection.execute("PRAGMA query_only=ON")
        with pytest.raises(WorkspaceError):
            Journal(store, Files(place.root)).apply(place.change_set, thread=THREAD, turn=1)

    assert snapshot(place.root) == place.before
