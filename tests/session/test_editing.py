"""The user's own editor on a staged text: a real process that changes, fails, or does nothing."""

import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.schema.edits import FileChange
from vivek.session.doors.editing import difference, edit_staged, mark_words
from vivek.session.place import Place, open_place, prepare_data
from vivek.workspace.store import Store

Editor = Callable[[str], Path]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Return what makes a script the user's editor; it finds the file in `copy` and leaves notes in a folder."""

    def make(body: str) -> Path:
        notes = tmp_path / "notes"
        notes.mkdir()
        head = (
            f"import os, sys, signal, pathlib\ncopy = pathlib.Path(sys.argv[1])\nnotes = pathlib.Path({str(notes)!r})\n"
        )
        script = tmp_path / "my editor.py"
        script.write_text(head + body)
        monkeypatch.setenv("VISUAL", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")
        return notes

    return make


def staged(workspace: Path, data: bytes) -> tuple[Place, str]:
    place = open_place(workspace)
    prepare_data(place)
    with Store.open(place.data) as store:
        return place, store.put(data)


@pytest.mark.covers("P14")
async def test_the_text_comes_back_as_the_user_left_it(workspace: Path, editor: Editor) -> None:
    notes = editor(
        "(notes / 'seen').write_bytes(copy.read_bytes())\n"
        "(notes / 'where').write_text(f'{os.getcwd()} {copy}')\n"
        "(notes / 'modes').write_text(f'{copy.stat().st_mode & 0o777:o} {copy.parent.stat().st_mode & 0o777:o}')\n"
        "copy.write_bytes(b'price = 2\\r\\n')\n"
    )
    place, digest = staged(workspace, "prïce = 1\r\n".encode("utf-16"))

    assert await edit_staged(place, "till/prices.py", digest) == "price = 2\n"
    assert (notes / "seen").read_text() == "prïce = 1\n"
    folder, copy = (notes / "where").read_text().split(" ")
    assert copy == f"{folder}/prices.py"
    assert not Path(folder).exists()
    assert not Path(folder).is_relative_to(workspace)
    assert (notes / "modes").read_text() == "600 700"


async def test_an_unchanged_text_is_none(workspace: Path, editor: Editor) -> None:
    notes = editor("(notes / 'seen').write_bytes(copy.read_bytes())")
    place, digest = staged(workspace, b"x = 1\r\ny = 2\n")

    assert await edit_staged(place, "a.py", digest) is None
    assert (notes / "seen").read_bytes() == b"x = 1\ny = 2\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [("sys.exit(3)", "ended with status 3"), ("copy.write_bytes(b'\\xff')", "no UTF-8"), ("copy.unlink()", "no UTF-8")],
)
async def test_an_editor_that_fails_is_an_error_with_a_hint(
    workspace: Path, editor: Editor, body: str, said: str
) -> None:
    editor(body)
    place, digest = staged(workspace, b"x = 1\n")

    with pytest.raises(WorkspaceError, match=said) as caught:
        await edit_staged(place, "a.py", digest)
    assert caught.value.hint


@pytest.mark.parametrize("named", ["no-such-editor-here", "'unfinished"])
async def test_an_editor_that_is_none_is_an_error(workspace: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("EDITOR", named)
    place, digest = staged(workspace, b"x = 1\n")

    with pytest.raises(WorkspaceError):
        await edit_staged(place, "a.py", digest)


async def test_what_is_no_text_is_not_edited(workspace: Path) -> None:
    place, digest = staged(workspace, b"\x00\x01")

    with pytest.raises(WorkspaceError, match="binary"):
        await edit_staged(place, "a.bin", digest)


@pytest.mark.parametrize("name", ["-c.py", "a b.py", "\x1b]0;x.py", "ä.py", "..py"])
async def test_an_odd_name_never_reaches_the_editor(workspace: Path, editor: Editor, name: str) -> None:
    notes = editor("(notes / 'name').write_text(copy.name)")
    place, digest = staged(workspace, b"x = 1\n")

    await edit_staged(place, f"till/{name}", digest)

    assert (notes / "name").read_text() == "file.py"


async def test_ctrl_c_is_the_editors_affair(workspace: Path, editor: Editor) -> None:
    editor("os.kill(os.getppid(), signal.SIGINT)\ncopy.write_text('y\\n')")
    place, digest = staged(workspace, b"x\n")
    before = signal.getsignal(signal.SIGINT)

    assert await edit_staged(place, "a.txt", digest) == "y\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_words_that_changed_are_marked() -> None:
    lines = mark_words("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-total = one + two\n+total = one * two\n")

    assert [line.text[begin:end] for line in lines for begin, end in line.marks] == ["+", "*"]


def test_the_difference_of_an_edited_text_is_that_to_the_file_of_the_project(workspace: Path) -> None:
    (workspace / "a.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    change = FileChange("a.py", "modify", 5, 5, applied=False)

    diff, now = difference(open_place(workspace), change, "x = 1\ny = 3\nz = 4\n")

    assert diff.endswith("@@ -1,2 +1,3 @@\n x = 1\n-y = 2\n+y = 3\n+z = 4\n")
    assert now == FileChange("a.py", "modify", 2, 1, applied=False)


def test_of_a_new_file_the_difference_is_all_of_it_and_of_bytes_there_is_none(workspace: Path) -> None:
    change = FileChange("new.py", "create", 0, 0, applied=False)
    place = open_place(workspace)
    assert difference(place, change, "x\n")[0].endswith("--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n")

    (workspace / "new.py").write_bytes(b"\x00\xff\xfe\x00\x01")
    assert difference(place, change, "x\n") == ("", change)
