"""Text that a model still writes, and waiting for as much of it as a decision needs. Pure.

What reads from a `Source` is a generator: it yields when it needs more, and gets the next piece, which is in the source
as well. So it decides the same, however the text was cut into pieces.
"""

import re
from collections.abc import Generator, Sequence
from typing import TypeVar

from vivek.schema.chunk import FinishReason

T = TypeVar("T")
Step = Generator[None, str, T]


class Source:
    """Text that is still coming.

    Attributes:
        closed: Whether no more will come.
        finish: Why it ended.
    """

    def __init__(self) -> None:
        self.closed = False
        self.finish: FinishReason | None = None
        self._text = ""
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        """What came and was not taken."""
        if self._parts:
            self._text += "".join(self._parts)
            self._parts.clear()
        return self._text

    def add(self, text: str) -> None:
        """Append a piece."""
        self._parts.append(text)

    def take(self, count: int) -> str:
        """Remove and return the first characters."""
        taken, self._text = self.text[:count], self.text[count:]
        return taken


def which(source: Source, at: int, options: Sequence[str]) -> Step[str]:
    """Return which of the options stands at `at`, "" for none of them; waits while it may become one."""
    longest = max(map(len, options), default=0)
    while True:
        rest = source.text[at : at + longest]
        growing = any(len(option) > len(rest) and option.startswith(rest) for option in options)
        if source.closed or not growing:
            return max((option for option in options if rest.startswith(option)), key=len, default="")
        yield


def skip(source: Source, at: int, blanks: str) -> Step[int]:
    """Return where the first other character stands, or the text ends."""
    while True:
        text = source.text
        while at < len(text) and text[at] in blanks:
            at += 1
        if at < len(text) or source.closed:
            return at
        yield


def find(source: Source, at: int, ends: Sequence[str]) -> Step[tuple[int, str]]:
    """Return where the first of some texts stands and which it is; the end of the source and "" if none comes."""
    longest = max(map(len, ends))
    pattern = re.compile("|".join(map(re.escape, ends)))
    while True:
        if found := pattern.search(source.text, at):
            return found.start(), found[0]
        if source.closed:
            return len(source.text), ""
        at = max(at, len(source.text) - longest + 1)
        yield
