"""Untrusted text made visible: what could move the cursor, hide text or turn it around is drawn as an escape.

Everything drawn passes here. It knows no terminal and adds no escape codes.
"""

import re
import unicodedata

from vivek.schema.characters import BIDI, CONTROLS, INVISIBLE, TAGS

# Beside the shared classes: form feed, the marks of direction, separators and annotations that terminals may obey,
# and halves of pairs that no encoding can write. The joiners of scripts and emoji stay.
_MORE = "\f\u061c\u200e\u200f\u2028\u2029\u2065\u206a-\u206f\ufff9-\ufffb\ud800-\udfff"
# Tags as one range: beyond the basic plane every character that is listed is compared on its own, thirty times slower.
_TAGS = f"{min(TAGS)}-{max(TAGS)}"
_HIDDEN = re.compile("[" + re.escape("".join(sorted(CONTROLS | BIDI | INVISIBLE))) + _MORE + _TAGS + "]")


def visible(text: str) -> str:
    r"""Return `text` with dangerous characters as `\x1b`, `\u202e` and the like; CRLF becomes LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return _HIDDEN.sub(_escape, text)


def problem(message: str, hint: str | None = "") -> str:
    """Return what happened and, on a line of its own, what to do about it."""
    text = visible(message)
    return f"{text}\nhint: {visible(hint)}" if hint else text


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` as one visible line of at most `limit` terminal columns."""
    return fit(visible(" ".join(text.split())), limit)


def wrapped(text: str, columns: int) -> str:
    """Break lines that are longer than the terminal is wide between words."""
    return "\n".join(_broken(line, columns) for line in text.split("\n"))


def width_of(text: str) -> int:
    """Return how many terminal columns a line takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def fit(text: str, columns: int) -> str:
    """Cut a line to `columns` terminal columns; a cut line ends with `…`."""
    if width_of(text) <= columns:
        return text
    room = columns - 1
    kept: list[str] = []
    for char in text:
        room -= _width(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + ("…" if columns > 0 else "")


def _broken(line: str, columns: int) -> str:
    if width_of(line) <= columns:
        return line
    from textwrap import fill

    return fill(line, max(columns, 10), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
