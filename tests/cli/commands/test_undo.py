import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.session.place import open_place, prepare_data
from vivek.session.threads.index import ThreadIndex
from vivek.workspace.files import Files
from vivek.workspace.journal.journal import Journal
from vivek.workspace.store import Store


def apply_turn(root: Path, thread: str, texts: Mapping[str, str | None], turn: int = 1) -> None:
    """Let a turn of a thread write some files."""
    place = open_place(root)
    prepare_data(place)
    with ThreadIndex.open() as index:
        index.begin(thread, place.root, kind="chat", title="Mend it", model="ollama/qwen2.5")
        index.end(thread, place.root, status="finished", turns=1, log=None)
    with Store.open(place.data) as store:
        edits = []
        for path, text in texts.items():
            before = (root / path).read_bytes() if (root / path).exists() else None
            edits.append(
                FileEdit(
                    path,
                    "create" if before is None else "delete" if text is None else "modify",
                    None if before is None else store.put(before),
                    None if text is None else store.put(text.encode()),
                )
            )
        change_set = ChangeSet(f"{thread}-{turn}", tuple(edits))
        Journal(store, Files(place.root)).apply(change_set, thread=thread, turn=turn)


@pytest.fixture
def changed(workspace: Path) -> Path:
    """Make a project in which a turn changed two files."""
    apply_turn(workspace, "calm-otter-7", {"README.md": "# Changed\n", "new.py": "x = 1\n"})
    return workspace


def test_undo_takes_back_the_last_change(vivek: Vivek, changed: Path) -> None:
    code, out, err = vivek("undo")

    assert (code, err) == (0, "took back turn 1 of calm-otter-7; `vivek redo` brings it again\n")
    assert set(out.splitlines()) == {"restored README.md (+3 -1)", "removed new.py (+0 -1)"}
    assert (changed / "README.md").read_text().startswith("# Till")
    assert not (changed / "new.py").exists()


def test_undo_leaves_what_the_user_changed_since(vivek: Vivek, changed: Path) -> None:
    (changed / "new.py").write_text("x = 2  # mine\n")

    code, out, err = vivek("undo", "--thread", "calm")

    assert (code, out) == (5, "restored README.md (+3 -1)\n")
    assert err.splitlines()[0] == "kept new.py: it was changed since"
    assert (changed / "new.py").read_text() == "x = 2  # mine\n"


@pytest.mark.covers("F-H01")
def test_a_dry_run_shows_what_would_be_done_and_does_nothing(vivek: Vivek, changed: Path) -> None:
    (changed / "new.py").write_text("x = 2  # mine\n")

    code, out, err = vivek("undo", "--dry-run")

    assert (code, out) == (5, "would restore README.md (+3 -1)\n")
    assert err.splitlines() == ["kept new.py: it was changed since", "this would take back turn 1 of calm-otter-7"]
    assert (changed / "README.md").read_text() == "# Changed\n"


@pytest.mark.covers("F-H03")
def test_redo_brings_again_what_undo_took_back(vivek: Vivek, changed: Path) -> None:
    vivek("undo")

    _, would, _ = vivek("redo", "--dry-run")
    code, out, err = vivek("redo")

    assert set(would.splitlines()) == {"would change README.md (+1 -3)", "would make new.py (+1 -0)"}
    assert set(out.splitlines()) == {"changed README.md (+1 -3)", "made new.py (+1 -0)"}
    assert (code, err) == (0, "brought again turn 1 of calm-otter-7; `vivek undo` takes it back\n")
    assert (changed / "new.py").read_text() == "x = 1\n"
    code, _, err = vivek("redo")
    assert code == 2
    assert "nothing to bring again" in err


def test_one_turn_can_be_named_and_what_a_later_turn_changed_is_left(vivek: Vivek, changed: Path) -> None:
    apply_turn(changed, "calm-otter-7", {"README.md": "# Again\n"}, turn=2)

    code, out, err = vivek("undo", "--turn", "1")

    assert (code, out) == (5, "removed new.py (+0 -1)\n")
    assert err.startswith("kept README.md: turn 2 of calm-otter-7 changed it since: take that back first\n")
    code, _, err = vivek("undo", "--turn", "9")
    assert (code, "These have: 2." in err) == (2, True)
    code, _, err = vivek("undo", "--turn", "last")
    assert (code, "no number" in err) == (2, True)


def test_without_a_name_the_thread_that_changed_files_last_is_meant(vivek: Vivek, changed: Path) -> None:
    with ThreadIndex.open() as index:
        index.begin("brave-fox-1", changed, kind="chat", title="Only talk", model="ollama/qwen2.5")

    code, out, _ = vivek("undo")

    assert (code, "README.md" in out) == (0, True)


def test_undo_and_redo_go_through_the_threads_in_the_order_of_their_changes(vivek: Vivek, changed: Path) -> None:
    apply_turn(changed, "brave-fox-1", {"till/report.py": "x = 1\n"})

    told = [vivek(command)[1] for command in ("undo", "undo", "redo", "redo")]

    assert ["till/report.py" in out for out in told] == [True, False, False, True]
    assert ["README.md" in out for out in told] == [False, True, True, False]


def test_an_undo_for_machines_is_one_object(vivek: Vivek, changed: Path) -> None:
    code, out, err = vivek("undo", "--format", "json")

    told = json.loads(out)
    assert (code, err, told["version"], told["way"], told["turn"]) == (0, "", 1, "undo", 1)
    assert {file["path"]: file["kind"] for file in told["files"]} == {"README.md": "modify", "new.py": "delete"}


@pytest.mark.parametrize("opened", [False, True], ids=["never used", "used"])
def test_without_a_thread_there_is_nothing_to_undo(vivek: Vivek, workspace: Path, opened: bool) -> None:
    if opened:
        prepare_data(open_place(workspace))
        Store.open(workspace / ".vivek").close()
    for command in ("undo", "redo"):
        code, out, err = vivek(command)
        assert (code, out) == (2, "")
        assert f"nothing to {command}" in err


def test_a_file_that_is_no_text_is_taken_back_without_counts(vivek: Vivek, workspace: Path) -> None:
    apply_turn(workspace, "calm-otter-7", {"data.bin": "\0\1"})

    assert vivek("undo")[:2] == (0, "removed data.bin\n")


def test_a_thread_that_only_talked_has_nothing_to_undo(vivek: Vivek, workspace: Path) -> None:
    with ThreadIndex.open() as index:
        index.begin("brave-fox-1", workspace, kind="chat", title="Only talk", model="ollama/qwen2.5")

    code, _, err = vivek("undo", "--thread", "brave")

    assert (code, "no applied change to undo" in err) == (2, True)
