"""A disk whose n-th call fails, and the change set it is tried on."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from vivek.schema.edits import ChangeSet
from vivek.workspace.disk import Disk
from vivek.workspace.staging.stage import Stage
from vivek.workspace.store import Store

CHANGING = (
    "make_folder",
    "remove_folder",
    "create",
    "write",
    "set_mode",
    "copy_attributes",
    "sync",
    "sync_folder",
    "rename",
    "remove",
)
LOOKING = ("open_root", "open_beneath", "open_folder", "status", "may_write", "read")

Snapshot = dict[str, tuple[str, bytes, int]]


class FaultyDisk(Disk):
    """Counts calls and strikes at the n-th; a write is cut in the middle.

    With `lasting` every call from the n-th on is struck.
    """

    def __init__(
        self, at: int, strike: Callable[[], None], *, lasting: bool = False, calls: tuple[str, ...] = CHANGING + LOOKING
    ) -> None:
        self.at = at
        self.strike = strike
        self.lasting = lasting
        self.counted = calls
        self.seen: list[str] = []

    @property
    def struck(self) -> bool:
        return len(self.seen) >= self.at > 0

    def step(self, name: str) -> None:
        if name not in self.counted:
            return
        self.seen.append(name)
        if len(self.seen) == self.at or (self.lasting and self.struck):
            self.strike()

    def write(self, handle: int, data: bytes) -> None:
        super().write(handle, data[: len(data) // 2])
        self.step("write")
        super().write(handle, data[len(data) // 2 :])


def _counting(name: str) -> Callable[..., object]:
    plain = getattr(Disk, name)

    def call(self: FaultyDisk, *arguments: object) -> object:
        self.step(name)
        return plain(self, *arguments)

    return call


for _name in (*CHANGING, *LOOKING):
    if _name != "write":
        setattr(FaultyDisk, _name, _counting(_name))


def failing(number: int) -> Callable[[], None]:
    """Return a strike that raises OSError with this number."""

    def strike() -> None:
        raise OSError(number, os.strerror(number))

    return strike


no_space = failing(errno.ENOSPC)
input_output = failing(errno.EIO)


def nothing() -> None:
    """Strike nobody."""


def snapshot(root: Path) -> Snapshot:
    """Return everything in a project but vivek's own folder: kind, content and rights by path."""
    found: Snapshot = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".vivek":
            continue
        status = path.lstat()
        rights = stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            found[name] = ("link", os.fsencode(path.readlink()), 0)
        elif stat.S_ISDIR(status.st_mode):
            found[name] = ("folder", b"", rights)
        elif stat.S_ISREG(status.st_mode):
            found[name] = ("file", path.read_bytes(), rights)
        else:
            found[name] = ("other", b"", rights)
    return found


def fill(root: Path) -> None:
    """Make the project that the sweeps change."""
    root.mkdir()
    (root / "bin").mkdir()
    (root / "docs").mkdir()
    (root / "crlf.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    (root / "bin/run.sh").write_bytes(b"#!/bin/sh\necho old\n")
    (root / "bin/run.sh").chmod(0o755)
    (root / "docs/target.txt").write_bytes(b"caf\xe9 without an end of line")
    (root / "link.txt").symlink_to("docs/target.txt")
    (root / "gone.bin").write_bytes(bytes(range(256)))
    (root / "gone.bin").chmod(0o640)
    (root / "untouched.txt").write_bytes(b"stays\n")


EDITS: Mapping[str, bytes | None] = {
    "crlf.txt": b"\xef\xbb\xbfone\r\ntwo and a half\r\n",
    "bin/run.sh": b"#!/bin/sh\necho new\n",
    "link.txt": b"th\xe9 without an end of line",
    "gone.bin": None,
    "new/deep/made.txt": b"made\n",
    "docs/also.txt": b"made too\n",
}


def staged(store: Store, root: Path, name: str = "calm-otter-7-1-1") -> ChangeSet:
    """Stage EDITS against the project as it is."""
    current = {path: (root / path).read_bytes() if (root / path).exists() else None for path in EDITS}
    return Stage(store).stage(EDITS, current, id=name)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
