"""The system calls vivek makes on the user's files, one method each, every name beneath an open folder.

It decides nothing. A test hands in its own to make call 1, 2, 3, ... fail.
"""

import errno
import os
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from vivek.workspace.openat2 import Open, openat2

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# What one call for several levels may fail with, so that going step by step tells more.
_TELL_MORE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EXDEV, errno.EAGAIN})
# What follows a file to its new version; capabilities and the like must not survive a change of its content.
_KEPT_ATTRIBUTES = ("user.", "system.posix_acl_access")


class Disk:
    """Raises OSError, and nothing else.

    Attributes:
        one_call: Returns the kernel's call that opens several levels at once, or None to go step by step.
    """

    one_call: Callable[[], Open | None] = staticmethod(openat2)

    def open_root(self, root: Path) -> int:
        """Open the workspace's folder."""
        return os.open(root, _FOLDER)

    def open_folder(self, parent: int, name: str) -> int:
        """Open a folder in a folder; a link is an error, whatever it leads to."""
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)

    def open_beneath(self, root: int, folders: Sequence[str]) -> int | None:
        """Open a folder several levels beneath another one in one call; None when that cannot be done so."""
        opener = self.one_call()
        if opener is None or not folders:
            return None
        try:
            return opener(root, "/".join(folders), _FOLDER | os.O_NOFOLLOW)
        except OSError as error:
            if error.errno in _TELL_MORE:
                return None
            raise

    def make_folder(self, parent: int, name: str) -> None:
        """Make a folder in a folder and have that written to disk."""
        os.mkdir(name, dir_fd=parent)
        self.sync_folder(parent)

    def remove_folder(self, parent: int, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(name, dir_fd=parent)

    def status(self, folder: int, name: str) -> os.stat_result | None:
        """Return what a name is, links not followed; None when there is nothing."""
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def may_write(self, folder: int, name: str) -> bool:
        """Tell whether a file or folder may be written; without the owner's write bit root may not either."""
        if not os.stat(name, dir_fd=folder).st_mode & stat.S_IWUSR:
            return False
        return os.access(name, os.W_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids)

    def read(self, folder: int, name: str) -> bytes:
        """Return the bytes of a plain file; never waits for a pipe and never reads a device without end."""
        handle = os.open(name, _READ, dir_fd=folder)
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            if not stat.S_ISREG(os.fstat(handle).st_mode):  # put there since somebody looked
                raise OSError(errno.EINVAL, "it is not a plain file", name)
            return file.read()

    def create(self, folder: int, name: str, mode: int) -> int:
        """Make a file that must not exist; the process's umask applies to the mode."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, mode, dir_fd=folder)

    def write(self, handle: int, data: bytes) -> None:
        """Write all of the data."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]

    def set_mode(self, handle: int, mode: int) -> None:
        """Set the rights of an open file, whatever the umask is."""
        if stat.S_IMODE(os.fstat(handle).st_mode) != mode:  # some disks have one mode for all and refuse to change it
            os.fchmod(handle, mode)

    def copy_attributes(self, source: os.stat_result, folder: int, name: str, handle: int) -> None:
        """Give an open file the owner and the extended attributes of another one, as far as the system lets us."""
        own = os.fstat(handle)
        if (own.st_uid, own.st_gid) != (source.st_uid, source.st_gid):
            _try_chown(handle, source.st_uid, source.st_gid)
        other = os.open(name, _READ, dir_fd=folder)
        try:
            _copy_extended(other, handle)
        finally:
            os.close(other)

    def sync(self, handle: int) -> None:
        """Have an open file written to the disk itself."""
        if sys.platform == "darwin":
            import fcntl

            with suppress(OSError):  # not every disk can
                fcntl.fcntl(handle, fcntl.F_FULLFSYNC)  # fsync alone stops at the drive's cache there
                return
        os.fsync(handle)

    def sync_folder(self, folder: int) -> None:
        """Have the names in an open folder written to disk, where the disk does that for folders."""
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise

    def rename(self, folder: int, source: str, target: str) -> None:
        """Put a file in the place of another one of the same folder, in one step."""
        os.rename(source, target, src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, folder: int, name: str) -> None:
        """Remove a file or a link."""
        os.unlink(name, dir_fd=folder)


def _try_chown(handle: int, uid: int, gid: int) -> None:
    try:
        os.fchown(handle, uid, gid)
    except PermissionError:
        return  # only root gives files away; the content counts more than who owns it


def _copy_extended(source: int, target: int) -> None:
    if sys.platform != "linux":
        return  # Python offers them on Linux only
    try:
        for name in os.listxattr(source):
            if name.startswith(_KEPT_ATTRIBUTES):
                os.setxattr(target, name, os.getxattr(source, name))
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EPERM, errno.EACCES):
            raise
