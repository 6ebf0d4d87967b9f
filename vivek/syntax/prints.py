"""Fingerprints of a text: hashes of windows of its tokens, from which copies are found. Pure.

A window begins with the first token of a line and has `TOKENS` tokens. Names and numbers count as they are written,
strings as one mark, layout and comments not at all: what was indented, commented or told anew is still the same, what
has other names is not. Windows with few different tokens, such as those of tables, are left out. There is a hash for
every line of code instead of some for each window, as winnowing has it: so the first line of a copy is known.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

TOKENS = 50
"""Tokens of a window."""

_DIFFERENT = 12  # tokens of a window that must differ at least
_WIDE = 3  # tokens of a line with which a window begins
_SIZE, _WIDTH = 8, 4  # bytes of a hash, and of each of the three numbers beside it
_MOST_KNOWN = 200_000  # tokens whose numbers are remembered
_TOKEN = re.compile(r"\w+|[^\w\s]")


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


def prints_of(lines: Iterable[str]) -> bytes:
    """Return the packed fingerprints of lines without comments and strings."""
    tokens: list[str] = []
    begins: list[int] = []
    numbers: list[int] = []
    find = _TOKEN.findall
    for number, line in enumerate(lines, 1):
        if line:
            found = find(line)
            if found:
                begins.append(len(tokens))
                numbers.append(number)
                tokens += found
    numbered = array("I", map(_numbers.__getitem__, tokens))
    size = numbered.itemsize
    plain = numbered.tobytes()
    hashes: list[bytes] = []
    kept: list[int] = []
    lasts: list[int] = []
    last, most = 0, len(begins) - 1
    for at, begin in enumerate(begins[: bisect_right(begins, len(tokens) - TOKENS)]):
        end = begin + TOKENS
        if at < most and begins[at + 1] - begin < _WIDE:
            continue
        if len({*numbered[begin:end]}) >= _DIFFERENT:
            while last < most and begins[last + 1] < end:
                last += 1
            hashes.append(blake2b(plain[begin * size : end * size], digest_size=_SIZE).digest())
            kept.append(at)
            lasts.append(last)
    columns = [numbers[at] for at in kept], [numbers[at] for at in lasts], [begins[at] for at in kept]
    return b"".join([*hashes, *(array("I", column).tobytes() for column in columns)])


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
