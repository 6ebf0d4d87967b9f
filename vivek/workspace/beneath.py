"""Opens the folder that holds a file, one step at a time beneath the root, so that no swapped link leads out.

It asks a `Disk` for everything and changes nothing but missing folders.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.workspace.disk import Disk

_HINTS = {
    errno.ENOSPC: "Free some space on the disk, then try again.",
    errno.EDQUOT: "Your share of the disk is used up: free some space, then try again.",
    errno.EROFS: "The disk is mounted read-only.",
    errno.EACCES: "Check the rights of the file and of its folder.",
    errno.EPERM: "Check the rights of the file and of its folder.",
    errno.ENOTDIR: "A file or a link is where a folder is needed.",
    errno.ENOENT: "It or its folder has gone: was the project moved?",
}


@contextmanager
def nearest_folder(disk: Disk, root: Path, real: Path, *, make: bool = False) -> Iterator[tuple[int, str, int]]:
    """Open the nearest existing folder above a file.

    Args:
        disk: Who makes the calls.
        root: The workspace's folder, links followed.
        real: The file, as `paths.resolve` gave it.
        make: Make the folders that are missing.

    Yields:
        A descriptor of the folder, the file's own name, and how many folders between the two are missing.

    Raises:
        OSError: If a folder cannot be opened or made.
    """
    *folders, name = real.relative_to(root).parts
    handle = disk.open_root(root)
    missing = 0
    try:
        deep = disk.open_beneath(handle, folders)
        if deep is not None:
            os.close(handle)
            handle, folders = deep, []
        for number, part in enumerate(folders):
            try:
                inner = disk.open_folder(handle, part)
            except FileNotFoundError:
                if not make:
                    missing = len(folders) - number
                    break
                disk.make_folder(handle, part)
                inner = disk.open_folder(handle, part)
            os.close(handle)
            handle = inner
        yield handle, name, missing
    finally:
        os.close(handle)


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn the system's errors about a file into vivek's own, each with its hint."""
    try:
        yield
    except OSError as error:
        msg = f"`{path}` cannot be used: {error.strerror}."
        hint = _HINTS.get(error.errno or 0, "Check the file, its folder and the disk.")
        raise WorkspaceError(msg, hint=hint) from error
