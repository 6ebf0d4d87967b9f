"""Which paths may be touched at all."""

import os
from pathlib import Path

import pytest

from vivek.errors import OutsideWorkspaceError
from vivek.workspace.files import Files
from vivek.workspace.paths import folder_inside, resolve


@pytest.mark.covers("P10")
@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "src/a.py",
        "./src//a.py",
        "new/deep/file",
        "-rf",
        "~/x",
        "$HOME",
        "%USERPROFILE%",
        "a b",
        "é",
        "..a",
        ".gitignore",
    ],
)
def test_a_path_inside_is_found_whether_it_exists_or_not(root: Path, path: str) -> None:
    assert resolve(root, path) == Path(os.path.normpath(root / path))


@pytest.mark.covers("P02", "P12", "T11", "T12", "T13", "G09")
@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "./", "/", "/etc/passwd", "..", "../x", "src/../../x", "src/../a.py"),
        *("\\\\server\\share", "C:\\x", "c:/x", "\\??\\C:\\x"),
        *("a\0.py", "a\n.py", "a\t.py", "\x1b]0;x\x07.py", "a\x7f", "a\x85b", "a\udcff.py"),
        *(".git/config", "sub/.git/hooks/pre-commit", ".GIT/config", ".git", ".git ./x", "git~1/config"),
        *(".g\u200cit/config", ".vivek/workspace.db", ".Vivek/x", ".vive\u212a/config.toml", ".\uff47\uff49\uff54/x"),
        *(".git/hooks/", ".git//config", "./.git/config", ".vivek/", "sub//.vivek//config.toml"),
    ],
)
def test_a_path_that_leads_out_or_to_a_protected_place_is_refused(root: Path, path: str) -> None:
    with pytest.raises(OutsideWorkspaceError) as refused:
        resolve(root, path)

    assert refused.value.hint
    assert "\x1b" not in refused.value.message


@pytest.mark.covers("P01", "P03", "P04", "P05")
def test_links_are_followed_only_inside(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "project-secret"  # the root's name is a prefix of it
    outside.mkdir()
    (root / "docs").mkdir()
    (root / "docs/real.txt").touch()
    (root / "inside").symlink_to("docs/real.txt")
    (root / "folder").symlink_to("docs", target_is_directory=True)
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "dangling").symlink_to(outside / "absent")
    (root / "sibling").symlink_to("../project-secret")
    (root / "up").symlink_to("..")
    (root / "self").symlink_to(".")

    assert resolve(root, "inside") == root / "docs/real.txt"
    assert resolve(root, "folder/new") == root / "docs/new"
    for path in ("out/new", "dangling", "sibling/x", "up/project-secret/x", "self"):
        with pytest.raises(OutsideWorkspaceError):
            resolve(root, path)


def test_a_link_into_a_protected_folder_is_refused(root: Path) -> None:
    (root / ".git/hooks").mkdir(parents=True)
    (root / "hooks").symlink_to(".git/hooks", target_is_directory=True)

    with pytest.raises(OutsideWorkspaceError, match="never touched"):
        resolve(root, "hooks/pre-commit")


@pytest.mark.covers("F-C14")
def test_links_in_a_circle_are_refused(root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")

    with pytest.raises(OutsideWorkspaceError, match="circle"):
        resolve(root, "a")


def test_a_root_reached_through_a_link_is_the_folder_behind_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root, target_is_directory=True)

    assert resolve(tmp_path / "alias", "a.py") == root / "a.py"


@pytest.mark.covers("P12")
@pytest.mark.parametrize(
    "path",
    [
        *(
            "a.txt:stream",
            "C:x",
            "sub/b:",
            "CON",
            "con.txt",
            "src/Aux.c",
            "nul",
            "COM1",
            "lpt9.log",
            "com\u00b9",
            "CONIN$",
        ),
        *("a.", "a ", "sub./x", "sub /x", "prn .txt"),
    ],
)
def test_a_name_that_windows_reads_as_another_is_not_made_but_used_where_it_is(root: Path, path: str) -> None:
    files = Files(root)

    with pytest.raises(OutsideWorkspaceError, match="Windows"):
        files.write(path, b"new")
    assert list(root.iterdir()) == []

    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_bytes(b"old")
    files.write(path, b"new")
    assert files.read(path) == b"new"


@pytest.mark.parametrize("path", ["console.py", "com10.txt", "a.b", "auxiliary", "nullable.sql", ".con", "co/n"])
def test_names_that_only_look_so_are_made(root: Path, path: str) -> None:
    Files(root).write(path, b"new")

    assert (root / path).read_bytes() == b"new"


@pytest.mark.covers("P13")
def test_the_folders_that_a_git_file_points_to_are_protected(root: Path) -> None:
    own = root / "store/worktrees/here"
    own.mkdir(parents=True)
    (root / ".git").write_text("gitdir: store/worktrees/here\n")
    (own / "commondir").write_text("../..\n")

    for path in ("store/config", "store/hooks/pre-commit", "store/worktrees/here/HEAD", ".git"):
        with pytest.raises(OutsideWorkspaceError):
            resolve(root, path)
    assert resolve(root, "stored.py") == root / "stored.py"


@pytest.mark.parametrize("pointer", ["gitdir: ..\n", "gitdir: /nowhere\n", "", "gitdir: \n", "\xff\x00"])
def test_a_git_file_that_points_elsewhere_or_nowhere_keeps_nobody_from_the_project(root: Path, pointer: str) -> None:
    (root / ".git").write_bytes(pointer.encode("latin-1"))

    assert resolve(root, "a.py") == root / "a.py"


@pytest.mark.parametrize(
    ("folder", "real"),
    [("", "."), (".", "."), ("src", "src"), ("src/..", "."), ("link", "src"), ("new/deep", "new/deep")],
)
def test_a_folder_of_the_project_is_found_where_it_really_is(tmp_path: Path, folder: str, real: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "link").symlink_to("src")

    assert folder_inside(tmp_path, folder) == tmp_path / real


@pytest.mark.covers("P02")
@pytest.mark.parametrize("folder", ["..", "src/../..", "/", "out", "out/deeper", "../project-2"])
def test_a_folder_outside_of_the_project_is_refused(tmp_path: Path, folder: str) -> None:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "out").symlink_to(tmp_path)

    with pytest.raises(OutsideWorkspaceError, match="outside the project"):
        folder_inside(root, folder)
