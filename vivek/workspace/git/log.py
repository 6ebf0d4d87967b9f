"""The one way to the log of git: what was changed, whatever settings say of showing it; runs nothing else."""

from collections.abc import Sequence
from pathlib import Path

from vivek.workspace.git.asking import run_git

# What settings would change of what is shown, or of what counts as a change.
_SETTINGS = (*("-c", "log.showRoot=true"), *("-c", "mailmap.file="), *("-c", "mailmap.blob="))
_PLAIN = (
    *("--relative", "-z", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes"),
    *("--diff-algorithm=default", "--ignore-submodules=all", "-O/dev/null", "--encoding=UTF-8"),
)


def read_log(
    root: Path, shape: Sequence[str], which: Sequence[str], *, paths: Sequence[str] = (), timeout: float
) -> bytes | None:
    """Return what `git log` tells; None without git, a repository or a commit, or with an unknown revision.

    Args:
        root: A folder of the working tree; paths are relative to it, and what lies outside is left out.
        shape: Options: what is told of which commits.
        which: Revisions; those that begin with `^` and what they reach are left out. Never taken for options.
        paths: Files that are looked at, taken literally; all when there are none.
        timeout: Seconds it may take.

    Raises:
        WorkspaceError: If it takes longer than that.
    """
    options = [*_SETTINGS, "log", *_PLAIN, *shape, "--end-of-options", *which, "--", *paths]
    finished = run_git(root, options, timeout=timeout)
    return finished.stdout if finished is not None and finished.returncode == 0 else None
