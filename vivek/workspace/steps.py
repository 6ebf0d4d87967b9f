"""The single steps by which a file is replaced or removed. Whoever takes them decides on their order and on rights."""

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from vivek.workspace.beneath import nearest_folder, translated
from vivek.workspace.disk import Disk
from vivek.workspace.paths import resolve

RIGHTS = 0o777
"""The part of a file's mode that is kept: whatever runs as somebody else must not survive a change of its content."""


class Steps:
    """Steps on the files of one workspace; paths are relative to its root, with `/`."""

    def __init__(self, root: Path, disk: Disk) -> None:
        self._root = root
        self._disk = disk

    def prepare(self, path: str, data: bytes, tag: str, *, mode: int | None = None) -> None:
        """Write the future bytes of a file beside it, named by `tag`, and make missing folders.

        Raises:
            WorkspaceError: If the disk fails; what is there then goes with `discard`.
        """
        with self._folder(path, make=True) as (folder, name):
            current = self._disk.status(folder, name)
            rights = current.st_mode & RIGHTS if mode is None and current is not None else mode
            handle = self._disk.create(folder, _temporary(tag), 0o666 if rights is None else 0o600)
            try:
                self._disk.write(handle, data)
                if current is not None:
                    self._disk.copy_attributes(current, folder, name, handle)
                if rights is not None:
                    self._disk.set_mode(handle, rights)
                self._disk.sync(handle)
            finally:
                os.close(handle)

    def place(self, path: str, tag: str) -> None:
        """Put what `prepare` wrote in the file's place.

        Raises:
            WorkspaceError: If the disk fails.
        """
        with self._folder(path) as (folder, name):
            self._disk.rename(folder, _temporary(tag), name)

    def remove(self, path: str) -> None:
        """Delete a file without asking for its rights.

        Raises:
            WorkspaceError: If the disk fails.
        """
        with self._folder(path) as (folder, name):
            self._disk.remove(folder, name)

    def discard(self, path: str, tag: str) -> None:
        """Remove what `prepare` wrote, if it is there.

        Raises:
            WorkspaceError: If the disk fails.
        """
        with translated(path), suppress(NotADirectoryError), self._nearest(path) as (folder, _, missing):
            if not missing and self._disk.status(folder, _temporary(tag)) is not None:
                self._disk.remove(folder, _temporary(tag))

    def sync_folder(self, path: str) -> None:
        """Have the names in a file's folder written to disk.

        Raises:
            WorkspaceError: If the disk fails.
        """
        with translated(path), self._nearest(path) as (folder, _, _):
            self._disk.sync_folder(folder)

    def remove_folders(self, path: str, levels: int) -> None:
        """Remove the innermost `levels` folders above a file, as long as they are empty.

        Raises:
            WorkspaceError: If the disk fails.
        """
        parts = resolve(self._root, path).relative_to(self._root).parts
        for depth in range(len(parts) - 1, len(parts) - 1 - levels, -1):
            inner = "/".join(parts[:depth])
            with translated(path), self._nearest(inner) as (folder, name, missing):
                if missing or self._disk.status(folder, name) is None:
                    continue
                try:
                    self._disk.remove_folder(folder, name)
                except OSError as error:
                    if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                        return
                    raise
                self._disk.sync_folder(folder)

    def _nearest(self, path: str, *, make: bool = False) -> AbstractContextManager[tuple[int, str, int]]:
        return nearest_folder(self._disk, self._root, resolve(self._root, path), make=make)

    @contextmanager
    def _folder(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Open the folder that holds a file; yield its descriptor and the file's name in it."""
        with translated(path), self._nearest(path, make=make) as (folder, name, missing):
            if missing:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            yield folder, name


def _temporary(tag: str) -> str:
    return f".vivek-{tag}.tmp"
