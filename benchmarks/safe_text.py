"""Whether anything that a terminal obeys gets through `visible`: random texts, whole and in pieces; and its cost."""

import random
import sys
import time

from benchmarks.measure import Result, report
from vivek.cli.render.safe_text import SafeStream, visible

TEXTS = 1_000_000
CHARACTERS = 10_000_000
NANO = 1_000_000_000

_SEQUENCES = (
    *("\x1b[2J", "\x1b]0;x\x07", "\x1b]52;c;eA==\x1b\\", "\x9b31m", "\x1bP", "\r\n", "\r", "\b", "\x00", "\x7f"),
    *("\u202e", "\u2066", "\u200d", "\u200c", "\ufe0f", "\U000e0041", "\U0001f3f4", "\ud800", "\udc00", "\u2028"),
    *("\ufeff", "[red]", "\t", "\n"),
)
_OBEYED = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)))) - {"\n", "\t"}


def random_text(chance: random.Random) -> str:
    """Return a short text: bytes read as Latin-1, any code points, or pieces of escape sequences."""
    size = chance.randrange(24)
    match chance.randrange(3):
        case 0:
            return chance.randbytes(size).decode("latin-1")
        case 1:
            return "".join(map(chr, chance.choices(range(0x110000), k=size)))
        case _:
            return "".join(chance.choices((*_SEQUENCES, "a", "\u65e5"), k=size))


def leaks(count: int) -> tuple[int, int]:
    """Return how many of so many texts let something through, and how many came out otherwise in two pieces."""
    chance = random.Random(count)
    leaked = differing = 0
    for _ in range(count):
        text = random_text(chance)
        shown = visible(text)
        leaked += not _OBEYED.isdisjoint(shown) or any("\ud800" <= char <= "\udfff" for char in shown)
        stream, middle = SafeStream(), len(text) // 2
        differing += stream.feed(text[:middle]) + stream.feed(text[middle:]) + stream.finish() != shown
    return leaked, differing


def cost() -> float:
    """Return the nanoseconds of CPU that a character of ordinary text costs."""
    text = ("The v\u00e4rde of \u65e5\u672c \U0001f44d is read once\n" * (CHARACTERS // 31))[:CHARACTERS]
    before = time.process_time()
    visible(text)
    return (time.process_time() - before) * NANO / len(text)


def main() -> int:
    """Measure and report."""
    leaked, differing = leaks(TEXTS)
    results = [
        Result(f"{TEXTS:,} random texts that let something through", leaked, "", 0),
        Result(f"{TEXTS:,} random texts that differ in two pieces", differing, "", 0),
        Result("ordinary text, each character", cost(), "ns", 20.0),
    ]
    return report("safe_text", "What reaches a terminal", results)


if __name__ == "__main__":
    sys.exit(main())
