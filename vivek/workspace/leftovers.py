"""Folders of staged trees: each is locked while its vivek lives, so that the next one can remove what a kill left."""

import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.locks import hold

_STAGES = "stages"
_LOCK = "lock"
_WAIT = 10.0


class StageFolder:
    """A folder of one staged tree.

    Attributes:
        path: Where it is; nobody else may look into it.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    def close(self) -> None:
        """Remove it; a second call does nothing."""
        if self._handle < 0:
            return
        remove_tree(self.path)
        os.close(self._handle)
        self._handle = -1


def make_stage_folder(base: Path) -> StageFolder:
    """Make a folder for a staged tree, and remove those whose vivek was killed.

    Raises:
        WorkspaceError: If it cannot be made, or is not the user's alone.
    """
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_of_others(base)
        with hold(base / _LOCK, wait=_WAIT):
            remove_leftovers(base)
            path = base / _STAGES / secrets.token_hex(6)
            path.mkdir(mode=0o700, parents=True)
            return StageFolder(path, _locked(path / _LOCK))
    except OSError as error:
        msg = f"No folder for trying changes out can be made in {base}: {error.strerror}."
        raise WorkspaceError(msg, hint="Check who owns it and whether the disk is full.") from error


def make_scratch(path: Path, names: Iterable[str], mode: int) -> None:
    """Make the folder of one command, with folders in it.

    Args:
        path: Where.
        names: The folders in it.
        mode: Whose rights they get besides the user's own: the root of an overlay has those of its upper layer.

    Raises:
        WorkspaceError: If that is not possible.
    """
    try:
        path.mkdir(mode=0o700)
        for name in names:
            (path / name).mkdir()
            (path / name).chmod(mode & 0o777 | 0o700)
    except OSError as error:
        msg = f"A command cannot be prepared: {error.strerror}."
        raise WorkspaceError(msg, hint="Check whether the disk of your cache folder is full.") from error


def remove_leftovers(base: Path) -> int:
    """Remove the folders of staged trees whose vivek is gone; return how many."""
    count = 0
    with suppress(FileNotFoundError):
        for path in sorted((base / _STAGES).iterdir()):
            with suppress(BlockingIOError):
                handle = _locked(path / _LOCK)
                remove_tree(path)
                os.close(handle)
                count += 1
    return count


def remove_tree(path: Path) -> None:
    """Remove a folder with all in it, whatever modes a command or an overlay gave to what is in it."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    _open_up(path)
    for base, folders, _ in os.walk(path):
        for name in folders:
            inner = Path(base, name)
            if not inner.is_symlink():
                _open_up(inner)
    shutil.rmtree(path, ignore_errors=True)


def _refuse_of_others(base: Path) -> None:
    """Refuse a folder that somebody else could change: what is in it becomes what commands run."""
    status = base.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & stat.S_IWOTH:
        msg = f"{base} can be changed by somebody else, so no changes are tried out there."
        raise WorkspaceError(msg, hint="Remove it, or name another folder with VIVEK_CACHE_DIR.")


def _open_up(folder: Path) -> None:
    with suppress(OSError):
        mode = stat.S_IMODE(folder.lstat().st_mode)
        if mode & stat.S_IRWXU != stat.S_IRWXU:  # the overlay's own folder has no rights at all
            folder.chmod(mode | stat.S_IRWXU)


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle
