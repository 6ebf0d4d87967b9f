"""The few lines below everything printed that are drawn anew: written once a frame, only where they changed.

The cursor rests at the first of them, hidden. A terminal that breaks its lines anew when it is resized takes the cursor
along, so that "erase from here to the end" always finds the whole tail and never a line above it.
"""

from collections.abc import Sequence
from typing import IO

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # a terminal that knows these shows all between them at once
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_CROP, _WRAP = "\x1b[?7l", "\x1b[?7h"  # a line that is wider than measured is cut off, not broken into two
_ERASE_LINE = "\x1b[K"
# The line, then all below it from its second column on: tmux keeps a screen that is erased from its first cell on.
_ERASE_BELOW = "\r\x1b[K\x1b[C\x1b[J\r"


class Tail:
    """Lines at the end of a terminal's text.

    Args:
        out: The terminal.
    """

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._lines: tuple[str, ...] = ()
        self._columns = 0

    @property
    def drawn(self) -> bool:
        """Whether there are lines to be taken away."""
        return bool(self._columns)

    def draw(self, lines: Sequence[str], columns: int, above: str = "") -> None:
        """Bring the tail up to date.

        Args:
            lines: What it shows, each no wider than the terminal; at least one.
            columns: The width of the terminal now.
            above: What is printed before it, to stay; ends with a newline.
        """
        now = tuple(lines)
        fresh = bool(above) or columns != self._columns or len(now) < len(self._lines)
        if not fresh and now == self._lines:
            return
        parts = [_BEGIN, "" if self._columns else _HIDE]
        if fresh:
            parts += [_ERASE_BELOW, above]
        before = () if fresh else self._lines
        rows = ["" if at < len(before) and before[at] == line else _ERASE_LINE + line for at, line in enumerate(now)]
        parts += [_CROP, "\n".join(rows), _WRAP]
        parts += ["\r", f"\x1b[{len(now) - 1}A" if len(now) > 1 else "", _END]
        self._write("".join(parts))
        self._lines, self._columns = now, columns

    def clear(self, above: str = "") -> None:
        """Take the tail away, give the cursor back, and print what is to stay in its place."""
        if self._columns:
            self._write(f"{_BEGIN}{_ERASE_BELOW}{above}{_SHOW}{_END}")
        elif above:
            self._write(above)
        self._lines, self._columns = (), 0

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
