"""Makes a second working tree of a repository; index, HEAD and files of the user's own are only read.

Nothing is checked out by git, so that no filter runs: whoever asks for the tree puts the files there.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.git.asking import ask_git, list_files, run_git
from vivek.workspace.git.programs import refuse_programs
from vivek.workspace.git.state import find_repository
from vivek.workspace.staging.copy import clone


@contextmanager
def new_worktree(root: Path, folder: Path, branch: str) -> Iterator[Path]:
    """Make a working tree without files, with a branch of its own at the present commit.

    Args:
        root: A folder of the user's working tree.
        folder: Where the new one goes; it does not exist yet, or is empty.
        branch: The name of the branch.

    Yields:
        The top of the user's working tree. If the block fails, the new tree and its branch are removed again.

    Raises:
        WorkspaceError: If there is no repository or no commit in it, it names programs for git to run, the folder
            holds something, or git fails.
    """
    refuse_programs(root)
    repository = find_repository(root)
    if repository.head is None:
        msg = "The repository has no commit yet, so git can make no second working tree of it."
        raise WorkspaceError(msg, hint="Commit something first, or fork the conversation only.")
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        msg = f"{folder} is there already."
        raise WorkspaceError(msg, hint="Name another folder: `--folder PATH`.")
    existed = folder.exists()
    with ExitStack() as on_failure:
        on_failure.callback(_remove(repository.top, folder, branch, existed=existed))
        ask_git(
            repository.top,
            ["worktree", "add", "--quiet", "--no-checkout", "-b", branch, "--", str(folder), repository.head],
        )
        ask_git(folder, ["read-tree", "HEAD"])
        yield repository.top
        on_failure.pop_all()


def _remove(top: Path, folder: Path, branch: str, *, existed: bool) -> Callable[[], None]:
    before = run_git(top, ["rev-parse", "--quiet", "--verify", f"refs/heads/{branch}"])
    ours = before is None or before.returncode != 0

    def remove() -> None:
        run_git(top, ["worktree", "remove", "--force", "--", str(folder)])
        if ours:
            run_git(top, ["branch", "--quiet", "-D", "--", branch])
        if existed:
            folder.mkdir(exist_ok=True)

    return remove


def fill_worktree(top: Path, folder: Path, databases: frozenset[str]) -> list[str]:
    """Put the files of the user's working tree, as they lie there, into one made by `new_worktree`.

    Ignored files stay behind. Links stay links; repositories inside this one are left out.

    Args:
        top: The top of the user's working tree.
        folder: The new tree.
        databases: Names of files in `.vivek` that stay behind although git tracks them.

    Returns:
        The files that could not be read, or are neither files nor links.
    """
    left_out: list[str] = []
    for name in [*(list_files(top) or ()), *_shared(top, databases)]:
        try:
            status = os.lstat(top / name)
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if stat.S_ISLNK(status.st_mode):
                place.symlink_to((top / name).readlink())
            elif stat.S_ISREG(status.st_mode):
                clone(top / name, place, status)
            else:
                left_out.append(name)
        except FileNotFoundError:
            continue  # it went while we looked
        except PermissionError:
            left_out.append(name)
        except OSError as error:
            msg = f"`{name}` cannot be copied to {folder}: {error.strerror}."
            raise WorkspaceError(msg, hint="Look for free disk space.") from error
    return left_out


def _shared(top: Path, databases: frozenset[str]) -> list[str]:
    """Return what git tracks of vivek's own folders: modes, rules and settings of a team."""
    told = run_git(top, ["ls-files", "--cached", "-z"])
    names = os.fsdecode(told.stdout).split("\0")[:-1] if told is not None and told.returncode == 0 else []
    return [name for name in names if f"/{name}".count("/.vivek/") and Path(name).name not in databases]
