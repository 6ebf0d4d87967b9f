"""Replies for benchmarks: words that never repeat for long, so that nobody takes them for a loop."""

import random
import re
from collections.abc import Iterator
from itertools import count, islice

from benchmarks.project import WORDS

FIRST = "Firstword"
"""The first word of every reply: when it is seen, something of the reply is shown."""

SHOWN = "shop/part_00.py"
"""The file whose edit a reply shows; one that is not in the project would be asked about again, at the same length."""

_LINE = 12
_PIECE = re.compile(r" ?\w{1,5}|\n|[^\w\n]+")
_PARTS = (
    "## W W\n\nThe `W` of the **W** is W, and W says that W and W are W; see W for W, W and W.\nW is not W, but W.\n\n",
    "- W W W W\n- W: `W` W\n  - W W\n- **W** W W W W\n\n1. W W W\n2. W W W W W\n\n",
    "| W | W | W |\n|---|---|---|\n| W W | W | W |\n| W | W W W | W |\n| W | W | `W` |\n\n> W W W W W W.\n\n",
    '```python\ndef W(W: int, W: str = "W") -> int:\n    """W the W of a W.\n\n    W W W W.\n    """\n'
    "    for W in range(W):  # W W\n        W += W[W] * 2\n        if W is None:\n            raise ValueError(W)\n"
    "    return W\n\n\nclass W(W):\n    W = 3\n    W: list[str]\n\n    def W(self) -> None:\n"
    '        self.W = f"{W} W"\n\n\nW = W()\nW.W(1, "W")\n```\n\n',
    f"{SHOWN}\n<<<<<<< SEARCH\n    W = W(1)\n    return W\n=======\n    W = W(2)\n    return W\n>>>>>>> REPLACE\n\n",
)


def tokens(size: int, seed: int = 1) -> Iterator[str]:
    """Yield so many words, about a token each, in lines of a dozen and with a line end at last."""
    chosen = random.Random(seed)
    for number in range(1, size + 1):
        word = FIRST if number == 1 else f"{chosen.choice(WORDS)}{chosen.randrange(100)}"
        yield word + ("\n" if number % _LINE == 0 or number == size else " ")


def markdown(size: int, seed: int = 1) -> Iterator[str]:
    """Yield so many pieces, about a token each, of a reply with prose, lists, a table, code and an edit in it."""
    yield from islice(_pieces(random.Random(seed)), size)


def _pieces(chosen: random.Random) -> Iterator[str]:
    for number in count():
        words = iter([f"{chosen.choice(WORDS)}{chosen.randrange(100)}" for _ in range(40)])
        part = _PARTS[number % len(_PARTS)]
        yield from _PIECE.findall("".join(next(words) if char == "W" else char for char in part))


def text(size: int, piece: int = 1_024) -> Iterator[str]:
    """Yield a text of exactly `size` characters that ends a line, in numbered pieces so that none is like another."""
    base = "".join(tokens(piece))[: piece - 14]
    for number in range(-(-size // piece)):
        whole = f"{number:09} é日 {base}\n"
        left = size - number * piece
        yield whole if left >= piece else whole[: left - 1] + "\n"
