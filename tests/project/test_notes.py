import os
from pathlib import Path

from vivek.errors import OutsideWorkspaceError
from vivek.project.notes import LONGEST, read_notes


def read(root: Path) -> str:
    return read_notes(root, lambda name: (root / name).read_bytes())


def test_notes_come_from_the_projects_own_file_before_the_common_one(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("common\n")
    assert read(tmp_path) == "common"

    (tmp_path / "vivek.md").write_bytes(b"\xef\xbb\xbfown\r\nlines\r\n")
    assert read(tmp_path) == "own\nlines"


def test_a_project_without_notes_has_none(tmp_path: Path) -> None:
    assert read(tmp_path) == ""
    assert read_notes(tmp_path, lambda name: None) == ""


def test_long_notes_are_cut_at_a_line_and_huge_ones_left_alone(tmp_path: Path) -> None:
    (tmp_path / "vivek.md").write_text("a line of notes\n" * 5_000)

    notes = read(tmp_path)

    assert len(notes) < LONGEST + 50
    assert notes.endswith("a line of notes\n[the rest is left out]")

    (tmp_path / "vivek.md").write_text("x" * 1_500_000)
    assert read(tmp_path) == ""

    (tmp_path / "vivek.md").write_text("x" * (LONGEST + 1))
    assert read(tmp_path) == "x" * LONGEST + "\n[the rest is left out]"


def test_broken_text_is_read_as_far_as_it_goes_and_a_binary_file_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_bytes(b"caf\xe9\r\nnotes")
    assert read(tmp_path) == "caf\ufffd\nnotes"

    (tmp_path / "AGENTS.md").write_bytes(b"a\0b")
    assert read(tmp_path) == ""


def test_a_pipe_and_a_folder_are_no_notes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vivek.md")
    (tmp_path / "AGENTS.md").mkdir()

    assert read(tmp_path) == ""


def test_notes_that_may_not_be_read_are_as_if_not_there(tmp_path: Path) -> None:
    def refuse(name: str) -> bytes | None:
        if name == "vivek.md":
            raise OutsideWorkspaceError("a link leads out")
        raise PermissionError

    (tmp_path / "vivek.md").write_text("secret")
    (tmp_path / "AGENTS.md").write_text("common")

    assert read_notes(tmp_path, refuse) == ""
