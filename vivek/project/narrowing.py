"""Asks git or ripgrep which files may hold a text, so that fewer are read; what is in them is found by `search`.

Both read the real files only and run nothing that the repository names. Git goes first: it looks into the very files
that the list of a repository names; without a repository the list leaves out what ripgrep is told to leave out.
"""

import os
from collections.abc import Collection
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import run_git
from vivek.workspace.process import Finished, run_captured

_SECONDS = 10.0
_NOTHING = 1  # exit code of both when no file holds the text
_RIPGREP = ("rg", "--no-config", "--no-messages", "--no-ignore", "--hidden", "--files-with-matches", "--null")
_LEFT_OUT = (".*/", "node_modules/", "__pycache__/")
_GIT = ("grep", "--untracked", "--no-textconv", "--no-recurse-submodules", "-l", "-z", "-I")
_ANY_CASE = ("-i", "-F", "-e")


def narrowed(root: Path, text: str, *, always: Collection[str] = ()) -> frozenset[str] | None:
    """Return the files that may hold a text in any letter case, or None when nobody here can tell.

    A file in a wide encoding is not among them. A text with characters beyond ASCII has other bytes in each encoding,
    so nobody can tell.

    Args:
        root: The root of the project.
        text: One line.
        always: Files to be among them in any case: those whose staged text differs from the real one.
    """
    if not text.isascii() or not text.isprintable():
        return None
    found = _found(_run_git_grep(root, text))
    if found is None:
        found = _found(_run_ripgrep(root, text))
    return None if found is None else found | frozenset(always)


def _run_ripgrep(root: Path, text: str) -> Finished | None:
    globs = [f"--glob=!{name}" for name in _LEFT_OUT]
    try:
        return run_captured([*_RIPGREP, *globs, *_ANY_CASE, text, "--", "."], cwd=root, timeout=_SECONDS)
    except WorkspaceError:  # it is not installed, or takes too long
        return None


def _run_git_grep(root: Path, text: str) -> Finished | None:
    try:
        return run_git(root, [*_GIT, *_ANY_CASE, text, "--", "."])
    except WorkspaceError:
        return None


def _found(finished: Finished | None) -> frozenset[str] | None:
    if finished is None or finished.returncode not in (0, _NOTHING):
        return None
    return frozenset(os.fsdecode(name).removeprefix("./") for name in finished.stdout.split(b"\0")[:-1])
