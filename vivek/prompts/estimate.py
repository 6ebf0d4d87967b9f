"""Bounds and corrects token counts without token tables; usable where nothing heavy may be loaded."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from string import ascii_lowercase, digits
from typing import Self

# Bytes by kind: `a` a lower-case letter, `0` a digit, ` ` a space, `.` anything else.
_KINDS = bytes(
    ord("a" if chr(byte) in ascii_lowercase else "0" if chr(byte) in digits else " " if byte == ord(" ") else ".")
    for byte in range(256)
)
_SPACES = re.compile(rb" {3,}")
_FLOOR = 8
# Between them lies every true ratio of a tokenizer's count to ours.
_LEAST, _MOST = 0.5, 3.0


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


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a server's counts differ from ours, for one model on one server.

    Attributes:
        ratio: The server's count divided by ours, smoothed.
        deviation: How far single counts lay from the ratio, as a part of it, smoothed.
        samples: Counts seen.
    """

    ratio: float = 1.0
    deviation: float = 0.1
    samples: int = 0

    def observe(self, counted: int, reported: int | None) -> Self:
        """Return the calibration after one more call.

        Args:
            counted: Our count of the whole prompt.
            reported: The server's, the cached part included; None when it did not say.
        """
        # A tiny prompt is mostly the chat template, and says nothing of the text's tokens.
        if counted < 200 or reported is None:
            return self
        seen = reported / counted
        # Some servers report only what was not cached; a ratio from that would let the next prompt overflow.
        if not _LEAST <= seen <= _MOST:
            return self
        if not self.samples:
            return type(self)(seen, self.deviation, 1)
        weight = 0.3
        deviation = (1 - weight) * self.deviation + weight * abs(seen / self.ratio - 1)
        return type(self)((1 - weight) * self.ratio + weight * seen, deviation, self.samples + 1)

    def estimate(self, counted: int) -> int:
        """Return what the server will count at most, as far as its counts so far tell, in tokens."""
        return math.ceil(counted * self.ratio * (1 + 2 * self.deviation))

    def as_dict(self) -> dict[str, float]:
        """Return plain numbers, to be kept."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, object]) -> Self:
        """Return a kept calibration; numbers that cannot be right make a fresh one."""
        ratio, deviation, samples = kept.get("ratio"), kept.get("deviation"), kept.get("samples")
        if not isinstance(ratio, int | float) or not isinstance(deviation, int | float) or not isinstance(samples, int):
            return cls()
        if not (_LEAST <= ratio <= _MOST and 0 <= deviation <= _MOST and samples > 0):
            return cls()
        return cls(float(ratio), float(deviation), samples)
