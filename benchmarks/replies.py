"""Replies for benchmarks: words that never repeat for long, so that nobody takes them for a loop."""

import random
from collections.abc import Iterator

from benchmarks.project import WORDS

FIRST = "Firstword"
"""The first word of every reply: when it is seen, something of the reply is shown."""

_LINE = 12


def tokens(count: int, seed: int = 1) -> Iterator[str]:
    """Yield so many words, about a token each, in lines of a dozen and with a line end at last."""
    chosen = random.Random(seed)
    for number in range(1, count + 1):
        word = FIRST if number == 1 else f"{chosen.choice(WORDS)}{chosen.randrange(100)}"
        yield word + ("\n" if number % _LINE == 0 or number == count else " ")


def text(size: int, piece: int = 1_024) -> Iterator[str]:
    """Yield a text of exactly `size` characters that ends a line, in numbered pieces so that none is like another."""
    base = "".join(tokens(piece))[: piece - 14]
    for number in range(-(-size // piece)):
        whole = f"{number:09} é日 {base}\n"
        left = size - number * piece
        yield whole if left >= piece else whole[: left - 1] + "\n"
