"""Bounds token counts without token tables; usable where nothing heavy may be loaded."""

import math
import re
from string import ascii_lowercase, digits

# Bytes by kind: `a` a lower-case letter, `0` a digit, ` ` a space, `.` anything else.
_KINDS = bytes(
    ord("a" if chr(byte) in ascii_lowercase else "0" if chr(byte) in digits else " " if byte == ord(" ") else ".")
    for byte in range(256)
)
_LETTERS = 4  # of plain text in a token, about
_SPACES = re.compile(rb" {3,}")
_FLOOR = 8


def bound(text: str) -> int:
    """Return a number of tokens that the text does not reach, cheaply: about 0.7 a byte of code, true is 0.25.

    A byte-level tokenizer never makes more tokens than there are bytes. Some bytes may count for other than one
    and the sum still stays above what was measured on code, prose, random letters, base64 and hexadecimal, in
    eighths of a token: a lower-case letter 5 and 3 more where a word begins, since letters merge with their
    neighbours; a space before a word 1; a space in a longer row 1; a digit 9, since it stands alone in some
    families and cuts words in two. The floor covers texts too short for an average. A text made up to defeat
    this can exceed it: then the server refuses the prompt, as it always may, and nothing is cut.
    """
    data = text.encode("utf-8", "replace")
    if not data:
        return 0
    short = _SPACES.sub(b"  ", data)
    kinds = short.translate(_KINDS)
    joined = kinds.count(b" a")
    words = kinds.count(b".a") + kinds.count(b"0a") + joined + kinds.startswith(b"a")
    alone = kinds.count(b".") + kinds.count(b" ") - joined
    eighths = 8 * alone + joined + 5 * kinds.count(b"a") + 3 * words + 9 * kinds.count(b"0") + len(data) - len(short)
    return _FLOOR + math.ceil(eighths / 8)


def rough(text: str) -> float:
    """Return about how many tokens a text has: right on average, but too low or too high for any one text.

    A token is about four characters of plain text, or one character of a script that is not.
    """
    if text.isascii():
        return len(text) / _LETTERS
    plain = sum(character < "\x80" for character in text)
    return plain / _LETTERS + len(text) - plain
