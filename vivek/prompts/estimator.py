"""Estimates the tokens of texts and prompts for one model on one server, and learns from what the server reports."""

import hashlib
import math
import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from vivek.prompts.calibration import KEPT, USUAL, fit_weights, is_plausible, worst_below
from vivek.prompts.estimate import bound
from vivek.schema.counts import Calibration, TokenReport

FLOOR: Final = 0.01
"""The smallest share that is added to be safe."""

MIXED_FLOOR: Final = 0.15
"""The same for a vocabulary that is not the tables': it differs by the kind of text, and not all kinds were seen."""

FIRST: Final[dict[str, float]] = {"qwen": 0.02, "llama3": 0.02, "deepseek": 0.05, "mistral": 0.05}
"""By what share the tables are off for a family, as long as its server has reported nothing."""

UNKNOWN: Final = 0.1
"""The same for a model whose family is not known."""

_TIMES = 3.0  # average errors that make a margin
_MIXED_TIMES = 4.0  # the same for a vocabulary that is not the tables'
_NEWEST = 0.3  # what the newest error counts for in the average
_CAP = 0.5  # the largest error that one report may count for
_FOREIGN = 0.05  # a factor this far from 1, or an error as large, tells that the tables are not the model's
_SEEN = 300  # tokens saved on digits, or beyond ASCII, that must have been reported before their factor is believed
_MIXED = 2.0  # how far scripts may lie apart in a vocabulary that is not the tables'
_SPARE = 1.15  # what a whole prompt is taken for more in one: it may be of a kind of text that was not seen yet
_NUMBER = re.compile(r"[0-9]{2,}")
_SIZES = 4_096
_UNREAD = 8

Prompt = tuple[str, ...]
"""The texts of a prompt, one a message."""


class Size(NamedTuple):
    """A text in the eyes of the tables: of ASCII text, saved on its digits, of all else, and the bytes of that."""

    plain: int
    digits: int
    other: int
    bytes: int


class Estimator:
    """What one model makes of texts.

    The tables are asked only when an estimate is, never to learn: what a server reported until then waits.

    Args:
        exact: Tokens of a text by the token tables.
        tables: The family whose tables these are, "" for none in particular.
        known: What was learned before; of no use when other tables counted.
    """

    def __init__(self, exact: Callable[[str], int], tables: str = "", known: Calibration | None = None) -> None:
        self._exact = exact
        self._tables = tables
        self._known = known if known is not None and known.tables == tables else Calibration(tables)
        self._weights = fit_weights(self._known.reports)
        self._sizes: dict[bytes, Size] = {}
        self._waiting: deque[tuple[Prompt, str, int]] = deque(maxlen=_UNREAD)

    @property
    def calibration(self) -> Calibration:
        """Return what was learned, to be kept; as it was before if the tables were not needed."""
        if self._sizes:
            self._learn()
        return self._known

    @property
    def share(self) -> float:
        """Return the share of an estimate that is added to be safe: from what estimates were off by."""
        known = self._known
        error = self._first if known.error is None else known.error
        floor, times = (MIXED_FLOOR, _MIXED_TIMES) if self._is_foreign else (FLOOR, _TIMES)
        return max(floor, times * error, worst_below(known.reports, self._weights))

    def unlearned(self, text: str) -> int:
        """Return the tokens of a text as the tables count, whatever was learned."""
        size = self._size(text)
        return size.plain + size.other

    def about(self, text: str) -> int:
        """Return about how many tokens a text has."""
        self._learn()
        return math.ceil(self._weights.text(*self._size(text)[:3]))

    def most(self, text: str) -> int:
        """Return the tokens that a text has at most, as far as was learned."""
        self._learn()
        return math.ceil(self._most(text))

    def prompt(self, texts: Sequence[str], head: str = "", *, begun: bool = False) -> tuple[int, int]:
        """Return about how many tokens a prompt has, and how many at most as far as was learned.

        Args:
            texts: Its messages.
            head: What stands before them, such as tools.
            begun: Whether they follow messages whose size is known, so that only they are counted.
        """
        self._learn()
        weights = self._weights
        parts = (*texts, *([head] if head else []))
        sizes = [self._size(text) for text in parts]
        around = weights.message * len(texts) + (0.0 if begun else weights.fixed)
        about = around + sum(weights.text(*size[:3]) for size in sizes)
        most = sum(self._most(part, _SPARE) for part in parts) + around * (1 + self.share)
        return round(about), math.ceil(most)

    def note(self, texts: Sequence[str], head: str, read: int) -> None:
        """Take in what a server read of a prompt; it is learned from with the next estimate."""
        self._waiting.append((tuple(texts), head, read))

    @property
    def _first(self) -> float:
        return FIRST.get(self._tables, UNKNOWN)

    @property
    def _is_foreign(self) -> bool:
        """Return whether the model has a vocabulary of its own, as far as known."""
        off = max(abs(self._weights.plain - USUAL.plain), self._known.error or 0.0)
        return self._tables not in FIRST or off > _FOREIGN

    def _most(self, text: str, spare: float = 1.0) -> float:
        """Return the most tokens of a text; where nothing was seen yet that is like it, as bad as it can be.

        Args:
            text: The text.
            spare: What is kept beyond that for a vocabulary that is not the tables'.
        """
        size, weights, more, reports = self._size(text), self._weights, 1 + self.share, self._known.reports
        if not self._is_foreign:
            return min(bound(text), weights.text(*size[:3]) * more)
        plain = weights.text(size.plain, size.digits, 0)
        if sum(report.digits for report in reports) < _SEEN:
            plain = max(plain, weights.text(size.plain, 0, 0) + size.digits)
        # Bytes are the most any vocabulary makes of it; a factor was learned from some scripts and not from all.
        seen = sum(report.other for report in reports) >= _SEEN
        other = min(size.bytes, weights.other * size.other * more * _MIXED) if seen else size.bytes
        return min(bound(text), len(text.encode("utf-8", "replace")), (plain * more + other) * spare)

    def _size(self, text: str) -> Size:
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if (known := self._sizes.get(key)) is not None:
            return known
        if text.isascii():
            size = Size(self._exact(text), self._saved(text), 0, 0)
        else:
            plain = text.encode("ascii", "ignore").decode("ascii")
            alone, whole = self._exact(plain), self._exact(text)
            rest = len(text.encode("utf-8", "replace")) - len(plain)
            size = Size(min(alone, whole), self._saved(plain), max(0, whole - alone), rest)
        if len(self._sizes) >= _SIZES:
            self._sizes.clear()
        self._sizes[key] = size
        return size

    def _saved(self, text: str) -> int:
        """Return what the tables saved on digits; those of Qwen take each alone."""
        return 0 if self._tables == "qwen" else sum(len(run) - -(-len(run) // 3) for run in _NUMBER.findall(text))

    def _learn(self) -> None:
        """Learn from the reports that wait, each held first against what would have been estimated."""
        while self._waiting:
            texts, head, read = self._waiting.popleft()
            sizes = [self._size(text) for text in (*texts, head)]
            plain, digits, other, _ = (sum(each) for each in zip(*sizes, strict=True))
            report = TokenReport(plain, digits, other, len(texts), read)
            if not is_plausible(report):
                continue
            before = self._known.error
            if before is None:  # how far off the tables alone were tells nothing of what is learned here
                error = self._first
            else:
                off = min(_CAP, abs(self._weights.of(report) - read) / read)
                error = (1 - _NEWEST) * before + _NEWEST * off
            self._known = Calibration(self._tables, (*self._known.reports, report)[-KEPT:], round(error, 6))
            self._weights = fit_weights(self._known.reports)
