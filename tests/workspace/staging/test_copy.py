"""The copy for systems without an overlay: what is copied, what is only shown, and that nothing is written through."""

from pathlib import Path

import pytest

from tests.workspace.rungs import Yard, wide_folder, yard
from vivek.errors import WorkspaceError
from vivek.workspace.sandbox.ladder import LADDER, Rung
from vivek.workspace.staging.copy import MOST_FILES, Copy

__all__ = ["wide_folder", "yard"]

COPIES = pytest.mark.parametrize("rung", [rung for rung in LADDER if rung[1] in ("copy", "elsewhere")], ids=str)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "node_modules" / "lib").mkdir(parents=True)
    (root / "src" / "a.py").write_text("A = 1\n", encoding="utf-8")
    (root / "node_modules" / "lib" / "index.js").write_text("1\n", encoding="utf-8")
    (root / "link").symlink_to("src/a.py")
    return root


def test_without_git_everything_is_copied_but_what_others_installed(project: Path, tmp_path: Path) -> None:
    copy = Copy(project, tmp_path / "copy", lambda _: None, linked=False)

    copy.refresh({})

    assert (copy.folder / "src" / "a.py").read_text(encoding="utf-8") == "A = 1\n"
    assert (copy.folder / "link").readlink() == Path("src/a.py")
    assert list((copy.folder / "node_modules").iterdir()) == []
    assert copy.borrowed == ("node_modules",)


def test_only_what_differs_is_copied_again(project: Path, tmp_path: Path) -> None:
    copy = Copy(project, tmp_path / "copy", lambda _: None, linked=False)
    copy.refresh({"src/a.py": b"A = 2\n", "src/new.py": b"N = 1\n"})
    link = (copy.folder / "link").lstat().st_ino
    (copy.folder / "src" / "made.py").touch()

    copy.refresh({})

    assert (copy.folder / "src" / "a.py").read_text(encoding="utf-8") == "A = 1\n"
    assert sorted(path.name for path in (copy.folder / "src").iterdir()) == ["a.py"]
    assert (copy.folder / "link").lstat().st_ino == link
    assert list(copy.traces()) == []


def test_no_file_is_shared_with_the_project(project: Path, tmp_path: Path) -> None:
    copy = Copy(project, tmp_path / "copy", lambda _: None, linked=False)
    copy.refresh({})

    with (copy.folder / "src" / "a.py").open("a", encoding="utf-8") as file:
        file.write("B = 2\n")

    assert (project / "src" / "a.py").read_text(encoding="utf-8") == "A = 1\n"
    assert [(trace.kind, trace.path) for trace in copy.traces()] == [("write", "src/a.py")]


def test_a_deleted_file_of_the_list_is_passed_over(project: Path, tmp_path: Path) -> None:
    copy = Copy(project, tmp_path / "copy", lambda _: ["src/a.py", "src/gone.py"], linked=False)

    copy.refresh({})

    assert sorted(path.name for path in (copy.folder / "src").iterdir()) == ["a.py"]


def test_a_project_with_too_many_files_is_not_copied(project: Path, tmp_path: Path) -> None:
    copy = Copy(project, tmp_path / "copy", lambda _: [str(number) for number in range(MOST_FILES + 1)], linked=False)

    with pytest.raises(WorkspaceError, match="too many to copy"):
        copy.refresh({})


@COPIES
def test_what_others_installed_can_be_read_and_not_written(yard: Yard, rung: Rung) -> None:
    (yard.root / ".venv" / "lib").mkdir(parents=True)
    (yard.root / ".venv" / "lib" / "m.py").write_text("M = 1\n", encoding="utf-8")
    (yard.root / ".gitignore").write_text(".venv/\n", encoding="utf-8")
    before = yard.snapshot()

    ran = yard.shell("cat .venv/lib/m.py; echo owned >> .venv/lib/m.py; rm .venv/lib/m.py; touch .venv/new")

    assert ran.output.startswith(b"M = 1\n")
    assert ran.returncode != 0
    assert yard.snapshot() == before


@COPIES
def test_the_copy_of_a_package_comes_before_an_installed_one(yard: Yard, rung: Rung) -> None:
    (yard.root / "calc.py").write_text("VALUE = 1\n", encoding="utf-8")

    yard.tree.put({"calc.py": b"VALUE = 2\n"})

    assert yard.run("/usr/bin/env", "python3", "-c", "import calc; print(calc.VALUE)").output == b"2\n"
