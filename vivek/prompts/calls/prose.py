"""Lets text through that holds no tool calls: where lines begin, and what is passed over as a whole. Pure."""

import re

from vivek.prompts.calls.source import Source, Step
from vivek.prompts.calls.spans import JsonSpan

_BLANK_LINE = re.compile(r"^[ \t\r]*\n", re.MULTILINE)
_MAY_BE_MARK = re.compile(r"[ \t\r]*(?:`*|~*)[ \t\r]*")


class Prose:
    """What of a source is shown.

    Args:
        source: Where the text comes from.

    Attributes:
        line_begins: Whether only blanks, or marks of a list or quotation, stand before the next character.
        in_code: Whether a backtick stands right before it.
    """

    def __init__(self, source: Source) -> None:
        self.line_begins = True
        self.in_code = False
        self._source = source
        self._shown: list[str] = []

    def show(self, count: int) -> None:
        """Move the next characters from the source to what is shown."""
        text = self._source.take(count)
        self._shown.append(text)
        self.line_begins = text.endswith("\n")
        self.in_code = text.endswith("`")

    def take(self) -> str:
        """Return what was shown since the last time."""
        text = "".join(self._shown)
        self._shown.clear()
        return text

    def pass_brackets(self) -> Step[None]:
        """Show an object or list that is no call, with all that lies in it; a blank line ends it at the latest."""
        span = JsonSpan(None)
        passed = 0
        while text := (yield from self._lines()):
            blank = _BLANK_LINE.search(text, self._next_line(text))
            piece = text[: blank.start()] if blank else text
            if not piece:
                return
            end = span.feed(piece)
            self.show(len(piece) if end is None else end - passed)
            passed += len(piece)
            if end is not None:
                return

    def pass_fence(self, fence: str, count: int) -> Step[None]:
        """Show a fence to its end: its first line of `count` characters, and all lines up to the closing one."""
        self.show(count)
        closing = re.compile(rf"^[ \t]*{fence}{fence[0]}*[ \t\r]*$\n?", re.MULTILINE)
        while text := (yield from self._lines()):
            found = closing.search(text, self._next_line(text))
            self.show(found.end() if found else len(text))
            if found:
                return

    def _next_line(self, text: str) -> int:
        return 0 if self.line_begins else text.find("\n") + 1 or len(text)

    def _lines(self) -> Step[str]:
        """Return what is there, whole lines if there are any; waits while a line may turn out blank or a fence."""
        while True:
            text = self._source.text
            whole = text[: text.rfind("\n") + 1]
            if whole or self._source.closed:
                return whole or text
            if text and not (self.line_begins and _MAY_BE_MARK.fullmatch(text)):
                return text
            yield
