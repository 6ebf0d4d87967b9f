"""Reads what a project says about itself in `vivek.md` or `AGENTS.md`: data from the repository, never trusted.

Only the two files at the root are read: what lies deeper may be a dependency's, and speak for somebody else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vivek.edits.codec import Undecodable, decode, is_binary
from vivek.errors import WorkspaceError
from vivek.schema.characters import BIDI, CONTROLS, INVISIBLE, SELECTORS, TAGS, without_flags

NAMES = ("vivek.md", "AGENTS.md")
LONGEST = 20_000
"""Characters of notes that are read; a model that is shown more sees less of the work."""

_LARGEST = 1_000_000
_TAGS = f"{min(TAGS)}-{max(TAGS)}"
_HIDDEN = re.compile("[" + re.escape("".join(sorted(BIDI | INVISIBLE | CONTROLS))) + _TAGS + SELECTORS + "]")


@dataclass(frozen=True, slots=True)
class Notes:
    """What a project says about itself.

    Attributes:
        text: The notes below the name of their file; "" when there are none.
        origin: That file, "" when there is none.
        told: What the user should know of them: left out, cut, hidden characters.
    """

    text: str = ""
    origin: str = ""
    told: tuple[str, ...] = ()


def read_notes(root: Path, read: Callable[[str], bytes | None]) -> str:
    """Return the text of `load_notes`."""
    return load_notes(root, read).text


def load_notes(root: Path, read: Callable[[str], bytes | None]) -> Notes:
    r"""Return the notes of a project, lines ended by `\n`, about `LONGEST` characters at most.

    Hidden characters are shown by their numbers, as in `⟨U+202E⟩`: nobody may be told what nobody can see.

    Args:
        root: The root of the project.
        read: Returns the bytes of a file beneath the root, or None; it refuses what leads out of the project.
    """
    told: list[str] = []
    for name in NAMES:
        found = _load(root, name, read)
        if isinstance(found, str):
            told.append(f"{name} is not read: {found}.")
        elif found is not None:
            return _shown(name, _decoded(found), told)
    return Notes(told=tuple(told))


def _load(root: Path, name: str, read: Callable[[str], bytes | None]) -> bytes | str | None:
    """Return the bytes of a file of notes, why it is not read, or None when there is none."""
    path = root / name
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            return "it is a link that leads out of the project"
        # A pipe would wait for ever, and a huge file is no page of notes.
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST:
            return f"it is larger than {_LARGEST:,} bytes"
        data = read(name)
    except (OSError, WorkspaceError) as error:
        return getattr(error, "strerror", None) or str(error).rstrip(".") or "it may not be read"
    if data is None or is_binary(data):
        return None if data is None else "it is no text"
    return data


def _shown(name: str, text: str, told: list[str]) -> Notes:
    text = text.strip()
    if not text:
        return Notes(told=tuple(told))
    if len(text) > LONGEST:
        told = [*told, f"{name} is long: the model is shown its first {LONGEST:,} characters."]
        text = f"{text[:LONGEST].rpartition(chr(10))[0] or text[:LONGEST]}\n[the rest is left out]"
    hidden = len(_HIDDEN.findall(without_flags(text)))
    if hidden:
        told = [*told, f"{name} holds {hidden} hidden characters; the model is shown their numbers instead."]
        text = _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
    return Notes(f"[{name}]\n{text}", name, tuple(told))


def _decoded(data: bytes) -> str:
    text = decode(data)
    if isinstance(text, Undecodable):
        return data.decode("utf-8", "replace").replace("\r\n", "\n")
    return text.plain
