from pathlib import Path

import pytest

from tests.cli.conftest import Vivek
from vivek.schema.edits import ChangeSet, FileEdit
from vivek.session.place import open_place, prepare_data
from vivek.session.threads import ThreadIndex
from vivek.workspace.files import Files
from vivek.workspace.journal import Journal
from vivek.workspace.store import Store


def apply_turn(root: Path, thread: str, texts: dict[str, str]) -> None:
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
                    "create" if before is None else "modify",
                    None if before is None else store.put(before),
                    store.put(text.encode()),
                )
            )
        Journal(store, Files(place.root)).apply(ChangeSet("change-1", tuple(edits)), thread=thread, turn=1)


@pytest.fixture
def changed(workspace: Path) -> Path:
    """Make a project in which a turn changed two files."""
    apply_turn(workspace, "calm-otter-7", {"README.md": "# Changed\n", "new.py": "x = 1\n"})
    return workspace


def test_undo_takes_back_the_last_change(vivek: Vivek, changed: Path) -> None:
    code, out, err = vivek("undo")

    assert (code, err) == (0, "")
    assert set(out.splitlines()) == {"restored README.md", "restored new.py"}
    assert (changed / "README.md").read_text().startswith("# Till")
    assert not (changed / "new.py").exists()


def test_undo_leaves_what_the_user_changed_since(vivek: Vivek, changed: Path) -> None:
    (changed / "new.py").write_text("x = 2  # mine\n")

    code, out, err = vivek("undo", "--thread", "calm")

    assert (code, out) == (5, "restored README.md\n")
    assert err == "kept new.py: it was changed since\n"
    assert (changed / "new.py").read_text() == "x = 2  # mine\n"
