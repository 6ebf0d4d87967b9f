"""A copy of the project for systems that lay no changes over it: reused, so that only what differs is copied again.

Never hard links: a command that writes in place would write the user's own file.
"""

import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from vivek.errors import WorkspaceError
from vivek.schema.sandbox import Trace, TraceKind
from vivek.workspace.paths import PROTECTED, resolve
from vivek.workspace.staging.changes import mode_of

MOST_FILES = 20_000
"""A project with more is not copied."""

_MOST_BORROWED = 100
_CLONE = 0x40049409  # FICLONE
_PIECE = 1 << 20
_NOT_COPIED = frozenset({"__pycache__", "node_modules", ".venv", "venv", ".tox", ".nox", *PROTECTED})

Stamp = tuple[int, int, int]
"""Mode, size and time of change of a file: who has the same was not written to."""


class Copy:
    """The copy, what of the project it shows beside it, and what commands did to it."""

    def __init__(self, root: Path, folder: Path, files: Callable[[Path], list[str] | None], *, linked: bool) -> None:
        """Take over the copy in a folder, or make one there at the first `refresh`.

        Args:
            root: The project.
            folder: The copy's.
            files: Lists the files of the project that are copied, None when it cannot tell.
            linked: Whether what is not copied is linked to; else it is mounted, and needs a place.
        """
        self.folder = folder
        self.borrowed: tuple[str, ...] = ()
        self._root = root
        self._files = files
        self._linked = linked
        self._stamps: dict[str, Stamp] = {}

    def refresh(self, staged: Mapping[str, bytes | None]) -> None:
        """Make it what the project is, with changes.

        Args:
            staged: The new bytes by path, None to delete the file.

        Raises:
            WorkspaceError: If the project is too large, or the disk is full.
            OutsideWorkspaceError: If a path leads out of the project.
        """
        names = self._names()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._borrow(names)
            self._remove_others({*names, *self.borrowed, *PROTECTED})
            for name in names:
                self._copy(name)
            for path, data in staged.items():
                self._put(path, data)
        except OSError as error:
            msg = f"The project cannot be copied for a check: {error.strerror}."
            raise WorkspaceError(msg, hint="Free some space on the disk of your cache folder.") from error
        self._stamps = dict(self._present())

    def traces(self) -> Iterator[Trace]:
        """Yield what was done to it since the last `refresh`."""
        now = dict(self._present())
        for name in sorted({*now, *self._stamps}):
            kind = _difference(self._stamps.get(name), now.get(name))
            if kind is not None:
                yield Trace(kind, name)

    def _names(self) -> list[str]:
        listed = self._files(self._root)
        names = list(self._walked()) if listed is None else listed
        if len(names) > MOST_FILES:
            msg = f"The project has {len(names):,} files, too many to copy for a check."
            raise WorkspaceError(msg, hint="Install bubblewrap, or let vivek lay changes over it: see `vivek doctor`.")
        return names

    def _walked(self) -> Iterator[str]:
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(folder for folder in folders if folder not in _NOT_COPIED)
            for name in sorted(files):
                yield Path(base, name).relative_to(self._root).as_posix()

    def _borrow(self, names: list[str]) -> None:
        """Find the folders that hold nothing of what is copied, and give them a place."""
        kept = _folders_above(names)
        found: list[str] = []
        for folder in sorted(kept, key=lambda path: (path.count("/"), path)):
            try:
                entries = sorted(os.scandir(self._root / folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                inside = _joined(folder, entry.name)
                if entry.is_dir(follow_symlinks=False) and inside not in kept and entry.name != "__pycache__":
                    found.append(inside)
        self.borrowed = tuple(name for name in found if name not in PROTECTED)[:_MOST_BORROWED]
        for name in [*self.borrowed, *(name for name in PROTECTED if (self._root / name).exists())]:
            self._make_place(name)

    def _make_place(self, name: str) -> None:
        place, real = self.folder / name, self._root / name
        if self._linked:
            if not place.is_symlink():
                _remove(place)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(real)
        elif real.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.touch()

    def _remove_others(self, kept: set[str]) -> None:
        needed = _folders_above(kept)
        for base, folders, files in os.walk(self.folder):
            inside = os.path.relpath(base, self.folder)
            for name in list(folders):
                path = _joined(inside, name)
                if path in kept or path not in needed:
                    folders.remove(name)
                if path not in kept and (path not in needed or Path(base, name).is_symlink()):
                    _remove(Path(base, name))
            for name in files:
                if _joined(inside, name) not in kept:
                    Path(base, name).unlink()

    def _copy(self, name: str) -> None:
        status = _status_of(f"{self._root}/{name}")
        there = _status_of(f"{self.folder}/{name}")
        if status is not None and there is not None and _stamp(status) == _stamp(there):
            return
        real, place = self._root / name, self.folder / name
        _remove(place)
        if status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        if stat.S_ISLNK(status.st_mode):
            place.symlink_to(real.readlink())
            os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns), follow_symlinks=False)
        else:
            clone(real, place, status)

    def _put(self, path: str, data: bytes | None) -> None:
        real = resolve(self._root, path)
        place = self.folder / real.relative_to(os.path.realpath(self._root))
        _remove(place)
        if data is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(mode_of(real))

    def _present(self) -> Iterator[tuple[str, Stamp]]:
        for base, folders, files in os.walk(self.folder):
            inside = os.path.relpath(base, self.folder)
            folders[:] = [
                name
                for name in folders
                if name not in PROTECTED and name != "__pycache__" and _joined(inside, name) not in self.borrowed
            ]
            for name in files:
                status = _status_of(f"{base}/{name}")
                if status is not None and not (inside == "." and name in PROTECTED):
                    yield _joined(inside, name), _stamp(status)


def _joined(folder: str, name: str) -> str:
    """Return a path relative to the root as text: making `Path` objects of thousands would be most of the work."""
    return name if folder == "." else f"{folder}/{name}"


def _folders_above(names: Iterable[str]) -> set[str]:
    found = {"."}
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _difference(before: Stamp | None, now: Stamp | None) -> TraceKind | None:
    if before is None:
        return "new"
    if now is None:
        return "delete"
    if before[1:] != now[1:]:
        return "write"
    return "mode" if before != now else None


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mode, status.st_size, status.st_mtime_ns


def _status_of(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def clone(source: Path, target: Path, status: os.stat_result) -> None:
    """Copy a plain file that does not exist yet, with its rights and times, sharing its blocks where it can.

    Raises:
        OSError: If it cannot be read or written.
    """
    with source.open("rb") as whole, target.open("xb") as new:
        try:
            fcntl.ioctl(new.fileno(), _CLONE, whole.fileno())
        except OSError:
            shutil.copyfileobj(whole, new, _PIECE)
            new.flush()  # or closing it would renew its time
        os.fchmod(new.fileno(), stat.S_IMODE(status.st_mode))
        os.utime(new.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
