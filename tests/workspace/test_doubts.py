"""What the user should know of files before they are changed."""

from pathlib import Path

import pytest

from vivek.errors import OutsideWorkspaceError
from vivek.schema.concerns import Concern
from vivek.workspace.doubts import find_doubts
from vivek.workspace.files import Files


def test_ordinary_files_and_new_ones_raise_no_doubt(root: Path) -> None:
    (root / "a.py").touch()
    (root / "link").symlink_to("a.py")

    assert find_doubts(Files(root), ["a.py", "new/b.py", "link"]) == ()


@pytest.mark.covers("P07", "F-B11")
def test_a_file_with_another_name_asks(root: Path, tmp_path: Path) -> None:
    (tmp_path / "profile").write_bytes(b"old")
    (root / "a").hardlink_to(tmp_path / "profile")

    [doubt] = find_doubts(Files(root), ["a"])

    assert doubt == Concern("P07", "ask", "a", "It has 2 names on this disk: under the others it keeps the old text.")
    assert (Files(root).names("a"), Files(root).names("absent")) == (2, 0)


@pytest.mark.covers("F-B18")
@pytest.mark.parametrize("name", ["docs/.a.py.swp", "docs/.#a.py", "docs/#a.py#"])
def test_a_file_that_an_editor_has_open_asks(root: Path, name: str) -> None:
    (root / "docs").mkdir()
    (root / "docs/a.py").touch()
    (root / "link").symlink_to("docs/a.py")
    if name == "docs/.#a.py":
        (root / name).symlink_to("tess@machine.4711")
    else:
        (root / name).touch()

    for path in ("docs/a.py", "link"):
        [doubt] = find_doubts(Files(root), [path])
        assert (doubt.check, doubt.level, doubt.path) == ("F-B18", "ask", path)


@pytest.mark.covers("F-B06")
def test_what_cannot_be_written_is_known_before_anything_is_tried(root: Path) -> None:
    (root / "kept").touch()
    (root / "kept").chmod(0o444)
    (root / "folder").mkdir()

    assert [(doubt.level, doubt.text) for doubt in find_doubts(Files(root), ["kept", "folder"])] == [
        ("block", "`kept` is read-only."),
        ("block", "`folder` is not a plain file."),
    ]
    with pytest.raises(OutsideWorkspaceError):
        find_doubts(Files(root), ["../x"])


def test_the_size_of_a_file_is_known_without_reading_it(root: Path) -> None:
    with (root / "huge").open("wb") as file:
        file.truncate(1 << 34)

    assert (Files(root).size("huge"), Files(root).size("absent")) == (1 << 34, None)
