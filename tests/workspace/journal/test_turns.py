"""Undo and redo turn by turn, told before it is done, with rights and moved files."""

import stat
from pathlib import Path

import pytest

from tests.workspace.faults import EDITS, fill, snapshot, staged
from vivek.schema.edits import ChangeSet
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.journal.moves import Move, Record
from vivek.workspace.journal.records import Records
from vivek.workspace.journal.retreat import Kept
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

THREAD = "calm-otter-7"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with files of many kinds."""
    fill(tmp_path / "project")
    return tmp_path / "project"


def change(
    store: Store, root: Path, files: dict[str, bytes | None], name: str, modes: dict[str, int] | None = None
) -> ChangeSet:
    current = {path: (root / path).read_bytes() if (root / path).exists() else None for path in files}
    return Stage(store).stage(files, current, id=name, modes=modes)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.covers("F-H02", "F-H03")
def test_redo_brings_again_what_undo_took_back_and_undo_takes_it_back_again(
    root: Path, store: Store, journal: Journal
) -> None:
    before = snapshot(root)
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    after = snapshot(root)

    for _ in range(3):
        assert journal.undo(THREAD).turn == 1
        assert snapshot(root) == before, "content, rights, links and folders"
        outcome = journal.redo(THREAD)
        assert (outcome.turn, set(outcome.restored), outcome.kept) == (1, set(EDITS), ())
        assert snapshot(root) == after
        assert [turn.turn for turn in journal.turns(THREAD)] == [1]


@pytest.mark.covers("F-H03")
def test_redo_goes_forward_as_often_as_undo_went_back_across_sessions(
    root: Path, store: Store, journal: Journal
) -> None:
    states = [snapshot(root)]
    for turn in (1, 2, 3):
        files: dict[str, bytes | None] = {"crlf.txt": b"turn %d\n" % turn, f"turn-{turn}.txt": b"made\n"}
        journal.apply(change(store, root, files, f"id-{turn}"), thread=THREAD, turn=turn)
        states.append(snapshot(root))
    store.close()

    def again(act: str) -> int | None:
        with Store.open(root / ".vivek") as opened:
            return (Journal(opened, Files(root)).undo if act == "undo" else Journal(opened, Files(root)).redo)(
                THREAD
            ).turn

    assert [again("undo") for _ in range(4)] == [3, 2, 1, None]
    for turn in (1, 2):
        assert again("redo") == turn
        assert snapshot(root) == states[turn]
    assert again("undo") == 2
    assert [again("redo") for _ in range(3)] == [2, 3, None]
    assert snapshot(root) == states[3]


def test_after_a_new_change_there_is_nothing_to_bring_again(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one"}, "a"), thread=THREAD, turn=1)
    journal.undo(THREAD)
    journal.apply(change(store, root, {"crlf.txt": b"two"}, "b"), thread=THREAD, turn=2)

    assert journal.redo(THREAD).turn is None
    assert (root / "crlf.txt").read_bytes() == b"two"


def test_a_step_that_runs_again_after_a_redo_finds_its_change_there(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    journal.apply(change_set, thread=THREAD, turn=1)
    journal.undo(THREAD)
    journal.redo(THREAD)
    after = snapshot(root)

    assert journal.apply(change_set, thread=THREAD, turn=1) == change_set.edits

    assert snapshot(root) == after


def test_redo_leaves_alone_what_somebody_changed_since_the_undo(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one", "bin/run.sh": b"one"}, "a"), thread=THREAD, turn=1)
    journal.undo(THREAD)
    (root / "crlf.txt").write_bytes(b"mine")

    outcome = journal.redo(THREAD)

    assert outcome.restored == ("bin/run.sh",)
    assert outcome.kept == (Kept("crlf.txt", "it was changed since"),)
    assert (root / "crlf.txt").read_bytes() == b"mine"


@pytest.mark.covers("F-B15", "F-H01")
def test_a_file_that_is_gone_or_became_a_folder_is_left_and_named(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one", "bin/run.sh": b"one"}, "a"), thread=THREAD, turn=1)
    (root / "crlf.txt").unlink()
    (root / "bin/run.sh").unlink()
    (root / "bin/run.sh").mkdir()

    outcome = journal.undo(THREAD)

    assert outcome.restored == ()
    assert outcome.kept == (
        Kept("bin/run.sh", "it is no plain file of the project now"),
        Kept("crlf.txt", "it is gone"),
    )
    assert not (root / "crlf.txt").exists()


@pytest.mark.covers("F-H03")
def test_one_turn_in_the_middle_is_taken_back_and_what_later_turns_changed_is_left_and_named(
    root: Path, store: Store, journal: Journal
) -> None:
    journal.apply(change(store, root, {"one.txt": b"1", "crlf.txt": b"1"}, "a"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"two.txt": b"2", "crlf.txt": b"2"}, "b"), thread=THREAD, turn=2)

    outcome = journal.undo(THREAD, 1)

    assert (outcome.turn, outcome.restored) == (1, ("one.txt",))
    assert outcome.kept == (Kept("crlf.txt", f"turn 2 of {THREAD} changed it since: take that back first"),)
    assert not (root / "one.txt").exists()
    assert (root / "two.txt").read_bytes() == b"2"
    assert [turn.turn for turn in journal.turns(THREAD)] == [2]
    assert journal.undo(THREAD, 7).turn is None


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(b"mine")
    after = snapshot(root)

    would = journal.undo(THREAD, dry_run=True)

    assert snapshot(root) == after
    assert would == journal.undo(THREAD)
    undone = snapshot(root)
    would = journal.redo(THREAD, dry_run=True)
    assert snapshot(root) == undone
    assert would == journal.redo(THREAD)


@pytest.mark.covers("F-A03", "F-H02")
def test_a_moved_file_keeps_its_rights_there_and_back(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    moved: dict[str, bytes | None] = {"bin/run.sh": None, "tools/start.sh": b"#!/bin/sh\necho old\n"}
    journal.apply(change(store, root, moved, "a", {"tools/start.sh": 0o755}), thread=THREAD, turn=1)

    assert mode_of(root / "tools/start.sh") == 0o755
    after = snapshot(root)
    journal.undo(THREAD)
    assert snapshot(root) == before
    journal.redo(THREAD)
    assert snapshot(root) == after


@pytest.mark.covers("F-A03", "F-H02")
def test_a_change_of_rights_alone_is_applied_taken_back_and_brought_again(
    root: Path, store: Store, journal: Journal
) -> None:
    before = snapshot(root)
    change_set = change(store, root, {"untouched.txt": b"stays\n"}, "a", {"untouched.txt": 0o755})
    journal.apply(change_set, thread=THREAD, turn=1)
    journal.apply(change_set, thread=THREAD, turn=1)
    assert mode_of(root / "untouched.txt") == 0o755
    assert journal.undo(THREAD).moves == (
        Move("untouched.txt", change_set.edits[0].after, change_set.edits[0].before, 0o755, 0o644),
    )
    assert snapshot(root) == before
    journal.redo(THREAD)
    assert mode_of(root / "untouched.txt") == 0o755

    (root / "untouched.txt").chmod(0o600)
    assert journal.undo(THREAD).restored == (), "the rights are not vivek's any more"
    assert mode_of(root / "untouched.txt") == 0o600


@pytest.mark.parametrize(
    "steps",
    [
        [({"f": b"1"}, {"f": 0o755}), ({"f": b"2"}, {})],
        [({"f": b"1"}, {}), ({"f": b"1"}, {"f": 0o700}), ({"f": b"2"}, {})],
        [({"bin/run.sh": b"1"}, {}), ({"bin/run.sh": None}, {}), ({"bin/run.sh": b"2"}, {"bin/run.sh": 0o600})],
        [({"bin/run.sh": b"1"}, {"bin/run.sh": 0o644}), ({"bin/run.sh": None}, {})],
        [({"bin/run.sh": b"1"}, {}), ({"bin/run.sh": b"1"}, {"bin/run.sh": 0o644})],
    ],
)
def test_rights_come_back_through_several_changes_of_a_turn(
    root: Path, store: Store, journal: Journal, steps: list[tuple[dict[str, bytes | None], dict[str, int]]]
) -> None:
    before = snapshot(root)
    for number, (files, modes) in enumerate(steps):
        journal.apply(change(store, root, files, str(number), modes), thread=THREAD, turn=1)
    after = snapshot(root)

    journal.undo(THREAD)
    assert snapshot(root) == before
    journal.redo(THREAD)
    assert snapshot(root) == after


def test_what_vivek_wrote_is_known_as_long_as_it_is_vivek_s(root: Path, store: Store, journal: Journal) -> None:
    edits = change(store, root, {"crlf.txt": b"one", "made.txt": b"made", "gone.bin": None}, "a")
    journal.apply(edits, thread=THREAD, turn=1)
    journal.apply(change(store, root, {"bin/run.sh": b"two"}, "b"), thread=THREAD, turn=2)
    (root / "made.txt").write_bytes(b"mine")

    shas = {edit.path: edit.after for edit in edits.edits}
    assert set(journal.written(THREAD)) == {"crlf.txt", "gone.bin", "bin/run.sh"}
    assert journal.written(THREAD)["crlf.txt"] == shas["crlf.txt"]
    assert journal.written(THREAD)["gone.bin"] is None
    assert journal.written("brave-fox-1") == {}


def test_an_undo_that_an_older_vivek_was_cut_off_in_gives_the_rights_back(
    root: Path, store: Store, journal: Journal
) -> None:
    data = (root / "bin/run.sh").read_bytes()
    journal.apply(change(store, root, {"bin/run.sh": None}, "a"), thread=THREAD, turn=1)
    # It wrote the rights of a file that is to be made again where this one writes those it had.
    Records(store).add(
        Record("undo-1", "1", "undo", THREAD, 1, "1", (Move("bin/run.sh", None, store.put(data), 0o755),))
    )

    assert "complete now" in journal.recover()[0]

    assert (root / "bin/run.sh").read_bytes() == data
    assert mode_of(root / "bin/run.sh") == 0o755
