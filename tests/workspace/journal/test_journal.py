"""Applying change sets and taking turns back."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.faults import EDITS, FaultyDisk, fill, sha, snapshot, staged
from tests.workspace.forking import as_nobody
from vivek.errors import EditConflictError, OutsideWorkspaceError, WorkspaceError
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import LOCK_NAME, AppliedTurn, Journal
from vivek.workspace.journal.retreat import Kept
from vivek.workspace.locks import hold
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

THREAD = "calm-otter-7"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with files of many kinds."""
    fill(tmp_path / "project")
    return tmp_path / "project"


def change(store: Store, root: Path, files: dict[str, bytes | None], name: str) -> ChangeSet:
    current = {path: (root / path).read_bytes() if (root / path).exists() else None for path in files}
    return Stage(store).stage(files, current, id=name)


def test_a_change_set_is_applied_byte_for_byte(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)

    edits = journal.apply(change_set, thread=THREAD, turn=1)

    assert edits == change_set.edits
    for path, data in EDITS.items():
        assert (root / path).read_bytes() == data if data is not None else not (root / path).exists()
    assert (root / "bin/run.sh").stat().st_mode & 0o777 == 0o755
    assert (root / "link.txt").is_symlink()
    assert (root / "untouched.txt").read_bytes() == b"stays\n"
    assert not list(root.rglob("*.tmp"))


def test_applying_twice_is_applying_once(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    journal.apply(change_set, thread=THREAD, turn=1)
    after = snapshot(root)
    times = {path: path.lstat().st_mtime_ns for path in root.rglob("*") if ".vivek" not in path.parts}

    assert journal.apply(change_set, thread=THREAD, turn=1) == change_set.edits

    assert snapshot(root) == after
    assert {path: path.lstat().st_mtime_ns for path in times} == times, "nothing is written again"
    assert [turn.turn for turn in journal.turns(THREAD)] == [1]


def test_a_change_the_user_made_by_hand_is_no_conflict(root: Path, store: Store, journal: Journal) -> None:
    change_set = change(store, root, {"crlf.txt": b"same", "untouched.txt": b"other"}, "one")
    (root / "crlf.txt").write_bytes(b"same")

    journal.apply(change_set, thread=THREAD, turn=1)
    journal.undo(THREAD)

    assert (root / "crlf.txt").read_bytes() == b"same", "vivek did not write it, so it does not take it back"
    assert (root / "untouched.txt").read_bytes() == b"stays\n"


@pytest.mark.covers("F-B13", "F-B15", "F-D03")
@pytest.mark.parametrize(
    "meddle",
    [
        lambda root: (root / "crlf.txt").write_bytes(b"mine"),
        lambda root: (root / "crlf.txt").unlink(),
        lambda root: (root / "gone.bin").write_bytes(b"mine"),
        lambda root: (root / "docs/also.txt").write_bytes(b"mine"),
        lambda root: [(root / "crlf.txt").unlink(), (root / "crlf.txt").mkdir()],
        lambda root: [(root / "crlf.txt").unlink(), os.mkfifo(root / "crlf.txt")],
        lambda root: (root / "new").write_bytes(b"a file where a folder is needed"),
        lambda root: [(root / "crlf.txt").unlink(), (root / "crlf.txt").symlink_to("docs/target.txt")],
    ],
    ids=["changed", "deleted", "changed before deletion", "made", "folder", "pipe", "file above", "link"],
)
def test_a_file_changed_meanwhile_is_a_conflict_and_nothing_is_written(
    root: Path, store: Store, journal: Journal, meddle
) -> None:
    change_set = staged(store, root)
    meddle(root)
    before = snapshot(root)

    with pytest.raises(WorkspaceError) as refused:
        journal.apply(change_set, thread=THREAD, turn=1)

    assert isinstance(refused.value, EditConflictError)
    assert len(refused.value.paths) == 1
    assert refused.value.paths[0] in refused.value.message
    assert snapshot(root) == before
    assert journal.turns(THREAD) == []
    assert journal.recover() == []


def test_every_file_in_conflict_is_named(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    (root / "crlf.txt").write_bytes(b"mine")
    (root / "bin/run.sh").write_bytes(b"mine")

    with pytest.raises(EditConflictError) as refused:
        journal.apply(change_set, thread=THREAD, turn=1)

    assert refused.value.paths == ("crlf.txt", "bin/run.sh")


@pytest.mark.covers("F-B16")
def test_a_file_touched_but_not_changed_is_no_conflict(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    os.utime(root / "crlf.txt")

    journal.apply(change_set, thread=THREAD, turn=1)

    assert (root / "crlf.txt").read_bytes() == EDITS["crlf.txt"]


@pytest.mark.covers("F-B14")
def test_a_file_changed_between_the_look_and_its_rename_is_kept(root: Path, store: Store) -> None:
    change_set = staged(store, root)
    before = snapshot(root)

    def user_saves() -> None:
        (root / "docs/target.txt").write_bytes(b"mine")

    # The second rename is that of `bin/run.sh`: the file behind `link.txt` comes next.
    disk = FaultyDisk(2, user_saves, calls=("rename",))
    with pytest.raises(EditConflictError) as refused:
        Journal(store, Files(root, disk=disk)).apply(change_set, thread=THREAD, turn=1)

    assert refused.value.paths == ("link.txt",)
    mine = ("file", b"mine", before["docs/target.txt"][2])
    assert snapshot(root) == before | {"docs/target.txt": mine}


def test_a_file_changed_while_its_old_bytes_are_kept_is_a_conflict(root: Path, store: Store) -> None:
    change_set = staged(store, root)
    before = snapshot(root)

    def user_saves() -> None:
        (root / "gone.bin").write_bytes(b"mine")

    # Four files exist: the fifth reading is the first of those that keep the old bytes.
    disk = FaultyDisk(5, user_saves, calls=("read",))
    with pytest.raises(EditConflictError) as refused:
        Journal(store, Files(root, disk=disk)).apply(change_set, thread=THREAD, turn=1)

    assert refused.value.paths == ("gone.bin",)
    mine = ("file", b"mine", before["gone.bin"][2])
    assert snapshot(root) == before | {"gone.bin": mine}
    assert Journal(store, Files(root)).recover() == []


def test_after_a_conflict_the_same_change_set_can_be_applied(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    before = (root / "crlf.txt").read_bytes()
    (root / "crlf.txt").write_bytes(b"mine")
    with pytest.raises(EditConflictError):
        journal.apply(change_set, thread=THREAD, turn=1)

    (root / "crlf.txt").write_bytes(before)
    journal.apply(change_set, thread=THREAD, turn=1)

    assert (root / "crlf.txt").read_bytes() == EDITS["crlf.txt"]


@pytest.mark.parametrize("path", ["../out.txt", "/etc/passwd", ".git/hooks/pre-commit", "a\udcff", "a\0b"])
def test_a_path_that_leads_out_is_refused(root: Path, store: Store, journal: Journal, path: str) -> None:
    edit = FileEdit(path, "create", None, store.put(b"x"))
    inside = FileEdit("inside.txt", "create", None, store.put(b"x"))

    with pytest.raises(OutsideWorkspaceError):
        journal.apply(ChangeSet("one", (inside, edit)), thread=THREAD, turn=1)

    assert not (root / "inside.txt").exists()


@pytest.mark.covers("P06", "S09")
def test_a_link_that_came_to_lead_out_is_refused(root: Path, store: Store, journal: Journal, tmp_path: Path) -> None:
    change_set = staged(store, root)
    (tmp_path / "secret").write_bytes((root / "link.txt").read_bytes())
    (root / "link.txt").unlink()
    (root / "link.txt").symlink_to(tmp_path / "secret")

    with pytest.raises(OutsideWorkspaceError):
        journal.apply(change_set, thread=THREAD, turn=1)

    assert (tmp_path / "secret").read_bytes() != EDITS["link.txt"]


@pytest.mark.covers("F-B06")
@pytest.mark.parametrize("locked", ["bin/run.sh", "gone.bin", "docs"])
def test_something_read_only_stops_the_whole_change_set(
    root: Path, store: Store, journal: Journal, locked: str
) -> None:
    change_set = staged(store, root)
    mode = (root / locked).stat().st_mode & 0o777
    (root / locked).chmod(mode & 0o555)
    before = snapshot(root)

    with pytest.raises(WorkspaceError, match="read-only"):
        journal.apply(change_set, thread=THREAD, turn=1)

    assert snapshot(root) == before
    (root / locked).chmod(mode)
    journal.apply(change_set, thread=THREAD, turn=1)


def test_one_file_under_two_names_is_refused(root: Path, store: Store, journal: Journal) -> None:
    change_set = change(store, root, {"link.txt": b"one", "docs/target.txt": b"two"}, "one")

    with pytest.raises(WorkspaceError, match="changed twice"):
        journal.apply(change_set, thread=THREAD, turn=1)

    assert (root / "docs/target.txt").read_bytes() == b"caf\xe9 without an end of line"


def test_a_link_is_not_deleted(root: Path, store: Store, journal: Journal) -> None:
    change_set = change(store, root, {"link.txt": None, "untouched.txt": b"new"}, "one")

    with pytest.raises(WorkspaceError, match="is a link"):
        journal.apply(change_set, thread=THREAD, turn=1)

    assert (root / "docs/target.txt").exists()
    assert (root / "untouched.txt").read_bytes() == b"stays\n"


def test_a_content_that_is_missing_stops_the_whole_change_set(root: Path, store: Store, journal: Journal) -> None:
    good = staged(store, root)
    bad = FileEdit("untouched.txt", "modify", sha(b"stays\n"), "0" * 64)
    before = snapshot(root)

    with pytest.raises(WorkspaceError, match="missing"):
        journal.apply(replace(good, edits=(*good.edits, bad)), thread=THREAD, turn=1)

    assert snapshot(root) == before


def test_an_empty_change_set_is_nothing(journal: Journal) -> None:
    assert journal.apply(ChangeSet("none", ()), thread=THREAD, turn=1) == ()
    assert journal.turns(THREAD) == []


@pytest.mark.covers("F-H02")
def test_undo_takes_back_what_was_made_changed_and_deleted(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    journal.apply(staged(store, root), thread=THREAD, turn=1)

    outcome = journal.undo(THREAD)

    assert snapshot(root) == before, "content, rights, links and folders"
    assert set(outcome.restored) == set(EDITS)
    assert outcome.kept == ()
    assert outcome.turn == 1
    assert journal.turns(THREAD) == []


@pytest.mark.covers("F-H01")
def test_undo_leaves_alone_what_the_user_changed_since_and_names_it(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(b"mine")
    (root / "gone.bin").write_bytes(b"mine too")
    (root / "docs/also.txt").unlink()

    outcome = journal.undo(THREAD)

    assert outcome.kept == (
        Kept("gone.bin", "it was changed since"),
        Kept("crlf.txt", "it was changed since"),
    )
    assert set(outcome.restored) == {"bin/run.sh", "link.txt", "new/deep/made.txt"}
    assert (root / "crlf.txt").read_bytes() == b"mine"
    assert (root / "gone.bin").read_bytes() == b"mine too"
    changed = {name for name, entry in snapshot(root).items() if before.get(name) != entry}
    assert changed == {"crlf.txt", "gone.bin"}


def test_undo_keeps_rights_that_the_user_gave_since(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (root / "crlf.txt").chmod(0o700)

    journal.undo(THREAD)

    assert (root / "crlf.txt").stat().st_mode & 0o777 == 0o700


def test_undo_keeps_a_new_folder_that_is_in_use(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (root / "new/mine.txt").write_bytes(b"mine")

    journal.undo(THREAD)

    assert (root / "new/mine.txt").read_bytes() == b"mine"
    assert not (root / "new/deep").exists()


def test_undo_makes_folders_that_have_gone(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"bin/run.sh": None}, "one"), thread=THREAD, turn=1)
    (root / "bin").rmdir()

    journal.undo(THREAD)

    assert (root / "bin/run.sh").read_bytes() == b"#!/bin/sh\necho old\n"
    assert (root / "bin/run.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.covers("F-H03")
def test_undo_again_goes_one_turn_further_back(root: Path, store: Store, journal: Journal) -> None:
    states = [snapshot(root)]
    for turn in (1, 2, 3):
        files = {"crlf.txt": b"turn %d\n" % turn, f"turn-{turn}.txt": b"made\n"}
        journal.apply(change(store, root, files, f"id-{turn}"), thread=THREAD, turn=turn)
        states.append(snapshot(root))

    for turn in (3, 2, 1):
        assert journal.turns(THREAD)[0] == AppliedTurn(turn, ("crlf.txt", f"turn-{turn}.txt"))
        assert journal.undo(THREAD).turn == turn
        assert snapshot(root) == states[turn - 1]
    last = journal.undo(THREAD)
    assert (last.turn, last.restored, last.kept) == (None, (), ())


def test_undo_takes_back_all_change_sets_of_a_turn(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    journal.apply(change(store, root, {"crlf.txt": b"one", "made.txt": b"one"}, "a"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"crlf.txt": b"two", "made.txt": b"two"}, "b"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"crlf.txt": None, "late.txt": b"three"}, "c"), thread=THREAD, turn=1)

    outcome = journal.undo(THREAD)

    assert snapshot(root) == before
    assert sorted(outcome.restored) == ["crlf.txt", "late.txt", "made.txt"]
    assert journal.undo(THREAD).turn is None


def test_undo_of_a_turn_half_taken_back_by_hand_takes_back_the_rest(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    journal.apply(change(store, root, {"crlf.txt": b"one", "bin/run.sh": b"one"}, "a"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"crlf.txt": b"two"}, "b"), thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(b"one")
    (root / "bin/run.sh").write_bytes(b"#!/bin/sh\necho old\n")

    outcome = journal.undo(THREAD)

    assert outcome.kept == ()
    assert outcome.restored == ("crlf.txt",)
    assert snapshot(root) == before


def test_undo_leaves_other_threads_alone(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one"}, "a"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"crlf.txt": b"two"}, "b"), thread="brave-fox-1", turn=1)

    told = "turn 1 of brave-fox-1 changed it since: take that back first"
    assert journal.undo(THREAD).kept == (Kept("crlf.txt", told),)
    assert (root / "crlf.txt").read_bytes() == b"two"
    assert journal.undo("brave-fox-1").restored == ("crlf.txt",)
    assert (root / "crlf.txt").read_bytes() == b"one"


def test_undo_of_something_read_only_takes_nothing_back(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (root / "crlf.txt").chmod(0o444)
    after = snapshot(root)

    with pytest.raises(WorkspaceError, match="read-only"):
        journal.undo(THREAD)

    assert snapshot(root) == after
    (root / "crlf.txt").chmod(0o644)
    assert journal.undo(THREAD).turn == 1


def test_undo_survives_a_link_that_came_to_lead_out(root: Path, store: Store, journal: Journal, tmp_path: Path) -> None:
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    (tmp_path / "secret").write_bytes(EDITS["link.txt"] or b"")
    (root / "link.txt").unlink()
    (root / "link.txt").symlink_to(tmp_path / "secret")

    outcome = journal.undo(THREAD)

    assert outcome.kept == (Kept("link.txt", "it is no plain file of the project now"),)
    assert (tmp_path / "secret").read_bytes() == EDITS["link.txt"]


@pytest.mark.covers("F-H03")
def test_undo_works_in_another_session(root: Path, store: Store, journal: Journal) -> None:
    before = snapshot(root)
    journal.apply(staged(store, root), thread=THREAD, turn=1)
    store.close()

    with Store.open(root / ".vivek") as again:
        Journal(again, Files(root)).undo(THREAD)

    assert snapshot(root) == before


def test_what_was_taken_back_is_not_applied_by_a_step_that_runs_again(
    root: Path, store: Store, journal: Journal
) -> None:
    change_set = staged(store, root)
    before = snapshot(root)
    journal.apply(change_set, thread=THREAD, turn=1)
    journal.undo(THREAD)

    with pytest.raises(EditConflictError, match="undo") as refused:
        journal.apply(change_set, thread=THREAD, turn=1)

    assert set(refused.value.paths) == set(EDITS)
    assert snapshot(root) == before


def test_what_the_user_changed_back_in_part_is_a_conflict(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    old = (root / "crlf.txt").read_bytes()
    journal.apply(change_set, thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(old)

    with pytest.raises(EditConflictError) as refused:
        journal.apply(change_set, thread=THREAD, turn=1)

    assert refused.value.paths == ("crlf.txt",)
    assert (root / "crlf.txt").read_bytes() == old


def test_what_the_user_changed_back_entirely_can_be_applied_again(root: Path, store: Store, journal: Journal) -> None:
    change_set = change(store, root, {"crlf.txt": b"one", "docs/also.txt": b"one"}, "a")
    before = snapshot(root)
    journal.apply(change_set, thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(before["crlf.txt"][1])
    (root / "docs/also.txt").unlink()

    journal.apply(change_set, thread=THREAD, turn=1)

    assert (root / "crlf.txt").read_bytes() == b"one"
    journal.undo(THREAD)
    assert snapshot(root) == before


def test_undo_names_no_file_as_kept_that_it_restored(root: Path, store: Store, journal: Journal) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one"}, "a"), thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(b"mine")
    journal.apply(change(store, root, {"crlf.txt": b"two"}, "b"), thread=THREAD, turn=1)
    (root / "crlf.txt").write_bytes(b"one")

    outcome = journal.undo(THREAD)

    assert (outcome.restored, outcome.kept) == (("crlf.txt",), ())


def test_an_id_that_comes_again_with_other_edits_is_another_change_set(
    root: Path, store: Store, journal: Journal
) -> None:
    journal.apply(change(store, root, {"crlf.txt": b"one"}, "same"), thread=THREAD, turn=1)
    journal.apply(change(store, root, {"crlf.txt": b"two"}, "same"), thread=THREAD, turn=2)

    assert (root / "crlf.txt").read_bytes() == b"two"
    journal.undo(THREAD)
    assert (root / "crlf.txt").read_bytes() == b"one"


def test_a_deleted_thread_is_forgotten_and_its_changes_stay(root: Path, store: Store, journal: Journal) -> None:
    change_set = staged(store, root)
    before = snapshot(root)
    journal.apply(change_set, thread=THREAD, turn=1)
    after = snapshot(root)

    journal.forget(THREAD)

    assert snapshot(root) == after
    assert journal.undo(THREAD).turn is None
    journal.apply(staged(store, root, "b"), thread=THREAD, turn=1)
    assert before != after


@pytest.mark.covers("F-D03")
def test_a_process_that_is_changing_files_is_waited_for_and_then_named(root: Path, store: Store) -> None:
    change_set = staged(store, root)
    before = snapshot(root)
    impatient = Journal(store, Files(root), wait=0.05)

    with hold(root / ".vivek/locks" / LOCK_NAME, wait=0):
        with pytest.raises(WorkspaceError, match="Another vivek"):
            impatient.apply(change_set, thread=THREAD, turn=1)
        with pytest.raises(WorkspaceError, match="Another vivek"):
            impatient.undo(THREAD)
        assert impatient.recover() == [], "nothing to settle, so nothing to wait for"

    assert snapshot(root) == before
    impatient.apply(change_set, thread=THREAD, turn=1)


def test_files_of_somebody_else_stop_the_whole_change_set() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs somebody else's files")
    base = Path(tempfile.mkdtemp(prefix="vivek-tests-"))
    try:
        base.chmod(0o777)
        fill(base / "project")
        (base / "project").chmod(0o777)
        (base / "project/gone.bin").chmod(0o644)
        before = snapshot(base / "project")

        def work() -> None:
            project = base / "project"
            with Store.open(base / "data") as store:
                change_set = staged(store, project)
                try:
                    Journal(store, Files(project)).apply(change_set, thread=THREAD, turn=1)
                except WorkspaceError as error:
                    assert error.hint
                else:
                    raise AssertionError

        as_nobody(work)
        assert snapshot(base / "project") == before
    finally:
        shutil.rmtree(base)


def test_old_bytes_that_nobody_kept_are_kept_before_a_file_is_touched(
    root: Path, store: Store, journal: Journal
) -> None:
    before = snapshot(root)
    edit = FileEdit("crlf.txt", "modify", sha((root / "crlf.txt").read_bytes()), store.put(b"new"), 0, 0)

    journal.apply(ChangeSet("one", (edit,)), thread=THREAD, turn=1)
    assert (root / "crlf.txt").read_bytes() == b"new"

    journal.undo(THREAD)
    assert snapshot(root) == before


@pytest.mark.parametrize("step", ["remove", "place"])
def test_a_step_in_a_folder_that_has_gone_does_not_bring_it_back(root: Path, step: str) -> None:
    steps = Files(root).steps

    with pytest.raises(WorkspaceError):
        steps.remove("gone/a.txt") if step == "remove" else steps.place("gone/a.txt", "tag")

    assert not (root / "gone").exists()


def test_the_thread_and_the_turn_of_the_last_change_are_known(root: Path, store: Store, journal: Journal) -> None:
    assert (journal.last_thread("apply"), journal.last_thread("undo"), journal.last_turn(THREAD)) == (None, None, 0)

    journal.apply(change(store, root, {"a.txt": b"a"}, "one"), thread=THREAD, turn=3)
    journal.apply(change(store, root, {"b.txt": b"b"}, "two"), thread="brave-fox-1", turn=1)
    assert (journal.last_thread("apply"), journal.last_turn(THREAD)) == ("brave-fox-1", 3)

    journal.undo("brave-fox-1")
    assert (journal.last_thread("apply"), journal.last_thread("undo")) == (THREAD, "brave-fox-1")
    assert journal.last_turn("brave-fox-1") == 1
    journal.redo("brave-fox-1")
    assert (journal.last_thread("apply"), journal.last_thread("undo")) == ("brave-fox-1", None)


def test_a_name_that_windows_reads_as_another_is_used_where_it_is_and_never_made(
    root: Path, store: Store, journal: Journal
) -> None:
    (root / "aux.c").write_bytes(b"old")

    journal.apply(change(store, root, {"aux.c": b"new"}, "one"), thread=THREAD, turn=1)
    assert (root / "aux.c").read_bytes() == b"new"

    with pytest.raises(OutsideWorkspaceError, match="Windows"):
        journal.apply(change(store, root, {"docs/aux.h": b"new"}, "two"), thread=THREAD, turn=2)
    assert not (root / "docs/aux.h").exists()
