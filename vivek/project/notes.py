"""Reads what a project says about itself in `vivek.md` or `AGENTS.md`: data from the repository, never trusted."""

from collections.abc import Callable
from pathlib import Path

from vivek.edits.codec import Undecodable, decode, is_binary
from vivek.errors import WorkspaceError

NAMES = ("vivek.md", "AGENTS.md")
LONGEST = 20_000
"""Characters of notes that are read; a model that is shown more sees less of the work."""

_LARGEST = 1_000_000


def read_notes(root: Path, read: Callable[[str], bytes | None]) -> str:
    r"""Return the notes of a project, lines ended by `\n`, at most `LONGEST` characters; "" when there are none.

    Args:
        root: The root of the project.
        read: Returns the bytes of a file beneath the root, or None; it refuses what leads out of the project.
    """
    for name in NAMES:
        data = _load(root, name, read)
        if data is not None:
            return _shortened(_decoded(data))
    return ""


def _load(root: Path, name: str, read: Callable[[str], bytes | None]) -> bytes | None:
    path = root / name
    try:
        # A pipe would wait for ever, and a huge file is no page of notes.
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        data = read(name)
    except (OSError, WorkspaceError):  # a link that leads out, a file that may not be read: as if it were not there
        return None
    return None if data is None or is_binary(data) else data


def _decoded(data: bytes) -> str:
    text = decode(data)
    if isinstance(text, Undecodable):
        return data.decode("utf-8", "replace").replace("\r\n", "\n")
    return text.plain


def _shortened(text: str) -> str:
    text = text.strip()
    if len(text) <= LONGEST:
        return text
    whole_lines = text[:LONGEST].rpartition("\n")[0] or text[:LONGEST]
    return f"{whole_lines}\n[the rest is left out]"
