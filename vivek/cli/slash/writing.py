"""Text from elsewhere into the prompt, and answers out of the chat: the editor, the clipboard."""

import base64
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from vivek.cli.render.safe_text import one_line, visible
from vivek.cli.slash.agreeing import agrees
from vivek.cli.slash.desk import Desk
from vivek.errors import ConfigError, WorkspaceError

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_TERMINAL_BYTES = 74_994
"""What the smallest of the known terminals takes at once."""


async def compose(desk: Desk, words: str) -> None:
    """Write the next message in the user's editor; it comes into the prompt, and Enter sends it.

    Right after a turn that failed its reply is opened instead, to be mended and applied.

    Raises:
        WorkspaceError: If there is no editor, or it leaves no text behind.
    """
    from vivek.session.doors.editing import edit_text

    if desk.kept and not words:
        await _mend(desk)
        return
    text = (await edit_text(words, "message.md")).strip("\n")
    if text.strip():
        desk.prefill(text)
    else:
        desk.tell("Nothing was written.")


async def _mend(desk: Desk) -> None:
    """Open the reply of a turn that failed, and offer to apply what it holds then."""
    from vivek.cli.render.applying import remark_lines, result_lines
    from vivek.session.doors.apply import apply_reply
    from vivek.session.doors.editing import edit_text

    path = desk.place.root / desk.kept
    try:
        reply = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}.", hint="`/retry` asks again.") from error
    mended = await edit_text(reply, path.name)
    if mended != reply:
        path.write_text(mended, encoding="utf-8")
    if await agrees(desk, "Apply the edits of this reply to your files?", default=False):
        report = apply_reply(desk.place, mended)
        desk.tell(f"{result_lines(report)}{remark_lines(report)}".rstrip("\n"))


async def paste(desk: Desk, _words: str) -> None:
    """Put the text on the clipboard into the prompt.

    Raises:
        WorkspaceError: If nothing can read it, or it holds no text.
    """
    from vivek.session.doors.clipboard import paste_text

    text = paste_text()
    if text.strip():
        desk.prefill(text)
    else:
        desk.tell("The clipboard is empty.")


async def copy(desk: Desk, words: str) -> None:
    """Copy the last answer, or one code block of it by its number.

    Raises:
        WorkspaceError: If a text is missing or damaged.
    """
    from vivek.session.doors.history import show_thread

    said = [text for role, text in show_thread(desk.place, desk.thread) if role == "assistant"] if desk.thread else []
    if not said:
        desk.tell("Nothing was answered in this thread yet.")
        return
    text, what = said[-1], "the last answer"
    if words:
        blocks = [found[2] for found in _FENCE.finditer(text)]
        if not (words.isascii() and words.isdigit() and 1 <= int(words) <= len(blocks)):
            there = f"blocks 1 to {len(blocks)}" if len(blocks) > 1 else "block 1" if blocks else "no code block"
            desk.tell(f"The last answer has {there}.\nhint: `/copy` copies all of it, `/copy 1` its first code block")
            return
        text, what = blocks[int(words) - 1], f"code block {words}"
    desk.tell(_told(what, text, _copied(text)))


async def export(desk: Desk, words: str) -> None:
    """Write this thread to a new file: Markdown, or JSON where its name ends so.

    Raises:
        ConfigError: If the file is there already, or cannot be written.
    """
    from dataclasses import asdict

    from vivek.cli.render.exported import thread_markdown
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.session.doors.exporting import export_thread

    if desk.thread is None:
        desk.tell("Nothing was said in this thread yet.")
        return
    exported = export_thread(desk.place, desk.thread)
    path = _path(words or f"{desk.thread}.md")
    as_json = path.suffix == ".json"
    _write_new(path, [dump({"version": VERSION, **asdict(exported)}) + "\n"] if as_json else thread_markdown(exported))
    desk.tell(f"written to {one_line(str(path), 300)}")


def _path(words: str) -> Path:
    try:
        return Path(words).expanduser()
    except RuntimeError:  # nobody's home
        return Path(words)


def _write_new(path: Path, pieces: Iterable[str]) -> None:
    """Write a file that is not there yet.

    Raises:
        ConfigError: If it is there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", errors="replace") as file:
            file.writelines(pieces)
    except FileExistsError as error:
        raise ConfigError(f"{path} is there already.", hint="`/export FILE` writes to another one.") from error
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be written: {getattr(error, 'strerror', None) or error}."
        raise ConfigError(msg, hint="Name a file in a folder that is there and may be written to.") from error


def _told(what: str, text: str, how: str) -> str:
    size = f"{len(text):,} characters"
    if how:
        return f"copied {what}, {size} ({how})"
    hint = "Install wl-clipboard, xclip or xsel, or use a terminal that takes OSC 52."
    return f"{what} could not be copied: {size} are too long for the terminal.\nhint: {hint}"


def _copied(text: str) -> str:
    """Copy a text by a program of this machine and through the terminal; return by what, "" for neither."""
    from vivek.session.doors.clipboard import copy_text

    by = [program] if (program := copy_text(text)) else []
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    if len(encoded) <= _TERMINAL_BYTES and sys.stdout.isatty():
        sys.stdout.write(f"\x1b]52;c;{encoded}\x07")
        sys.stdout.flush()
        by.append("the terminal")
    return visible(" and ".join(by))
