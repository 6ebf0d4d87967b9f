"""What is asked: a prompt from the command line or from standard input, and text that is piped in beside it.

Nobody knows whether a pipe that says nothing is still to say something: it is waited for, but not for ever.
"""

import codecs
import os
import select
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass

from vivek.errors import ConfigError

PROMPT_LIMIT = 4 * 2**20
"""Bytes that are read at most; far above the largest window."""

SHOWN = 48_000
"""Characters of attached text that are shown to the model; of a longer one its two ends."""

_FIRST_SECONDS, _BETWEEN_SECONDS = 3.0, 30.0
_HEAD_SHARE = 0.75
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a pipe is waited for, in seconds: until it says something, and between two pieces."""

    first: float = _FIRST_SECONDS
    between: float = _BETWEEN_SECONDS


def load_prompt(given: str) -> str:
    """Return a prompt given as argument, or standard input for `-`.

    Raises:
        ConfigError: If it is empty, too large or no valid UTF-8.
    """
    prompt = _read_all() if given == "-" else given
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        msg = f"The prompt is not valid UTF-8 (character {error.start + 1})."
        raise ConfigError(msg, hint="Convert it first, for example with `iconv -t UTF-8`.") from error
    if not prompt.strip():
        msg = "The prompt is empty."
        raise ConfigError(msg, hint='Say what to do: `vivek ask "What does this project do?"`.')
    return prompt


def attach_input(prompt: str, tell: Callable[[str], None], patience: Patience = Patience()) -> str:
    """Return a prompt with the text that is piped in below it; the prompt alone where nothing is.

    Args:
        prompt: What the user asks.
        tell: Says what was left out, or waited for in vain.
        patience: How long a pipe is waited for.

    Raises:
        ConfigError: If what is piped in is no text.
    """
    data, whole = _read_piped(tell, patience)
    text = _decoded(data, whole=whole)
    if not text.strip():
        return prompt
    if "\0" in text:
        msg = "Standard input is binary, not text."
        raise ConfigError(msg, hint="Pipe text in, or start vivek with `< /dev/null`.")
    shown = _shortened(text, tell, whole=whole)
    fence = "```"
    while fence in shown:
        fence += "`"
    return f"{prompt.rstrip()}\n\nFrom standard input:\n{fence}text\n{shown.rstrip()}\n{fence}\n"


def tell_aside(text: str) -> None:
    """Say something on standard error."""
    sys.stderr.write(f"{text}\n")


def _read_all() -> str:
    if sys.stdin is None:
        return ""
    data = sys.stdin.buffer.read(PROMPT_LIMIT + 1)
    if len(data) > PROMPT_LIMIT:
        msg = f"Standard input is larger than {PROMPT_LIMIT // 2**20} MiB, the most a prompt may have."
        raise ConfigError(msg, hint="Send the part that matters.")
    return _decoded(data, whole=True)


def _read_piped(tell: Callable[[str], None], patience: Patience) -> tuple[bytes, bool]:
    """Return what is piped in, and whether that is all of it."""
    try:
        handle = sys.stdin.fileno() if sys.stdin is not None else -1
        if handle < 0 or os.isatty(handle):
            return b"", True
        waits = not stat.S_ISREG(os.fstat(handle).st_mode)
    except (OSError, ValueError):  # closed, or no real file
        return b"", True
    data = bytearray()
    while len(data) <= PROMPT_LIMIT:
        if waits and not select.select([handle], [], [], patience.between if data else patience.first)[0]:
            tell(_SILENT if not data else _STALLED)
            return bytes(data), not data
        try:
            piece = os.read(handle, _PIECE)
        except OSError:  # a terminal that went away, a socket that was reset
            return bytes(data), False
        if not piece:
            return bytes(data), True
        data += piece
    return bytes(data[:PROMPT_LIMIT]), False


_SILENT = "Standard input is a pipe that says nothing; vivek goes on without it (`< /dev/null` means none)."
_STALLED = "Standard input stopped in the middle; vivek goes on with what came."


def _decoded(data: bytes, *, whole: bool) -> str:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(data, final=whole)
    except UnicodeDecodeError as error:
        msg = f"Standard input is not valid UTF-8 (byte {error.start + 1})."
        raise ConfigError(msg, hint="Convert it first, for example with `iconv -f LATIN1 -t UTF-8`.") from error


def _shortened(text: str, tell: Callable[[str], None], *, whole: bool) -> str:
    """Return what is shown of a text: all, or its two ends at the ends of lines."""
    if len(text) <= SHOWN:
        return text
    head = text[: int(SHOWN * _HEAD_SHARE)].rpartition("\n")[0] or text[: int(SHOWN * _HEAD_SHARE)]
    tail = text[len(text) - int(SHOWN * (1 - _HEAD_SHARE)) :]
    tail = tail.partition("\n")[2] or tail
    out = text[len(head) : len(text) - len(tail)].strip("\n").count("\n") + 1
    size = f"{len(text):,} characters" if whole else f"more than {len(text):,} characters"
    lines = "1 line" if out == 1 else f"{out:,} lines"
    tell(f"Standard input has {size}; in its middle {lines} are left out.")
    return f"{head}\n[... {lines} left out ...]\n{tail}"
