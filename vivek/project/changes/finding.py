"""From what the user wants reviewed to the files that differ: the working tree, commits, a patch, or whole files."""

from collections.abc import Sequence
from pathlib import Path

from vivek.errors import ConfigError
from vivek.project.changes.between import Pair, changed_files
from vivek.project.changes.loose import patch_changes, pull_request, whole_files
from vivek.project.changes.revisions import Revisions
from vivek.schema.changes import Changes, ReviewScope, ScopeWish
from vivek.workspace.git.asking import git_toplevel

MOST_FILES = 3_000
"""Files of a change that are looked at; the others are named and left out."""

MOST_BYTES = 48_000_000
"""Bytes of all texts of a change, old and new, that are looked at."""


def load_changes(root: Path, wish: ScopeWish, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> Changes:
    """Return what is to be reviewed.

    Args:
        root: The project's root.
        wish: What the user wants.
        most_files: Files that are looked at; what is beyond is named with why.
        most_bytes: Bytes of their texts, the same way.

    Raises:
        ConfigError: If the wish cannot be met: no such revision, a malformed patch, a line that is not there.
        WorkspaceError: If git or a file cannot be read, or the repository names programs for git to run.
    """
    match wish.kind:
        case "patch":
            return patch_changes(root, wish)
        case "files" | "lines":
            return whole_files(root, wish, most_files=most_files)
        case "pr":
            return pull_request(root, wish)
        case _:
            pair, told = _pair(root, wish)
            files, left_out = changed_files(root, pair, wish.paths, most_files=most_files, most_bytes=most_bytes)
            scope = ReviewScope(pair.kind, pair.told, pair.base_name, pair.head_name, pair.message, wish.paths)
            return Changes(scope, files, left_out, told)


def _pair(root: Path, wish: ScopeWish) -> tuple[Pair, tuple[str, ...]]:
    """Return the two versions that a wish compares, and what is to be said of them."""
    if git_toplevel(root) is None:
        msg = "There is no git repository here, so there is nothing to compare with."
        raise ConfigError(msg, hint="Name files with `--files`, or give a patch with `--patch FILE`.")
    revisions = Revisions(root)
    told = list(revisions.remarks)
    match wish.kind:
        case "staged":
            pair = revisions.staged()
        case "base":
            pair = revisions.since(wish.value)
        case "range":
            pair = revisions.range(wish.value)
        case "commit":
            pair = revisions.commit(wish.value)
        case _:
            pair = revisions.worktree()
            if revisions.is_clean():
                pair = revisions.branch() or pair
    return pair, (*told, *_uncommitted(revisions, pair))


def _uncommitted(revisions: Revisions, pair: Pair) -> Sequence[str]:
    if pair.kind in ("worktree", "staged") or revisions.is_clean():
        return ()
    return ("The working tree has changes that are not committed; they are no part of this review.",)
