"""Fingerprints of a text: hashes of windows of its tokens, from which copies are found. Pure.

A window begins with the first token of a line and has `TOKENS` tokens. Names and numbers count as they are written,
strings as one mark, layout and comments not at all: what was indented, commented or told anew is still the same, what
has other names is not. Windows with few different tokens, such as those of tables, are left out. There is a hash for
every line of code instead of some for each window, as winnowing has it: so the first line of a copy is known.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

TOKENS = 50
"""Tokens of a window."""

_DIFFERENT = 12  # tokens of a window that must differ at least
_LATE = 24  # last tokens of a window: if these differ enough, so do those of the windows behind that hold them all
_WIDE = 3  # tokens of a line with which a window begins
_SIZE, _WIDTH = 8, 4  # bytes of a hash, and of each of the three numbers beside it
_MOST_KNOWN = 200_000  # tokens whose numbers are remembered
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_]+|[^A-Za-z0-9_\s\x1c-\x1f]")  # finds the same in ASCII, faster


class Prints(NamedTuple):
    """The windows of a text, in its order.

    Attributes:
        hashes: What tells the tokens of each window from those of others.
        lines: The line that each begins with, from 1.
        ends: The last line that each reaches into.
        starts: How many tokens of the text stand before each.
    """

    hashes: Sequence[int]
    lines: Sequence[int]
    ends: Sequence[int]
    starts: Sequence[int]


class _Numbers(dict[str, int]):
    """Gives every token a number, the same in every process."""

    def __missing__(self, token: str) -> int:
        if len(self) > _MOST_KNOWN:
            self.clear()
        number = self[token] = crc32(token.encode("utf-8", "surrogatepass"))
        return number


_numbers = _Numbers()


def prints_of(lines: Sequence[str]) -> bytes:
    """Return the packed fingerprints of lines without comments and strings."""
    tokens: list[str] = []
    begins: list[int] = []
    numbers: list[int] = []
    find = (_PLAIN_TOKEN if all(map(str.isascii, lines)) else _TOKEN).findall
    for number, line in enumerate(lines, 1):
        if line:
            found = find(line)
            if found:
                begins.append(len(tokens))
                numbers.append(number)
                tokens += found
    hashes, kept, lasts = _windows(array("I", map(_numbers.__getitem__, tokens)), begins)
    columns = [numbers[at] for at in kept], [numbers[at] for at in lasts], [begins[at] for at in kept]
    return b"".join([*hashes, *(array("I", column).tobytes() for column in columns)])


def _windows(tokens: "array[int]", begins: Sequence[int]) -> tuple[list[bytes], list[int], list[int]]:
    """Return the hashes of the windows of some tokens, and the lines that these begin and end with.

    Args:
        tokens: The numbers of the tokens.
        begins: How many tokens stand before each line.
    """
    size = tokens.itemsize
    plain, width = tokens.tobytes(), TOKENS * size
    hashes: list[bytes] = []
    kept: list[int] = []
    lasts: list[int] = []
    last, most, varied = 0, len(begins) - 1, -1
    for at in range(bisect_right(begins, len(tokens) - TOKENS)):
        begin = begins[at]
        end = begin + TOKENS
        if at < most and begins[at + 1] - begin < _WIDE:
            continue
        if begin > varied:
            if len({*tokens[begin:end]}) < _DIFFERENT:
                continue
            late = end - _LATE
            varied = late if len({*tokens[late:end]}) >= _DIFFERENT else begin
        while last < most and begins[last + 1] < end:
            last += 1
        hashes.append(blake2b(plain[begin * size : begin * size + width], digest_size=_SIZE).digest())
        kept.append(at)
        lasts.append(last)
    return hashes, kept, lasts


def unpacked(prints: bytes) -> Prints:
    """Return fingerprints that `prints_of` packed on this machine.

    Raises:
        ValueError: If they were not packed by it.
    """
    many, rest = divmod(len(prints), _SIZE + 3 * _WIDTH)
    if rest:
        msg = "no fingerprints"
        raise ValueError(msg)
    hashes = array("Q", prints[: many * _SIZE])
    first = many * _SIZE
    columns = [array("I", prints[first + at * many * _WIDTH : first + (at + 1) * many * _WIDTH]) for at in range(3)]
    return Prints(hashes, *columns)
