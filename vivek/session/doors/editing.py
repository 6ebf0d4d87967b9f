"""What the approval screen does with a change: marks its words, and hands a file to the user's own editor."""

import re
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path

from vivek.config.layers import environment
from vivek.edits.codec import Undecodable, decode
from vivek.edits.diff import count, unified
from vivek.edits.words import marked
from vivek.errors import WorkspaceError
from vivek.schema.edits import FileChange
from vivek.schema.marks import MarkedLine
from vivek.session.place import Place
from vivek.workspace.files import Files
from vivek.workspace.process import run_on_terminal
from vivek.workspace.store import Store

_FALLBACK = "vi"  # POSIX promises it
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]{0,80}", re.ASCII)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


def mark_words(diff: str) -> tuple[MarkedLine, ...]:
    """Return the lines of a unified diff with the words that changed marked."""
    return marked(diff)


async def edit_staged(place: Place, path: str, digest: str) -> str | None:
    r"""Let the user edit the staged text of a file; return it as they left it, None when it is unchanged.

    The text lies alone in a private folder meanwhile, in UTF-8 with every line ended by `\n`: an editor that is
    started there finds nothing of the project that it would obey.

    Args:
        place: The project.
        path: The file.
        digest: SHA-256 (hex) of its staged bytes.

    Raises:
        WorkspaceError: If the content is no text, the editor cannot be started or fails, or what it left is no UTF-8.
    """
    with Store.open(place.data) as store:
        staged = decode(store.get(digest))
    if isinstance(staged, Undecodable):
        msg = f"`{path}` cannot be edited: {staged.reason}."
        raise WorkspaceError(msg)
    text = await edit_text(staged.plain, name_of(path))
    return None if text == staged.plain else text


async def edit_text(text: str, name: str) -> str:
    """Let the user edit a text in their editor, and return it as they left it.

    Args:
        text: The text.
        name: What its file is called meanwhile; the editor knows by it what it holds.

    Raises:
        WorkspaceError: If the editor cannot be started or fails, or what it left is no UTF-8.
    """
    with tempfile.TemporaryDirectory(prefix="vivek-edit-") as folder:
        copy = Path(folder) / name
        copy.touch(mode=0o600)
        copy.write_bytes(text.encode())
        command = editor_command()
        status = await run_on_terminal([*command, str(copy)], cwd=copy.parent)
        if status != 0:
            msg = f"`{' '.join(command)}` ended with status {status}; its text is not taken."
            raise WorkspaceError(msg, hint="Set VISUAL or EDITOR to an editor that waits, such as `code --wait`.")
        return _read(copy)


def editor_command() -> list[str]:
    """Return the user's editor as program and arguments: `VISUAL`, else `EDITOR`, else vi.

    Raises:
        WorkspaceError: If the variable holds no command.
    """
    named = environment("VISUAL") or environment("EDITOR") or _FALLBACK
    try:
        return shlex.split(named) or [_FALLBACK]
    except ValueError as error:
        msg = f"VISUAL or EDITOR is no command: `{named}`."
        raise WorkspaceError(msg, hint="Quotes in it must come in pairs.") from error


def difference(place: Place, change: FileChange, text: str) -> tuple[str, FileChange]:
    """Return what a text would change in a file of the project: as a unified diff, and as the change that this is.

    Args:
        place: The project.
        change: The change that the text takes the place of.
        text: What the file would hold; its lines end with a newline.

    Raises:
        WorkspaceError: If the file cannot be read.
    """
    data = Files(place.root).read(change.path)
    before = None if data is None else decode(data)
    if isinstance(before, Undecodable):
        return "", change
    old = None if before is None else before.plain
    added, removed = count(old, text)
    return unified(change.path, old, text), replace(change, added=added, removed=removed)


def name_of(path: str) -> str:
    """Return a name for a copy: that of the file if it is an ordinary one, so that the editor knows the language."""
    name = path.rpartition("/")[2]
    if _NAME.fullmatch(name):
        return name
    ending = _ENDING.search(name)
    return f"file{ending.group() if ending else '.txt'}"


def _read(copy: Path) -> str:
    try:
        return copy.read_bytes().decode().replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = "What the editor left behind is no UTF-8 text."
        raise WorkspaceError(msg, hint="Answer `e` to try again.") from error
