"""Untrusted text made visible: what could move the cursor, hide text or turn it around is drawn as an escape.

Everything drawn passes here. It knows no terminal and adds no escape codes.
"""

import re
import unicodedata

from vivek.schema.characters import BIDI, CONTROLS, INVISIBLE, SELECTORS, TAGS

FRAME = "\u255f"
"""Begins every line of a question that vivek asks. No text of others ever shows it, so that none can forge one."""

# Beside the shared classes: form feed, the marks of direction, separators and annotations that terminals may obey,
# and halves of pairs that no encoding can write.
_MORE = "\f\u061c\u200e\u200f\u2028\u2029\u2065\u206a-\u206f\ufff9-\ufffb\ud800-\udfff"
# Ranges: beyond the basic plane every character that is listed is compared on its own, thirty times slower.
_TAGS = f"{min(TAGS)}-{max(TAGS)}{SELECTORS}"
_HIDDEN = re.compile("[" + re.escape("".join(sorted(CONTROLS | BIDI | INVISIBLE))) + FRAME + _MORE + _TAGS + "]")
# The joiners of scripts and emoji stay between their letters; beside ASCII there is nothing to join.
_IDLE_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_VARIANTS = "\ufe00-\ufe0f"
_SELECTORS = re.compile(f"[{_VARIANTS}]{{2,}}")  # one chooses how a letter looks, more can only hide a text
# England, Scotland, Wales: the flags that are written with tags.
_FLAG_START = "\U0001f3f4"
_FLAGS = re.compile(
    f"({_FLAG_START}\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f)"
)
# What may turn out otherwise with the next piece of a stream, and how much of it is waited for.
_OPEN = "".join(["\r\u200c\u200d", *map(chr, range(0xFE00, 0xFE10)), _FLAG_START, *sorted(TAGS)])
_PATIENCE = 4_096
# The name in a line of a list, with the gap behind it.
_LISTED = re.compile(r" *\S.*?  +(?=\S)")
# Latin and Cyrillic letters, dashes, quotes, dots, frames, bars: a column each. Lines that are drawn many times a
# second have little else, and to ask for the width of each character is twenty times slower.
_NARROW = re.compile("[\x00-\x7f\xa0-\u02ff\u0400-\u0482\u2010-\u2027\u2500-\u259f]*")


def visible(text: str) -> str:
    r"""Return `text` with dangerous characters as `\x1b`, `\u202e` and the like; CRLF becomes LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _FLAG_START in text:
        # Every second part is a flag.
        return "".join(part if at % 2 else _visible(part) for at, part in enumerate(_FLAGS.split(text)))
    return _visible(text)


class SafeStream:
    """Makes a text visible that comes in pieces, exactly as if it had come whole."""

    def __init__(self) -> None:
        self._last = ""
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what can be shown now; the end of a piece waits if the next one decides on it."""
        text = self._held + piece
        self._held = text[len(text.rstrip(_OPEN)) :][-_PATIENCE:]
        return self._show(text[: len(text) - len(self._held)])

    def finish(self) -> str:
        """Return what was held back, and begin anew."""
        shown = self._show(self._held)
        self._held = self._last = ""
        return shown

    def _show(self, text: str) -> str:
        if not text:
            return ""
        shown = visible(self._last + text)[len(visible(self._last)) :]
        self._last = text[-1]
        return shown


def problem(message: str, hint: str | None = "") -> str:
    """Return what happened and, on a line of its own, what to do about it."""
    text = visible(message)
    return f"{text}\nhint: {visible(hint)}" if hint else text


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` as one visible line of at most `limit` terminal columns."""
    return fit(visible(" ".join(text.split())), limit)


def wrapped(text: str, columns: int) -> str:
    """Break lines that are longer than the terminal is wide between words.

    What goes on stands below its line, and in a list, behind a name and a gap, below what followed them.
    """
    return "\n".join(_broken(line, columns) for line in text.split("\n"))


def width_of(text: str) -> int:
    """Return how many terminal columns a line takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() or _NARROW.fullmatch(text) else sum(map(_width, text))


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

    listed, before = _LISTED.match(line), len(line) - len(line.lstrip())
    under = max(before, 2)
    if listed:
        under = listed.end() if 2 * listed.end() <= columns else before + 4
    return fill(line, max(columns, 10), subsequent_indent=" " * under, break_long_words=False, break_on_hyphens=False)


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _visible(text: str) -> str:
    text = _HIDDEN.sub(_escape, text)
    if text.isascii():
        return text
    if "\u200c" in text or "\u200d" in text:
        text = _IDLE_JOINER.sub(_escape, text)
    return _SELECTORS.sub(_escape_run, text)


def _escape_run(found: re.Match[str]) -> str:
    run = found.group()
    return run[0] + "".join(_code(char) for char in run[1:])


def _escape(found: re.Match[str]) -> str:
    return _code(found.group())


def _code(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
