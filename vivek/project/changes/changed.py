"""Which files differ from what the last commit, or another one, has: their names alone."""

from dataclasses import replace
from pathlib import Path

from vivek.errors import ConfigError
from vivek.project.changes.between import WORKTREE, changed_names
from vivek.project.changes.revisions import Revisions
from vivek.workspace.git.asking import git_toplevel


def changed_paths(root: Path, since: str = "") -> tuple[str, frozenset[str]]:
    """Return what the files are held against, in words, and the names of those that differ.

    Args:
        root: The project's root.
        since: A revision: what changed since this branch left it, what is not committed included; "" for the last
            commit, or for the default branch where nothing differs from that.

    Raises:
        ConfigError: If this is no git repository, or there is no such revision.
        WorkspaceError: If git fails, or the repository names programs for git to run.
    """
    if git_toplevel(root) is None:
        msg = "There is no git repository here, so nobody knows what changed."
        raise ConfigError(msg, hint="Leave out `--scope changed` and `--since`.")
    revisions = Revisions(root)
    pair = revisions.worktree()
    against = "the last commit"
    if since:
        pair, against = replace(revisions.since(since), new=WORKTREE), since
    elif revisions.is_clean() and (branch := revisions.branch()) is not None:
        pair, against = branch, branch.told.partition(" against ")[2]
    return against, changed_names(root, pair)
