"""Strings of broken JSON: where one ends although quotes in it lack their backslash, what its escapes mean. Pure."""

import json
import re
from typing import Final, Literal

from vivek.prompts.objects.strict import UnclearError

Where = Literal["key", "member", "item"]

LONGEST_STRING: Final = 2_000
"""Characters; in a longer one there is code, and nobody can tell a broken quote from one that is meant."""

CLOSERS: Final = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u2018": "\u2019",
    "\u2019": "\u2019",
}

# Blanks that a web page leaves behind count as blanks; comments are JSON5's, C's and Python's. One with a quote or a
# bracket in it is none: it may be the rest of a string that lost its quote.
_COMMENT = r"(?://|#)[^\n\"{}\[\]]*+(?=\n|\Z)|/\*(?:[^*\"{}\[\]]|\*(?!/))*+\*/"
BLANK: Final = rf"(?:[\s\ufeff\u200b\u2060]|{_COMMENT})*+"
_QUOTED_PART = "|".join(rf"{opener}[^{closers}\n]{{1,200}}+[{closers}]" for opener, closers in CLOSERS.items())
QUOTED_KEY: Final = rf"(?:{_QUOTED_PART}){BLANK}[:\uff1a]"
STOP: Final = r"(?:\Z|(?:```|~~~)[ \t]*(?:\n|\Z)|</[A-Za-z]|<\|)"
LEFT_OUT: Final = r"(?:\.\.\.|\u2026)"
_BLANKS = re.compile(BLANK)
_KEY = rf"(?:{QUOTED_KEY}|[A-Za-z_$][\w$-]*+{BLANK}[:\uff1a])"
_ENDS: Final = {
    "key": re.compile(rf"{BLANK}[:\uff1a]"),
    "member": re.compile(rf"{BLANK}(?:\}}|{STOP}|[,;\uff0c]{BLANK}(?:[}},]|{STOP}|{_KEY}|{LEFT_OUT})|{QUOTED_KEY})"),
    "item": re.compile(
        rf"{BLANK}(?:[\]}}]|{STOP}|[,\uff0c]{BLANK}(?:[\"'\u2018-\u201f{{\[\]\d-]|{LEFT_OUT}|(?:true|false|null|True|False|None)\b)"
        rf"|(?<=\s)[\"{{])"
    ),
}
_INNER_MEMBER = re.compile(r"[,;\n]\s*([\"'])[^\"'\n]*\1\s*:")
_QUOTED = re.compile(r"\S*[^\W_](?:[^\n]*\S)?")
_QUOTES = "a quote is missing, or one inside a string has no backslash"
_ESCAPE = re.compile(r"\\(.)|([\"\x00-\x1f])", re.DOTALL)
_ESCAPES = set("\"'\\/bfnrtu")
# Letters after which a backslash can only have been meant as one: no language reads them as an escape.
_PLAIN_LETTERS = set("cdghijklmopqswyzABCDEFGHIJKLMOPQRSTVWXYZU")
_LONG_UNICODE = re.compile(r"\\U[0-9A-Fa-f]{8}")


def read_string(text: str, at: int, where: Where) -> tuple[str, int, bool]:
    """Return a string's value, where it ends, and whether quotes or backslashes in it were mended.

    Args:
        text: The whole text.
        at: Where its opening quote stands.
        where: What it is: what may follow a string tells which quote ends it.

    Raises:
        UnclearError: If it has no certain end or meaning.
    """
    end, bare = _find_end(text, at, where)
    raw = text[at + 1 : end - 1]
    quotes = [place for place in bare if not _is_apostrophe(text, place)]
    if not _stand_in_pairs(text, quotes) or (quotes and _INNER_MEMBER.search(raw)):
        raise UnclearError(_QUOTES, quotes[0])
    if where == "key" and "\n" in raw:
        raise UnclearError("a quote is missing around a key", at)
    value, mended = _unescaped(raw, at)
    return value, end, bool(quotes) or mended


def _find_end(text: str, at: int, where: Where) -> tuple[int, list[int]]:
    """Return where a string ends, and where its own quotes stand in it without a backslash."""
    closers = CLOSERS[text[at]]
    marks = re.compile(rf"[\\{closers}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
    bare: list[int] = []
    here, limit = at + 1, at + LONGEST_STRING + 2
    while found := marks.search(text, here, limit):
        here = found.end()
        if found[0] == "\\":
            here += 1
        elif found[0] not in closers:
            raise UnclearError("a control character stands in a string", found.start())
        elif _is_apostrophe(text, found.start()):
            bare.append(found.start())
        elif _ENDS[where].match(text, here):
            return here, bare
        elif where == "key":
            raise UnclearError("a colon is missing after a key", here)
        else:
            bare.append(found.start())
    if marks.search(text, here):
        raise UnclearError(f"a string in it has more than {LONGEST_STRING:,} characters", at)
    raise UnclearError(_QUOTES, bare[0]) if bare else UnclearError("a string in it is not closed", at)


def _is_apostrophe(text: str, at: int) -> bool:
    return text[at] in "'\u2019" and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum()


def _stand_in_pairs(text: str, quotes: list[int]) -> bool:
    """Return whether bare quotes inside a string stand in pairs around words, as in `he said "no" twice`."""
    pairs = [text[left + 1 : right] for left, right in zip(quotes[::2], quotes[1::2], strict=False)]
    return len(quotes) % 2 == 0 and all(_QUOTED.fullmatch(part) for part in pairs)


def _unescaped(raw: str, at: int) -> tuple[str, bool]:
    """Return what the text between two quotes stands for, and whether backslashes had to be doubled for it."""
    odd = _odd_escapes(raw)

    def as_json(found: re.Match[str]) -> str:
        escaped: str | None = found[1]
        if escaped is None:
            return json.dumps(found[2])[1:-1]
        if escaped == "'":
            return "'"
        return f"\\\\{escaped}" if escaped in odd else found[0]

    try:
        return str(json.loads(f'"{_ESCAPE.sub(as_json, raw)}"')), bool(odd)
    except ValueError as error:
        raise UnclearError("an escape in a string is no JSON", at) from error


def check_backslashes(text: str) -> None:
    r"""Refuse an object where a backslash was forgotten and another may be: `C:\Users` beside `C:\new`.

    Raises:
        UnclearError: If a backslash in it may be meant as one or as the begin of an escape.
    """
    odd = _odd_escapes(text)
    if not odd:
        return
    meant = {found[1] for found in _ESCAPE.finditer(text) if found[1]} - odd
    if odd - _PLAIN_LETTERS or meant - {'"'} or _LONG_UNICODE.search(text):
        raise UnclearError("a backslash in a string must be written twice", text.index("\\"))


def _odd_escapes(text: str) -> set[str]:
    """Return the characters after a backslash that make no escape."""
    return {found[1] for found in _ESCAPE.finditer(text) if found[1]} - _ESCAPES


def skip_blanks(text: str, at: int) -> int:
    """Return where the next character stands that is neither blank nor part of a comment."""
    found = _BLANKS.match(text, at)
    return found.end() if found else at
