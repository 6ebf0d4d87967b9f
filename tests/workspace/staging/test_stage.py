"""Edits that wait in the content store."""

from pathlib import Path

import pytest

from tests.workspace.faults import sha
from vivek.errors import WorkspaceError
from vivek.schema.edits import FileEdit
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store


def test_staged_edits_name_their_contents_and_touch_no_file(root: Path, store: Store) -> None:
    stage = Stage(store)
    before = {"a.py": b"old\n", "gone.py": b"bye\n", "same.py": b"same\n"}
    after = {"a.py": b"new\r\n", "gone.py": None, "same.py": b"same\n", "made.py": b"", "never.py": None}

    change_set = stage.stage(after, before, id="one")

    assert change_set.id == "one"
    assert change_set.edits == (
        FileEdit("a.py", "modify", sha(b"old\n"), sha(b"new\r\n")),
        FileEdit("gone.py", "delete", sha(b"bye\n"), None),
        FileEdit("made.py", "create", None, sha(b"")),
    )
    for edit in change_set.edits:
        assert stage.before(edit) == before.get(edit.path)
        assert stage.after(edit) == after[edit.path]
    assert [path.name for path in root.iterdir()] == [".vivek"]


def test_lines_are_counted_by_whoever_stages(store: Store) -> None:
    def count(before: bytes | None, after: bytes | None) -> tuple[int, int]:
        return len(after or b""), len(before or b"")

    edits = Stage(store).stage({"a": b"12345"}, {"a": b"123"}, id="one", count=count).edits

    assert (edits[0].added, edits[0].removed) == (5, 3)


def test_staged_contents_are_there_in_another_session(root: Path, store: Store) -> None:
    edit = Stage(store).stage({"a": b"text"}, {}, id="one").edits[0]
    store.close()

    with Store.open(root / ".vivek") as again:
        assert Stage(again).after(edit) == b"text"
        assert Stage(again).before(edit) is None


def test_a_failure_while_staging_keeps_nothing(store: Store) -> None:
    def count(before: bytes | None, after: bytes | None) -> tuple[int, int]:
        if after == b"bad":
            raise KeyError
        return 0, 0

    with pytest.raises(KeyError):
        Stage(store).stage({"a": b"good", "b": b"bad"}, {}, id="one", count=count)

    assert not store.has(sha(b"good"))


def test_a_staged_content_that_is_lost_is_an_error(store: Store) -> None:
    with pytest.raises(WorkspaceError, match="missing"):
        Stage(store).after(FileEdit("a", "create", None, "0" * 64))
