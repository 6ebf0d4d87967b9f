"""The change set as the upper layer of an overlay, and what a command wrote, as the overlay above it tells.

Source: the documentation of overlayfs: a deleted name is a device 0:0, a folder that hides the one below it has an
attribute.
"""

import filecmp
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from vivek.schema.sandbox import Trace, TraceKind
from vivek.workspace.paths import resolve

_OPAQUE = "user.overlay.opaque"
_NEW_FILE = 0o644


def put_changes(changes: Path, root: Path, files: Mapping[str, bytes | None]) -> None:
    """Write files into the upper layer.

    Args:
        changes: Its folder.
        root: The project.
        files: The new bytes by path relative to the root, None to delete the file.

    Raises:
        OutsideWorkspaceError: If a path leads out of the project.
        OSError: If something cannot be written.
    """
    real_root = Path(os.path.realpath(root))
    for path, data in files.items():
        real = resolve(root, path)
        name = real.relative_to(real_root)
        place = changes / name
        _make_folders(changes, real_root, name.parent)
        _remove(place)
        if data is not None:
            place.write_bytes(data)
            place.chmod(mode_of(real))
        elif os.path.lexists(real):
            os.mknod(place, stat.S_IFCHR, os.makedev(0, 0))


def mode_of(path: Path) -> int:
    """Return the mode of a plain file, or that of a new one."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return _NEW_FILE
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else _NEW_FILE


def traces(root: Path, changes: Path, upper: Path) -> Iterator[Trace]:
    """Yield what a command did to the files it saw, sorted by folder.

    Args:
        root: The project.
        changes: The layer over it.
        upper: What the overlay kept of the command's writes.
    """
    for base, folders, names in os.walk(upper):
        inside = Path(base).relative_to(upper)
        folders.sort()
        if _is_opaque(Path(base)) and _seen(root, changes, inside) is not None:
            yield Trace("replace", inside.as_posix())
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        for name in sorted([*names, *links]):
            kind = _kind(Path(base, name), _seen(root, changes, inside / name))
            if kind is not None:
                yield Trace(kind, (inside / name).as_posix())


def _kind(written: Path, seen: Path | None) -> TraceKind | None:
    """Return what became of a file, None when a command only opened it for writing."""
    now = written.lstat()
    if _is_whiteout(now):
        return "delete" if seen is not None else None
    if seen is None:
        return "new"
    before = seen.lstat()
    if stat.S_ISLNK(now.st_mode) and stat.S_ISLNK(before.st_mode):
        return None if written.readlink() == seen.readlink() else "write"
    if not (stat.S_ISREG(now.st_mode) and stat.S_ISREG(before.st_mode)):
        return "write"
    if not filecmp.cmp(written, seen, shallow=False):
        return "write"
    return "mode" if stat.S_IMODE(now.st_mode) != stat.S_IMODE(before.st_mode) else None


def _seen(root: Path, changes: Path, inside: Path) -> Path | None:
    """Return the file that a command saw at a path before it wrote there, None when it saw none."""
    staged = changes / inside
    try:
        status = staged.lstat()
    except (FileNotFoundError, NotADirectoryError):
        hidden = any(_hides(changes / parent) for parent in inside.parents)
        return root / inside if not hidden and os.path.lexists(root / inside) else None
    return None if _is_whiteout(status) else staged


def _hides(place: Path) -> bool:
    try:
        status = place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return not stat.S_ISDIR(status.st_mode) or _is_opaque(place)


def _make_folders(changes: Path, root: Path, inside: Path) -> None:
    """Make the folders above a file, with the modes they have in the project."""
    for parent in [*reversed(inside.parents), inside]:
        if parent == Path():
            continue
        place = changes / parent
        was_removed = os.path.lexists(place) and not place.is_dir()
        if was_removed:
            place.unlink()
        if not place.is_dir():
            place.mkdir()
            real = root / parent
            if real.is_dir():
                place.chmod(stat.S_IMODE(real.stat().st_mode) | stat.S_IRWXU)
            if was_removed:
                os.setxattr(place, _OPAQUE, b"y")


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _is_whiteout(status: os.stat_result) -> bool:
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def _is_opaque(folder: Path) -> bool:
    return folder.is_dir() and _OPAQUE in os.listxattr(folder)
