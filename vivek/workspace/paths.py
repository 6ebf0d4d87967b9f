"""Decides which paths of the workspace may be touched at all. Looks at links, changes nothing."""

import os
from pathlib import Path

from vivek.errors import OutsideWorkspaceError

PROTECTED = frozenset({".git", ".vivek"})
"""Folders nobody writes to for the user: git's own data and vivek's."""

# Code points that some file systems ignore in names, so that `.g<U+200C>it` is `.git`.
_IGNORED = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
_SHORT_NAMES = frozenset({"git~1", "vivek~1"})


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
    return real


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
        plain = part.translate(_IGNORED).casefold().rstrip(" .")
        if plain in PROTECTED or plain in _SHORT_NAMES:
            raise _refusal(path, f"`{part}` is never touched")


def _refusal(path: str, reason: str) -> OutsideWorkspaceError:
    msg = f"{path!r} is not used: {reason}."
    return OutsideWorkspaceError(msg, hint="Name a file inside the project, relative to its root.")
