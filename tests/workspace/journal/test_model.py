"""Any order of changes, failures, hand edits and undos, against a model of what the files must hold."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.workspace.faults import CHANGING, FaultyDisk, input_output
from vivek.errors import WorkspaceError
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.journal.retreat import UndoOutcome
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

PATHS = ("a.txt", "sub/b.txt", "sub/deep/c.txt")
Contents = dict[str, bytes | None]

contents = st.one_of(st.none(), st.sampled_from([b"", b"one\n", b"two\r\n", b"\xff\x00"]))
changes = st.dictionaries(st.sampled_from(PATHS), contents, min_size=1)


class JournalMachine(RuleBasedStateMachine):
    """Keeps what each file must hold, and each turn's way back."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="vivek-tests-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        )
        (self.folder / "project").mkdir()
        self.store = Store.open(self.folder / "data")
        self.files = Files(self.folder / "project")
        self.held: Contents = dict.fromkeys(PATHS)
        self.turns: list[list[tuple[Contents, Contents]]] = []
        self.undone: list[tuple[Contents, Contents]] = []
        self.number = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def journal(self, disk: FaultyDisk | None = None) -> Journal:
        return Journal(self.store, Files(self.folder / "project", disk=disk))

    def effective(self, wanted: Contents) -> Contents:
        return {path: data for path, data in wanted.items() if data != self.held[path]}

    def note(self, after: Contents, same_turn: bool) -> None:
        if not after:
            return
        self.undone.clear()
        before = {path: self.held[path] for path in after}
        if same_turn and self.turns:
            self.turns[-1].append((before, after))
        else:
            self.turns.append([(before, after)])
        self.held |= after

    def turn_number(self, same_turn: bool) -> int:
        return len(self.turns) if same_turn and self.turns else len(self.turns) + 1

    @rule(wanted=changes, same_turn=st.booleans())
    def change(self, wanted: Contents, same_turn: bool) -> None:
        self.number += 1
        change_set = Stage(self.store).stage(wanted, self.held, id=str(self.number))
        for _ in range(2):
            self.journal().apply(change_set, thread="t", turn=self.turn_number(same_turn))
        self.note(self.effective(wanted), same_turn)

    @rule(wanted=changes, at=st.integers(1, 40), lasting=st.booleans())
    def change_on_a_failing_disk(self, wanted: Contents, at: int, lasting: bool) -> None:
        self.number += 1
        change_set = Stage(self.store).stage(wanted, self.held, id=str(self.number))
        disk = FaultyDisk(at, input_output, lasting=lasting, calls=CHANGING)
        try:
            self.journal(disk).apply(change_set, thread="t", turn=len(self.turns) + 1)
        except WorkspaceError:
            said = self.journal().recover()
            if said and "complete now" in said[0]:
                self.note(self.effective(wanted), same_turn=False)
        else:
            self.note(self.effective(wanted), same_turn=False)

    @rule(wanted=changes)
    def user_edits(self, wanted: Contents) -> None:
        for path, data in wanted.items():
            if data is None:
                (self.folder / "project" / path).unlink(missing_ok=True)
            else:
                (self.folder / "project" / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / "project" / path).write_bytes(data)
        self.held |= wanted

    @rule()
    def undo(self) -> None:
        would = self.journal().undo("t", dry_run=True)
        outcome = self.journal().undo("t")
        assert outcome == would
        if not self.turns:
            assert outcome.turn is None
            return
        self.undone.append(self.take_back(self.turns.pop(), outcome))

    @rule()
    def redo(self) -> None:
        would = self.journal().redo("t", dry_run=True)
        outcome = self.journal().redo("t")
        assert outcome == would
        if not self.undone:
            assert outcome.turn is None
            return
        self.turns.append([self.take_back([self.undone.pop()], outcome)])
        assert outcome.turn == len(self.turns)

    def take_back(self, changes: list[tuple[Contents, Contents]], outcome: UndoOutcome) -> tuple[Contents, Contents]:
        """Take changes back in the model; return what the files were and what they are."""
        start = dict(self.held)
        left: set[str] = set()
        taken: set[str] = set()
        for before, after in reversed(changes):
            for path in after:
                if self.held[path] == after[path]:
                    self.held[path] = before[path]
                    taken.add(path)
                elif self.held[path] != before[path]:
                    left.add(path)
        restored = {path for path in taken if self.held[path] != start[path]}
        assert set(outcome.restored) == restored
        assert {kept.path for kept in outcome.kept} == left - taken
        return {path: start[path] for path in restored}, {path: self.held[path] for path in restored}

    @rule()
    def start_again(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "data")
        assert self.journal().recover() == []

    @invariant()
    def files_are_as_they_must_be(self) -> None:
        if not hasattr(self, "held"):
            return
        assert {path: self.files.read(path) for path in PATHS} == self.held
        assert not list((self.folder / "project").rglob("*.tmp"))


JournalMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, derandomize=True, database=None
)
TestJournal = JournalMachine.TestCase
