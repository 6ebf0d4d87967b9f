"""Finds where something that a model still writes ends, piece by piece, looking at each character once. Pure."""

import re
from typing import Final

from vivek.prompts.calls.arguments import ARGUMENT_KEYS, LABELS, NAME_KEYS, Cards

UNDECIDED: Final = 4_000
"""Characters after which an object that named no tool yet is taken for prose."""

LONGEST_PYTHON: Final = 100_000
"""Characters of a call that is written in Python."""

_OUTSIDE = re.compile(r"[\"'{}\[\]:,]")
_INSIDE = {quote: re.compile(rf"[\\{quote}]") for quote in "\"'"}
_KEPT = 200  # characters of a key or name that are remembered
_CALL_KEYS = {*NAME_KEYS, *ARGUMENT_KEYS, *LABELS, "tool_calls", "role", "content"}


class JsonSpan:
    """The extent of one JSON object or array, and whether it can still be a call.

    Args:
        cards: The tools that may be called; None to find the end of any object.
        alone: Whether nothing around it says that it is a call: then it may hold nothing but one.

    Attributes:
        name: The known tool that it names, "" while none is named.
        certain: Whether it names a known tool and its arguments, so that it can be nothing else than a call.
        refused: Whether it cannot be a call.
    """

    def __init__(self, cards: Cards | None, *, alone: bool = True) -> None:
        self.name = ""
        self.certain = False
        self.refused = False
        self._cards = cards
        self._alone = alone
        self._given = False
        self._read = 0
        self._depth = 0
        self._base = 1
        self._quote = ""
        self._escaped = False
        self._word = ""
        self._key = ""
        self._in_value = False

    def feed(self, text: str) -> int | None:
        """Return where it ends, counted from its begin, None if that is still to come."""
        at = 0
        while at < len(text) and not self.refused:
            at = self._string(text, at) if self._quote else self._mark(text, at)
            if self._depth == 0 and self._read + at > 0 and not self._quote and text[at - 1] in "}]":
                return self._read + at
        self._read += len(text)
        return None

    def _string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            self._keep(text[at])
            return at + 1
        found = _INSIDE[self._quote].search(text, at)
        end = found.start() if found else len(text)
        self._keep(text[at:end])
        if not found:
            return end
        if found[0] == "\\":
            self._escaped = True
        else:
            self._quote = ""
            if self._in_value and self._depth == self._base:
                self._told(self._key, self._word)
        return end + 1

    def _mark(self, text: str, at: int) -> int:
        found = _OUTSIDE.search(text, at)
        end = found.start() if found else len(text)
        if not self._in_value:
            self._keep(text[at:end].strip())
        if not found:
            return end
        match found[0]:
            case "{" | "[" as opened:
                self._begin(opened)
            case "}" | "]":
                self._depth -= 1
            case ":" if self._depth == self._base and not self._in_value:
                self._key, self._word, self._in_value = self._word, "", True
                self._keyed(self._key)
            case "," if self._depth == self._base:
                self._word, self._in_value = "", False
            case '"' | "'" as quote:
                self._quote, self._word = quote, ""
        self._refuse_if_long(end)
        return end + 1

    def _begin(self, opened: str) -> None:
        if opened == "[" and self._depth == 0:
            self._base = 2  # a list of calls
        self._depth += 1
        if opened == "{" and self._depth == self._base:
            self.name, self.certain, self._given, self._word, self._in_value = "", False, False, "", False

    def _keep(self, part: str) -> None:
        if self._depth == self._base and len(self._word) < _KEPT:
            self._word += part[:_KEPT]

    def _keyed(self, key: str) -> None:
        """A key of the object itself is complete."""
        if self._cards is None:
            return
        if key in ARGUMENT_KEYS or (self.name and key in self._cards.members):
            self._given = True
            self.certain = bool(self.name)
        elif self._alone and key not in _CALL_KEYS:
            self.refused = True

    def _told(self, key: str, value: str) -> None:
        """A text of the object itself is complete."""
        if self._cards is None or self.name or key not in NAME_KEYS:
            return
        self.name = self._cards.find(value)
        self.refused = not self.name
        self.certain = self._given and not self.refused

    def _refuse_if_long(self, end: int) -> None:
        if self._cards is not None and not self.name and self._read + end > UNDECIDED:
            self.refused = True


class PythonSpan:
    """The extent of a bracket in Python, strings minded.

    Attributes:
        refused: Whether it is longer than `LONGEST_PYTHON`, or a line begins in it as no argument does.
    """

    _NEXT = re.compile(r"\"\"\"|'''|[\"'()\[\]{}]|\n")
    _WORD = re.compile(r"[A-Za-z_]\w*\s*")

    def __init__(self) -> None:
        self.refused = False
        self._text = ""
        self._at = 0
        self._depth = 0
        self._quote = ""

    def feed(self, text: str) -> int | None:
        """Return where the bracket that it begins with is closed, None if that is still to come."""
        self._text += text
        end = self._end()
        self.refused |= (end or len(self._text)) > LONGEST_PYTHON
        return None if self.refused else end

    def _end(self) -> int | None:
        while not self._quote or self._leave_string():
            found = self._NEXT.search(self._text, self._at)
            if not found:
                self._at = len(self._text)
                return None
            mark = found[0]
            word = self._WORD.match(self._text, found.end()) if mark == "\n" else None
            few = mark in "\"'" and len(self._text) - found.start() < 3
            if few or (mark == "\n" and (word or found).end() == len(self._text)):
                self._at = found.start()
                return None  # it may become three quotes, or the name of an argument
            self._at = found.end()
            if mark[0] in "\"'":
                self._quote = mark
            if mark[0] in "\"'\n":
                self.refused |= word is not None and self._text[word.end()] != "="
                continue
            self._depth += 1 if mark in "([{" else -1
            if self._depth == 0:
                return self._at
        return None

    def _leave_string(self) -> bool:
        while self._at + len(self._quote) <= len(self._text):
            if self._text[self._at] == "\\":
                self._at += 2
            elif self._text.startswith(self._quote, self._at):
                self._at += len(self._quote)
                self._quote = ""
                return True
            else:
                self._at += 1
        return False
