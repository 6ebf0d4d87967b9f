"""What git says of a working tree: what changed, how, and what is under way."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vivek.workspace.git.asking import ask_git, run_git
from vivek.workspace.git.programs import refuse_programs

Operation = Literal["", "merge", "rebase", "cherry-pick", "revert", "bisect"]

_MARKS: tuple[tuple[str, Operation], ...] = (
    ("MERGE_HEAD", "merge"),
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("BISECT_LOG", "bisect"),
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that differs from the last commit.

    Attributes:
        path: Relative to the top of the working tree.
        staged: Git's letter for the index, or " ".
        unstaged: Git's letter for the working tree, or " "; both are "?" for a file git does not track.
    """

    path: str
    staged: str
    unstaged: str


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository stands.

    Attributes:
        top: The top of its working tree.
        folder: Git's own folder for this working tree.
        common: Git's folder that all its working trees share.
        head: The commit checked out, None before the first one.
        branch: The full name of the branch, None when a commit is checked out by itself.
        operation: What was begun and not ended.
        locked: Whether another git holds the index, or one left its lock behind.
    """

    top: Path
    folder: Path
    common: Path
    head: str | None
    branch: str | None
    operation: Operation
    locked: bool


def find_repository(root: Path) -> Repository:
    """Return the repository that a folder lies in; runs nothing that a repository could name.

    Raises:
        WorkspaceError: If there is none, git does not trust it, or there is no git.
    """
    top, folder, common = (
        (root / os.fsdecode(ask_git(root, ["rev-parse", asked]).removesuffix(b"\n"))).resolve()
        for asked in ("--show-toplevel", "--absolute-git-dir", "--git-common-dir")
    )
    head = run_git(root, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])
    branch = run_git(root, ["symbolic-ref", "--quiet", "HEAD"])
    return Repository(
        top=top,
        folder=folder,
        common=common,
        head=head.stdout.decode().strip() if head is not None and head.returncode == 0 else None,
        branch=os.fsdecode(branch.stdout.strip()) if branch is not None and branch.returncode == 0 else None,
        operation=next((name for mark, name in _MARKS if os.path.lexists(folder / mark)), ""),
        locked=os.path.lexists(folder / "index.lock"),
    )


def read_status(root: Path) -> tuple[Changed, ...]:
    """Return the files that differ from the last commit; repositories inside this one are not looked into.

    Raises:
        WorkspaceError: If the repository names a program for git to run, or git fails.
    """
    refuse_programs(root)
    told = ask_git(
        root, ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all"]
    )
    entries = [os.fsdecode(entry) for entry in told.split(b"\0")[:-1]]
    return tuple(Changed(entry[3:], entry[0], entry[1]) for entry in entries)


def read_diff(root: Path, paths: Sequence[str] = (), *, staged: bool = False) -> bytes:
    """Return the difference of the working tree to the last commit, as a patch.

    Args:
        root: A folder of the working tree.
        paths: Only these, relative to `root` and taken literally; all when there are none.
        staged: What is staged instead.

    Raises:
        WorkspaceError: As `read_status` does.
    """
    refuse_programs(root)
    since = "HEAD" if find_repository(root).head else _empty_tree(root)
    plain = ["--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--ignore-submodules=all"]
    return ask_git(root, ["diff", *plain, *(["--cached"] if staged else []), since, "--", *paths])


def _empty_tree(root: Path) -> str:
    return ask_git(root, ["hash-object", "-t", "tree", "--stdin"], input=b"").decode().strip()
