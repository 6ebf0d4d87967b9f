"""The one way to git, without running anything the repository brought along; and what is asked of it most.

A repository can name programs in its configuration (`core.fsmonitor`, hooks). The command line overrides what it can;
what runs filters and the like in spite of that goes through `git_programs.refuse_programs` first.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.process import Finished, run_captured

TIMEOUT = 60.0

_HARDENED = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.pager=cat"),
    *("-c", "core.sshCommand=false"),
    *("-c", "diff.external="),
    *("-c", "commit.gpgSign=false"),
    *("-c", "credential.helper="),
    *("-c", "submodule.recurse=false"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
)
# What would let the environment decide which repository is meant, or bring settings of its own.
_LOCATION = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"),
    *("GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_IMPLICIT_WORK_TREE"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
    *("GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_TRACE_SETUP"),
)
_HINTS = {
    "dubious ownership": "Another user owns the repository: git says above how to trust it, vivek does not do that.",
    "not a git repository": "Start one with `git init`, or go without git: `vivek undo` needs none.",
    "identity": "Tell git who you are with `git config --global user.name` and `user.email`.",
    "index.lock": "Another git is at work, or one was cut off: look before you remove the lock.",
}
_ENVIRONMENT: dict[str, str | None] = {
    **dict.fromkeys(_LOCATION),
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
}
# Tags of `ls-files -t` that may stand for a file in the working tree: cached, unmerged, unknown to git. The other one
# (S) is left out by a sparse checkout.
_PRESENT = frozenset("HM?")


def git_toplevel(start: Path) -> Path | None:
    """Return the top folder of the working tree around `start`; None when git is absent or there is none.

    A repository that git itself does not trust, because another user owns it, counts as none.

    Raises:
        WorkspaceError: If git takes longer than a minute.
    """
    if not _above(start, ".git"):
        return None
    finished = run_git(start, ["rev-parse", "--show-toplevel"])
    if finished is None or finished.returncode != 0:
        return None
    return Path(os.fsdecode(finished.stdout.removesuffix(b"\n")))


def list_files(root: Path) -> list[str] | None:
    """Return what `list_names` does without names that are not valid UTF-8, which no message could carry."""
    names = list_names(root)
    if names is None or "".join(names).isascii():
        return names
    return [name for name in names if _is_unicode(name)]


def list_names(root: Path) -> list[str] | None:
    """Return the files beneath `root` that git tracks or would, relative to it; None without git or a repository.

    Left out are ignored and deleted files, repositories inside this one, and vivek's own files. What of a name is not
    valid UTF-8 is told as `os.fsdecode` tells it.

    Raises:
        WorkspaceError: If git takes longer than a minute.
    """
    finished = run_git(root, ["ls-files", "--cached", "--others", "--exclude-standard", "-t", "-z"])
    if finished is None or finished.returncode != 0:
        return None
    entries = os.fsdecode(finished.stdout).split("\0")[:-1]
    found = dict.fromkeys([entry[2:] for entry in entries if entry[0] in _PRESENT])  # in git's order, soon sorted
    names = sorted([name for name in found if name[-1] != "/" and not name.startswith(".vivek/")])
    names = _there(root, names)
    if _above(root, ".gitmodules"):
        names = [name for name in names if not (root / name).is_dir()]
    return names


def _there(root: Path, names: list[str]) -> list[str]:
    """Return the names of files that are there; git would look at each by itself, which costs three times as much."""
    there: list[str] = []
    folder, beneath = None, frozenset[str]()
    for name in names:
        at = name.rfind("/") + 1
        if name[:at] != folder:
            folder = name[:at]
            beneath = _beneath(root / folder)
        # What is not in the list may still be there under a name that the file system takes for the same.
        if name[at:] in beneath or os.path.lexists(root / name):
            there.append(name)
    return there


def _beneath(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names alone, of thousands of folders
    except OSError:
        return frozenset()


def is_tracked(root: Path, path: str) -> bool:
    """Tell whether git tracks a file; False when git is absent or there is no repository.

    Args:
        root: A folder of the working tree.
        path: Relative to `root`, taken literally.

    Raises:
        WorkspaceError: If git takes longer than a minute.
    """
    finished = run_git(root, ["ls-files", "--error-unmatch", "-z", "--", path])
    return finished is not None and finished.returncode == 0


def run_git(
    folder: Path,
    arguments: Sequence[str],
    *,
    input: bytes | None = None,  # noqa: A002 - as in subprocess
    index: Path | None = None,
    timeout: float = TIMEOUT,
) -> Finished | None:
    """Run git in a folder; None when it cannot be started.

    Args:
        folder: Where it runs.
        arguments: The subcommand and what follows; names of files behind `--` or by standard input.
        input: What it reads.
        index: Another index than the repository's.
        timeout: Seconds it may take.

    Raises:
        WorkspaceError: If it takes longer than that.
    """
    environment = _ENVIRONMENT if index is None else {**_ENVIRONMENT, "GIT_INDEX_FILE": str(index)}
    command = ["git", *_HARDENED, *arguments]
    try:
        return run_captured(command, cwd=folder, input=input, timeout=timeout, env=environment)
    except WorkspaceError as error:
        if isinstance(error.__cause__, OSError):
            return None
        raise


def ask_git(
    folder: Path,
    arguments: Sequence[str],
    *,
    input: bytes | None = None,  # noqa: A002 - as in subprocess
    index: Path | None = None,
) -> bytes:
    """Run git as `run_git` does and return what it wrote.

    Raises:
        WorkspaceError: If there is no git, or it fails; the message is its own.
    """
    finished = run_git(folder, arguments, input=input, index=index)
    if finished is None:
        msg = "`git` cannot be started."
        raise WorkspaceError(msg, hint="Check that it is installed.")
    if finished.returncode != 0:
        told = finished.stderr.decode("utf-8", "replace").strip()
        msg = f"`git {arguments[0]}` failed: {told.partition(chr(10))[0] or 'no message'}"
        raise WorkspaceError(msg, hint=_HINTS.get(next((mark for mark in _HINTS if mark in told), ""), ""))
    return finished.stdout


def _above(folder: Path, name: str) -> bool:
    """Tell whether there is such a name in a folder or one above it; spares a process where git could find nothing."""
    whole = folder.absolute()
    return any(os.path.lexists(place / name) for place in (whole, *whole.parents))


def _is_unicode(name: str) -> bool:
    return not any(0xD800 <= ord(character) < 0xE000 for character in name)
