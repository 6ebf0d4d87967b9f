"""Reads and replaces the user's files: bytes only, whole files, in one step each. Never decodes text.

Every path goes through `paths.resolve`, and every call through a `Disk` beneath the folder found there, so that a
folder swapped for a link in between is an error and not a way out.
"""

import os
import stat
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Literal

from vivek.errors import WorkspaceError
from vivek.workspace.beneath import nearest_folder, translated
from vivek.workspace.disk import Disk
from vivek.workspace.paths import refuse_as_new, resolve
from vivek.workspace.steps import RIGHTS, Steps

Kind = Literal["file", "absent", "other"]


class Files:
    """The files of one workspace. Paths are relative to its root, with `/`.

    Attributes:
        root: The workspace's folder, links followed.
        steps: The single steps, for whoever changes several files together.
    """

    def __init__(self, root: Path, *, disk: Disk | None = None) -> None:
        self.root = Path(os.path.realpath(root))
        self._disk = disk or Disk()
        self.steps = Steps(self.root, self._disk)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None when there is none.

        Raises:
            OutsideWorkspaceError: If the path leads out of the workspace or to a place that is never touched.
            WorkspaceError: If it is no plain file or cannot be read.
        """
        kind = self.kind(path)
        if kind == "absent":
            return None
        if kind == "other":
            raise _not_plain(path)
        with translated(path), self._nearest(path) as (folder, name, _):
            return self._disk.read(folder, name)

    def place_of(self, path: str) -> Path:
        """Return where a file really lies, links followed.

        Raises:
            OutsideWorkspaceError: As `read` does.
        """
        return resolve(self.root, path)

    def is_link(self, path: str) -> bool:
        """Tell whether a path itself is a link; links to the folders above it do not count.

        Raises:
            OutsideWorkspaceError: As `read` does.
        """
        resolve(self.root, path)
        return self.root.joinpath(path).is_symlink()

    def kind(self, path: str) -> Kind:
        """Tell what a path is: a plain file, nothing, or something else (beneath a file, too, nothing can be).

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it cannot be looked at.
        """
        with translated(path):
            try:
                status = self._status(path)
            except NotADirectoryError:
                return "other"
        if status is None:
            return "absent"
        return "file" if stat.S_ISREG(status.st_mode) else "other"

    def mode(self, path: str) -> int | None:
        """Return the rights of a file, such as 0o644, None when there is none.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it cannot be looked at.
        """
        with translated(path):
            status = self._status(path)
        return None if status is None else status.st_mode & RIGHTS

    def names(self, path: str) -> int:
        """Return how many names a file has on its disk, 0 when there is none; more than one are hard links.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it cannot be looked at.
        """
        with translated(path):
            status = self._status(path)
        return 0 if status is None else status.st_nlink

    def size(self, path: str) -> int | None:
        """Return the bytes of a file without reading it, None when there is none.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it cannot be looked at.
        """
        with translated(path):
            status = self._status(path)
        return None if status is None else status.st_size

    def write(self, path: str, data: bytes, *, mode: int | None = None) -> None:
        """Replace or make a file in one step: whoever reads it finds the old bytes or the new ones.

        A link stays a link, its target is replaced. Rights, owner and extended attributes are kept; a hard link is
        cut from its other names.

        Args:
            path: The file; missing folders are made.
            data: Its new bytes.
            mode: Its new rights; None keeps those it has.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If the file or its folder is read-only, or the disk fails; the file is wholly old or
                wholly new then, and nothing is left beside it.
        """
        self.check_writable(path)
        if self.kind(path) == "absent":
            refuse_as_new(path)
        tag = os.urandom(8).hex()
        with ExitStack() as on_failure:
            on_failure.callback(self.steps.discard, path, tag)
            self.steps.prepare(path, data, tag, mode=mode)
            self.steps.place(path, tag)
            on_failure.pop_all()
        self.steps.sync_folder(path)

    def delete(self, path: str) -> None:
        """Delete a file; nothing happens when there is none.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it is a link or no plain file, it or its folder is read-only, or the disk fails.
        """
        if self.is_link(path):
            raise link_refusal(path)
        self.check_writable(path)
        if self.kind(path) == "file":
            self.steps.remove(path)
            self.steps.sync_folder(path)

    def check_writable(self, path: str) -> None:
        """Refuse a path that `write` and `delete` would refuse, and change nothing.

        A file without the owner's write bit was made so on purpose: that a rename could replace it all the same,
        and that root could write it, does not count.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If it or the folder it would lie in is read-only, or it is no plain file.
        """
        with translated(path), self._nearest(path) as (folder, name, missing):
            if not self._disk.may_write(folder, "."):
                msg = f"The folder of `{path}` is read-only."
                raise WorkspaceError(msg, hint="Allow writing to it with `chmod u+w`, then try again.")
            status = None if missing else self._disk.status(folder, name)
            if status is None:
                return
            if not stat.S_ISREG(status.st_mode):
                raise _not_plain(path)
            if not self._disk.may_write(folder, name):
                msg = f"`{path}` is read-only."
                raise WorkspaceError(msg, hint=f"Allow writing with `chmod u+w {path}`, then try again.")

    def missing_folders(self, path: str) -> int:
        """Return how many levels of folders must be made for a file.

        Raises:
            OutsideWorkspaceError: As `read` does.
            WorkspaceError: If a file is in the way.
        """
        with translated(path), self._nearest(path) as (_, _, missing):
            return missing

    def _nearest(self, path: str, *, make: bool = False) -> AbstractContextManager[tuple[int, str, int]]:
        return nearest_folder(self._disk, self.root, resolve(self.root, path), make=make)

    def _status(self, path: str) -> os.stat_result | None:
        with self._nearest(path) as (folder, name, missing):
            return None if missing else self._disk.status(folder, name)


def _not_plain(path: str) -> WorkspaceError:
    msg = f"`{path}` is not a plain file."
    return WorkspaceError(msg, hint="Only plain files are read and changed.")


def link_refusal(path: str) -> WorkspaceError:
    """Make the error for deleting a link: its target would go, and the link be left leading nowhere."""
    msg = f"`{path}` is a link, so it is not deleted."
    return WorkspaceError(msg, hint="Delete the file it leads to, or remove the link by hand.")
