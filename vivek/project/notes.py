"""Reads what a project says about itself in `vivek.md` and `AGENTS.md`: data from the repository, never trusted.

Only the two files at the root are read: what lies deeper may be a dependency's, and speak for somebody else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vivek.edits.codec import Undecodable, decode, is_binary
from vivek.errors import WorkspaceError
from vivek.project.note_parts import cut_notes, missing_in_words, without_front_matter
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
        text: The notes, each page below the name of its file, vivek's own first; "" when there are none.
        origin: Those files, "" when there is none.
        told: What the user should know of them: left out, cut, hidden characters, faults.
    """

    text: str = ""
    origin: str = ""
    told: tuple[str, ...] = ()


def load_notes(
    root: Path, read: Callable[[str], bytes | None], *, room: int | None = None, count: Callable[[str], int] = len
) -> Notes:
    r"""Return the notes of a project, lines ended by `\n`, about `LONGEST` characters at most.

    Hidden characters are shown by their numbers, as in `⟨U+202E⟩`: nobody may be told what nobody can see. Front
    matter is left out: it speaks to programs.

    Args:
        root: The root of the project.
        read: Returns the bytes of a file beneath the root, or None; it refuses what leads out of the project.
        room: Tokens that the notes may take, None for any number; longer ones are cut at a heading.
        count: Tokens of a text.
    """
    told: list[str] = []
    pages: dict[str, str] = {}
    for name in NAMES:
        found = _load(root, name, read)
        if isinstance(found, str):
            told.append(f"{name} is not read: {found}.")
        elif found is not None:
            text, fault = without_front_matter(_decoded(name, found, told))
            if fault:
                told.append(f"{name}, {fault}; it is shown to the model as it is.")
            if text.strip() and text.strip() not in pages.values():
                pages[name] = text.strip()
    left, texts = LONGEST, []
    for name, text in pages.items():
        texts.append(f"[{name}]\n{_shown(name, text, told, left)}")
        left = max(0, left - len(text))
    return _fitted(" and ".join(pages), "\n\n".join(texts), told, room, count)


def _load(root: Path, name: str, read: Callable[[str], bytes | None]) -> bytes | str | None:
    """Return the bytes of a file of notes, why it is not read, or None when there is none."""
    path = root / name
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            return "it is a link that leads out of the project"
        if not path.exists():
            return None
        # A pipe would wait for ever, and a huge file is no page of notes.
        if not path.is_file():
            return "it is no file of text"
        if path.stat().st_size > _LARGEST:
            return f"it is larger than {_LARGEST:,} bytes"
        data = read(name)
    except (OSError, WorkspaceError) as error:
        return getattr(error, "strerror", None) or str(error).rstrip(".") or "it may not be read"
    if data is None or is_binary(data):
        return None if data is None else "it is no text"
    return data


def _shown(name: str, text: str, told: list[str], longest: int) -> str:
    """Return the beginning of a page, with hidden characters shown."""
    cut = cut_notes(text, longest, len)
    if not cut.whole:
        shown = f"the model is shown its first {len(cut.text):,} characters"
        told.append(f"{name} is long: {shown}.{_without(cut.left_out)}")
    hidden = len(_HIDDEN.findall(without_flags(cut.text)))
    if not hidden:
        return cut.text
    told.append(f"{name} holds {hidden} hidden characters; the model is shown their numbers instead.")
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", cut.text)


def _fitted(origin: str, text: str, told: list[str], room: int | None, count: Callable[[str], int]) -> Notes:
    """Return as much of the notes as their share of the window holds."""
    if text and room is not None:
        size = count(text)
        cut = cut_notes(text, room, count)
        if not cut.whole:
            told.append(
                f"{origin} has {size:,} tokens, and its share of this model's window is {room:,}: "
                f"the model is shown its beginning.{_without(cut.left_out)}"
            )
        text = cut.text
    return Notes(text, origin, tuple(told))


def _without(left_out: tuple[str, ...]) -> str:
    return f" Left out: {missing_in_words(left_out)}." if left_out else ""


def _decoded(name: str, data: bytes, told: list[str]) -> str:
    text = decode(data)
    if not isinstance(text, Undecodable):
        return text.plain
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        told.append(f"{name}, line {line}: this is no UTF-8; what cannot be read is shown as \ufffd.")
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
