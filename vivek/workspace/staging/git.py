"""Puts back what a command changed in git's and vivek's own files, where the sandbox cannot refuse that by itself."""

import os
import shutil
from pathlib import Path

from vivek.workspace.paths import PROTECTED, git_folders

_WATCHED = ("config", "config.worktree", "hooks", "info/attributes", "config.toml", "modes", "rules")
_LARGEST = 1 << 20

Kept = dict[Path, tuple[int, bytes] | None]
"""Mode and bytes by file; None for one that was not there."""


def remember_protected(root: Path) -> Kept:
    """Return the files of a project whose change would make git or vivek run something later."""
    return {path: _read(path) for path in _watched(root)}


def put_protected_back(root: Path, kept: Kept) -> tuple[str, ...]:
    """Undo what was done to those files.

    Returns:
        The files that had been changed, made or removed.
    """
    changed = []
    for path in sorted({*kept, *_watched(root)}):
        before = kept.get(path)
        if _read(path) == before:
            continue
        changed.append(str(path))
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path)
        if before is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before[1])
            path.chmod(before[0])
    return tuple(changed)


def _watched(root: Path) -> list[Path]:
    found = []
    for folder in [*(root / name for name in sorted(PROTECTED)), *git_folders(root)]:
        if folder.is_file() or folder.is_symlink():
            found.append(folder)
        for name in _WATCHED:
            place = folder / name
            if place.is_dir() and not place.is_symlink():
                found += [Path(base, file) for base, _, files in os.walk(place) for file in files]
            else:
                found.append(place)
    return found


def _read(path: Path) -> tuple[int, bytes] | None:
    """Return mode and bytes; a link counts by where it leads to."""
    try:
        status = path.lstat()
        if path.is_symlink():
            return status.st_mode, os.fsencode(path.readlink())
        with path.open("rb") as file:
            return status.st_mode & 0o7777, file.read(_LARGEST)
    except OSError:
        return None
