"""Random walks between the turns of threads, with the journal alone: changes, undos, edits by hand, returns, failures.

120 walks of 14 steps. Two threads work on the same files; whatever happened, the way back is the way there.
"""

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.workspace.faults import CHANGING, FaultyDisk, input_output
from vivek.errors import WorkspaceError
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.journal.leaps import Leap, leap_of
from vivek.workspace.journal.moves import Record
from vivek.workspace.journal.travel import Travel
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

WALKS, STEPS = 120, 14
PATHS = ("a.txt", "sub/b.txt", "sub/deep/c.txt")
THREADS = ("one", "two")
Tree = dict[str, bytes | None]


@dataclass
class Walk:
    """Two threads in one folder, and how the files were at the end of each of their turns."""

    folder: Path
    chance: random.Random
    store: Store
    ends: dict[str, list[Tree]] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    number: int = 0

    @property
    def root(self) -> Path:
        return self.folder / "project"

    def tree(self) -> Tree:
        return {path: (self.root / path).read_bytes() if (self.root / path).is_file() else None for path in PATHS}

    def content(self) -> bytes:
        self.number += 1
        return self.chance.choice([b"", b"one\n", b"two\r\n", b"\xff\x00", f"{self.number}\n".encode()])

    def travel(self, disk: FaultyDisk | None = None) -> Travel:
        return Travel(self.store, Files(self.root, disk=disk))

    def change(self, thread: str) -> None:
        held = self.tree()
        turn = len(self.ends[thread])
        # The same id for the same turn, as a thread has it that takes a turn again.
        wanted = {
            path: None if self.chance.random() < 0.3 else self.content()
            for path in self.chance.sample(PATHS, self.chance.randrange(1, 4))
        }
        change_set = Stage(self.store).stage(wanted, held, id=f"{thread}-{turn}")
        Journal(self.store, Files(self.root)).apply(change_set, thread=thread, turn=turn)
        self.ends[thread].append(self.tree())
        self.users -= set(wanted)

    def undo(self, thread: str) -> None:
        before = self.tree()
        Journal(self.store, Files(self.root)).undo(thread, finished=len(self.ends[thread]) - 1)
        assert all(self.tree()[path] == before[path] for path in self.users)

    def edit(self) -> None:
        path = self.chance.choice(PATHS)
        place = self.root / path
        if place.is_file() and self.chance.random() < 0.3:
            place.unlink()
            self.users.discard(path)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"by hand %d\n" % self.number + self.content())
            self.users.add(path)

    def go_back(self, thread: str) -> None:
        turn, before = self.chance.randrange(len(self.ends[thread])), self.tree()
        force, self.number = self.chance.random() < 0.3, self.number + 1
        there = Leap(thread, turn, f"aside-{self.number}")
        if self.chance.random() > 0.3 or not self.fail(there, force=force):
            planned = self.travel().plan(there, force=force)
            assert self.tree() == before
            done = self.travel().go(there, force=force)
            assert (done.moves, done.kept) == (planned.moves, planned.kept)
        after = self.tree()
        if not force:
            assert all(after[path] == before[path] for path in self.users)
        back = Leap(thread, turn, f"back-{self.number}", back=there.aside)
        assert self.travel().go(there, force=force).moves == ()
        again = self.travel().go(back)
        assert self.tree() == before
        assert again.kept == ()
        if self.chance.random() < 0.6:
            self.travel().go(Leap(thread, turn, f"again-{self.number}"), force=force)
            assert self.tree() == after
            del self.ends[thread][turn + 1 :]
            self.users = {path for path in self.users if after[path] == before[path]}

    def fail(self, leap: Leap, *, force: bool) -> bool:
        """Let the disk fail on the way: nothing has happened then, or the next start completes it; tell which."""
        before = self.tree()
        disk = FaultyDisk(self.chance.randrange(1, 12), input_output, lasting=False, calls=CHANGING)
        try:
            self.travel(disk).go(leap, force=force)
        except WorkspaceError:
            if not self.travel().settle(leap):
                assert self.tree() == before
                return False
        return True


@pytest.fixture
def folders() -> Iterator[Path]:
    """Return a folder in memory where there is one: a walk waits for the disk most of the time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="vivek-tests-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.mark.parametrize("part", range(6))
def test_the_way_back_is_the_way_there(folders: Path, part: int) -> None:
    for seed in range(part * WALKS // 6, (part + 1) * WALKS // 6):
        folder = folders / str(seed)
        (folder / "project").mkdir(parents=True)
        with Store.open(folder / "data") as store:
            walk = Walk(folder, random.Random(seed), store)
            walk.ends = {thread: [walk.tree()] for thread in THREADS}
            for _ in range(STEPS):
                thread = walk.chance.choice(THREADS[: 1 + seed % 2])
                step = walk.chance.choice(["change", "change", "change", "undo", "edit", "back"])
                if step == "edit":
                    walk.edit()
                elif step == "back":
                    walk.go_back(thread)
                elif step == "undo":
                    walk.undo(thread)
                else:
                    walk.change(thread)


def test_without_edits_by_hand_every_turn_comes_back_whole(folders: Path) -> None:
    for seed in range(60):
        folder = folders / str(seed)
        (folder / "project").mkdir(parents=True)
        with Store.open(folder / "data") as store:
            walk = Walk(folder, random.Random(seed), store)
            walk.ends = {"one": [walk.tree()]}
            for _ in range(8):
                walk.chance.choice([walk.change, walk.change, walk.undo])("one")
            for turn in range(len(walk.ends["one"]) - 1, -1, -1):
                assert walk.travel().go(Leap("one", turn, f"aside-{turn}")).kept == ()
                assert walk.tree() == walk.ends["one"][turn]


def test_a_leap_says_what_it_is_in_its_id() -> None:
    for leap in (Leap("calm-otter-7", 3, "calm-otter-7-r1"), Leap("a", 0, "b", back="c", files=False)):
        record = Record(leap.id, "digest", "undo", leap.aside, leap.turn, "0" * 16, ())
        assert leap_of(record) == leap
