"""Which paths may be touched at all."""

import os
from pathlib import Path

import pytest

from vivek.errors import OutsideWorkspaceError
from vivek.workspace.paths import resolve


@pytest.mark.parametrize(
    "path",
    ["a.py", "src/a.py", "./src//a.py", "new/deep/file", "-rf", "~/x", "$HOME", "a b", "é", "..a", "a..", ".gitignore"],
)
def test_a_path_inside_is_found_whether_it_exists_or_not(root: Path, path: str) -> None:
    assert resolve(root, path) == Path(os.path.normpath(root / path))


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "./", "/", "/etc/passwd", "..", "../x", "src/../../x", "src/../a.py"),
        *("\\\\server\\share", "C:\\x", "c:/x"),
        *("a\0.py", "a\n.py", "a\t.py", "\x1b]0;x\x07.py", "a\x7f", "a\x85b", "a\udcff.py"),
        *(".git/config", "sub/.git/hooks/pre-commit", ".GIT/config", ".git", ".git ./x", "git~1/config"),
        *(".g\u200cit/config", ".vivek/workspace.db", ".Vivek/x"),
    ],
)
def test_a_path_that_leads_out_or_to_a_protected_place_is_refused(root: Path, path: str) -> None:
    with pytest.raises(OutsideWorkspaceError) as refused:
        resolve(root, path)

    assert refused.value.hint
    assert "\x1b" not in refused.value.message


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


def test_links_in_a_circle_are_refused(root: Path) -> None:
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")

    with pytest.raises(OutsideWorkspaceError, match="circle"):
        resolve(root, "a")


def test_a_root_reached_through_a_link_is_the_folder_behind_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root, target_is_directory=True)

    assert resolve(tmp_path / "alias", "a.py") == root / "a.py"
