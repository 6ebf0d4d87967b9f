import hashlib
from pathlib import Path

import pytest

from vivek.errors import ThreadError, WorkspaceError
from vivek.session.doors.apply import apply_reply
from vivek.session.doors.undo import undo
from vivek.session.place import Place, open_place, prepare_data
from vivek.workspace.journal.moves import Move, Record
from vivek.workspace.journal.records import Records
from vivek.workspace.store import Store

REPLY = "README.md\n````\n# The till\n\nAdds up what a shop sold.\n````\n"


@pytest.fixture
def place(workspace: Path) -> Place:
    return open_place(workspace)


def leave_cut_off(place: Place, path: str, new: bytes) -> None:
    """Leave the journal as a process leaves it that dies before it wrote its one file."""
    prepare_data(place)
    old = (place.root / path).read_bytes()
    with Store.open(place.data) as store:
        store.put(old)
        store.put(new)
        move = Move(path, hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
        Records(store).add(Record("cut", "off", "apply", "calm-otter-7", 1, "0" * 16, (move,)))


def test_what_was_cut_off_before_is_settled_first_and_told(place: Place) -> None:
    leave_cut_off(place, "till/prices.py", b"x = 1\n")

    report = apply_reply(place, f"{REPLY}till/prices.py\n```\nx = 2\n```\n")

    assert report.settled == ("A change to till/prices.py had been cut off; it is complete now.",)
    assert (place.root / "till" / "prices.py").read_bytes() == b"x = 2\n"


def test_a_dry_run_settles_nothing(place: Place) -> None:
    leave_cut_off(place, "till/prices.py", b"x = 1\n")
    before = (place.root / "till" / "prices.py").read_bytes()

    assert apply_reply(place, REPLY, dry_run=True).settled == ()
    assert (place.root / "till" / "prices.py").read_bytes() == before


def test_a_reply_that_leads_out_through_a_link_changes_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("mine\n")
    (place.root / "link.txt").symlink_to(tmp_path / "other.txt")

    with pytest.raises(WorkspaceError, match="leads out"):
        apply_reply(place, f"{REPLY}link.txt\n```\nyours\n```\n")
    assert (tmp_path / "other.txt").read_text() == "mine\n"
    assert (place.root / "README.md").read_text().startswith("# Till")


def test_two_names_of_one_file_are_not_changed_together(place: Place) -> None:
    (place.root / "same.md").symlink_to("README.md")

    with pytest.raises(WorkspaceError, match="two names"):
        apply_reply(place, f"{REPLY}same.md\n````markdown\n# Other\n\nAdds up what a shop sold.\n````\n")
    assert (place.root / "README.md").read_text().startswith("# Till")


def test_a_file_that_cannot_be_holds_back_the_others(place: Place) -> None:
    folder = place.root / "till"
    reply = f"{REPLY}till/prices.py/deeper.py\n```\nx = 1\n```\n"

    report = apply_reply(place, reply)

    assert [each.status for each in report.files] == ["held_back"]
    assert [refusal.reason for refusal in report.refusals] == ["impossible path"]
    assert sorted(path.name for path in folder.iterdir()) == ["__init__.py", "prices.py", "report.py"]


def test_a_file_changed_since_is_not_taken_back(place: Place) -> None:
    apply_reply(place, REPLY)
    (place.root / "README.md").write_text("mine\n")

    report = undo(place, None)

    assert [kept.path for kept in report.kept] == ["README.md"]
    assert (place.root / "README.md").read_text() == "mine\n"


def test_there_is_nothing_to_take_back_in_a_project_without_a_thread_or_a_reply(place: Place) -> None:
    with pytest.raises(ThreadError, match="no thread yet"):
        undo(place, None)
    assert not place.data.exists()
    prepare_data(place)
    with Store.open(place.data), pytest.raises(ThreadError, match="nothing to undo in this project"):
        undo(place, None)
