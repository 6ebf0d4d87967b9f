"""Walks over an object in broken JSON and reads what it certainly says. Pure."""

import math
import re
from typing import Final

from vivek.prompts.objects.strict import UnclearError, same
from vivek.prompts.objects.strings import (
    CLOSERS,
    LEFT_OUT,
    QUOTED_KEY,
    STOP,
    Where,
    read_string,
    skip_blanks,
)

DEEPEST: Final = 40
"""Objects and arrays inside each other that are followed."""

_BARE_KEY = re.compile(r"[A-Za-z_$][\w$-]*")
_KEY_AHEAD = re.compile(QUOTED_KEY)
_END = re.compile(STOP)
_GAP = re.compile(LEFT_OUT)
_COMMAS = (",", "\uff0c")
_COLONS = (":", "\uff1a")
_TOKEN = re.compile(r"[^\s,:;{}\[\]()\"'<>`\u2018-\u201f\uff0c\uff1a]+")
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9]\d{0,300})(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_BARE_WORD = re.compile(r"[A-Za-z_][\w./-]*")
_NO_WORD = {"nan", "inf", "infinity", "undefined", "nil", "none", "null", "true", "false", "yes", "no", "on", "off"}
_LITERALS: Final[dict[str, object]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "None", "NULL"), None),
}


class LenientReader:
    """Walks over one object.

    Args:
        text: What begins with the object.
        lone_brace: Whether no member follows after a nested object.

    Attributes:
        at: Where it stands.
        bent: Where it first had to assume more than other quotes, comments and spare commas, None if nowhere.
        closed: Whether the last brace was there.
    """

    def __init__(self, text: str, *, lone_brace: bool) -> None:
        self.at = 0
        self.bent: int | None = None
        self.closed = True
        self._text = text
        self._lone_brace = lone_brace
        self._wide = False  # whether a nested object has two members: then a missing brace may belong before the second
        self._whole = True  # whether the last value can be no beginning of a longer one

    def read_object(self, depth: int) -> dict[str, object]:
        """Return the object at `at`."""
        self._go_deeper(depth)
        members: dict[str, object] = {}
        separated = True
        while (char := self._next()) != "}":
            if (char in _COMMAS or char == ";") and members:
                self._bend(char == ";")
                separated = True
                self.at += 1
                continue
            if _END.match(self._text, self.at):
                self._end_early(depth, separated=separated or not members)
                return members
            if not separated and not _KEY_AHEAD.match(self._text, self.at):
                raise UnclearError("a comma or a quote is missing", self.at)
            self._bend(not separated)
            self._read_member(members, depth)
            separated = False
        self.at += 1
        self._wide |= depth > 1 and len(members) > 1
        self._whole = True
        return members

    def _read_member(self, members: dict[str, object], depth: int) -> None:
        begin = self.at
        self._refuse_gap()
        if self._text[self.at] in CLOSERS:
            key = self._read_string("key")
        elif bare := _BARE_KEY.match(self._text, self.at):
            key, self.at = bare[0], bare.end()
        else:
            raise UnclearError("a key in quotes is missing", self.at)
        if self._next() not in _COLONS:
            raise UnclearError("a colon is missing after a key", self.at)
        self.at += 1
        value = self._read_value("member", depth)
        if key in members and not same(members[key], value):
            raise UnclearError(f"the key `{key}` stands there twice with two values", begin)
        members[key] = value

    def _read_array(self, depth: int, where: Where) -> list[object]:
        self._go_deeper(depth)
        items: list[object] = []
        comma: int | None = 0
        while (char := self._next()) != "]":
            if char in _COMMAS and comma is None:
                comma = self.at
                self.at += 1
                continue
            if where == "member" and items and self._lacks_bracket(char, comma, items):
                self.at = self.at if comma is None else comma
                return items
            if comma is None:
                self._assume_comma(char, items[-1])
            items.append(self._read_value("item", depth))
            comma = None
        self.at += 1
        self._whole = True
        return items

    def _lacks_bracket(self, char: str, comma: int | None, items: list[object]) -> bool:
        """Return whether the array at `at` must have ended already, and nowhere else than here."""
        ended = char == "}" if comma is None else bool(_KEY_AHEAD.match(self._text, self.at))
        flat = not any(isinstance(item, dict | list) for item in items)
        self._bend(ended and flat)
        return ended and flat

    def _assume_comma(self, char: str, before: object) -> None:
        # Python joins strings that stand side by side, but only single quotes speak of Python.
        strings = char == '"' and isinstance(before, str) and self._text[self.at - 1].isspace()
        if not strings and not (char == "{" and isinstance(before, dict)):
            raise UnclearError("a comma or a quote is missing", self.at)
        self._bend(True)

    def _read_value(self, where: Where, depth: int) -> object:
        char = self._next()
        if char == "{":
            return self.read_object(depth + 1)
        if char == "[":
            return self._read_array(depth + 1, where)
        if char in CLOSERS:
            self._whole = True
            return self._read_string(where)
        return self._read_token()

    def _read_token(self) -> object:
        self._refuse_gap()
        found = _TOKEN.match(self._text, self.at)
        if not found:
            raise UnclearError("a value is missing", self.at)
        word = found[0]
        begin, self.at = self.at, found.end()
        self._whole = word in _LITERALS
        if self._whole:
            return _LITERALS[word]
        if _NUMBER.fullmatch(word):
            return _number(word, begin)
        if not _BARE_WORD.fullmatch(word) or word.lower() in _NO_WORD or word == "N/A":
            raise UnclearError(f"`{word[:20]}` is no JSON value", begin)
        self._bend(True, begin)
        return word

    def _read_string(self, where: Where) -> str:
        begin = self.at
        value, self.at, mended = read_string(self._text, self.at, where)
        self._bend(mended, begin)
        return value

    def _end_early(self, depth: int, *, separated: bool) -> None:
        """Let the text's end stand for the last brace, where nothing else can be missing."""
        unsure = self._wide and not self._lone_brace
        if depth > 1 or separated or unsure or not self._whole:
            raise UnclearError("its end is missing", self.at)
        self._bend(True)
        self.closed = False

    def _refuse_gap(self) -> None:
        if _GAP.match(self._text, self.at):
            raise UnclearError("`...` stands for something that was left out", self.at)

    def _bend(self, assumed: bool, at: int | None = None) -> None:
        if assumed and self.bent is None:
            self.bent = self.at if at is None else at

    def _go_deeper(self, depth: int) -> None:
        if depth > DEEPEST:
            raise UnclearError("it is nested too deeply", self.at)
        self.at += 1

    def _next(self) -> str:
        """Return the next character that is not blank, "" at the end, and stand on it."""
        self.at = skip_blanks(self._text, self.at)
        return self._text[self.at : self.at + 1]


def _number(word: str, at: int) -> object:
    if word.lstrip("+-").isdigit():
        return int(word)
    value = float(word)
    if not math.isfinite(value):
        raise UnclearError(f"`{word[:20]}` is no JSON number", at)
    return value
