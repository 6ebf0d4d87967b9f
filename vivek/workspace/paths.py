"""Decides which paths of the workspace may be touched at all. Looks at links, changes nothing."""

import os
import re
import unicodedata
from pathlib import Path

from vivek.errors import OutsideWorkspaceError

PROTECTED = frozenset({".git", ".vivek"})
"""Folders nobody writes to for the user: git's own data and vivek's."""

# Code points that some file systems ignore in names, so that `.g<U+200C>it` is `.git`.
_IGNORED = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
_SHORT_NAMES = frozenset({"git~1", "vivek~1"})
# A drive or a stream, a device, a name that loses its last dots and blanks.
_WINDOWS = re.compile(
    r".*:.*|(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[ .].*)?|.*[ .]", re.IGNORECASE
)
_LONGEST_POINTER = 4096


def resolve(root: Path, path: str) -> Path:
    """Return where a path of the workspace really lies, links followed.

    Args:
        root: The workspace's folder.
        path: Relative to the root, with `/`; it need not exist.

    Raises:
        OutsideWorkspaceError: If it is absolute, climbs with `..`, leads out through a link, lies in `.git` or
            `.vivek`, or has characters that no file name should have.
    """
    parts = _parts(path)
    real_root = Path(os.path.realpath(root))
    real = Path(os.path.realpath(real_root.joinpath(*parts)))
    if not real.is_relative_to(real_root) or real == real_root:
        raise _refusal(path, "a link on the way leads out of the project")
    if real.is_symlink():
        raise _refusal(path, "its links form a circle")
    _refuse_protected(path, real.relative_to(real_root).parts)
    if any(real.is_relative_to(folder) for folder in git_folders(real_root)):
        raise _refusal(path, "it lies among git's own data")
    return real


def refuse_as_new(path: str) -> None:
    """Refuse to make a file whose name Windows takes for something else, be it in a checkout or on a mounted drive.

    A file that is there already, such as the `aux.c` of many projects, is used like any other.

    Raises:
        OutsideWorkspaceError: If one of its parts is such a name.
    """
    for part in path.split("/"):
        if part not in ("", ".") and _WINDOWS.fullmatch(part):
            raise _refusal(path, f"Windows takes {part!r} for something else, so it is not made")


def _parts(path: str) -> list[str]:
    if not path.isprintable() and any(_is_control(character) for character in path):
        raise _refusal(path, "it has control characters or is not valid UTF-8")
    if path.startswith(("/", "\\")) or path[1:3] in (":/", ":\\"):
        raise _refusal(path, "it is not relative to the project")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refusal(path, "it climbs with `..`")
    if not parts:
        raise _refusal(path, "it names no file")
    _refuse_protected(path, parts)
    return parts


def _is_control(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _refuse_protected(path: str, parts: list[str] | tuple[str, ...]) -> None:
    for part in parts:
        plain = unicodedata.normalize("NFKC", part.translate(_IGNORED)).casefold().rstrip(" .")
        if plain in PROTECTED or plain in _SHORT_NAMES:
            raise _refusal(path, f"`{part}` is never touched")


def git_folders(root: Path) -> list[Path]:
    """Return git's folders of a working tree whose `.git` is a file that points to them, as `git worktree` makes it."""
    if not (root / ".git").is_file():
        return []
    own = _pointed(root / ".git", root)
    common = None if own is None else _pointed(own / "commondir", own)
    # A working tree may lie inside its repository: then names alone protect.
    return [folder for folder in (own, common) if folder is not None and not root.is_relative_to(folder)]


def _pointed(pointer: Path, folder: Path) -> Path | None:
    try:
        with pointer.open("rb") as file:
            said = os.fsdecode(file.read(_LONGEST_POINTER))
        return Path(os.path.realpath(folder / said.strip().removeprefix("gitdir:").strip()))
    except (OSError, ValueError):  # ValueError: a NUL in what it says
        return None


def _refusal(path: str, reason: str) -> OutsideWorkspaceError:
    msg = f"{path!r} is not used: {reason}."
    return OutsideWorkspaceError(msg, hint="Name a file inside the project, relative to its root.")


def folder_inside(root: Path, folder: str) -> Path:
    """Return where a folder really is.

    Args:
        root: The project, a real path.
        folder: Relative to it.

    Raises:
        OutsideWorkspaceError: If that is outside of the project.
    """
    real = Path(os.path.realpath(root / folder))
    if not real.is_relative_to(root):
        msg = f"{folder!r} is outside the project."
        raise OutsideWorkspaceError(msg, hint="Run the command in a folder of the project.")
    return real
