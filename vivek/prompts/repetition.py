"""Notices that a reply says the same thing over and over. Pure."""

_EVERY = 512  # characters between two looks
_LEAST = 2_400  # characters of nothing but repetition
_LEAST_AT_LIMIT = 1_200  # the same where the reply used up its room
_TIMES = 6
_LONGEST = 1_000  # characters of the longest block that is recognised
_TAIL = _LONGEST * _TIMES
_PROBE = 32
_PLACES = 40
_SHOWN = 40


class LoopWatch:
    """Watches one reply as it streams; a look costs little and happens once in a few hundred characters.

    Args:
        known: What the model was shown. A row of equal lines that stands there may be copied.
    """

    def __init__(self, known: str = "") -> None:
        self._known = known
        self._tail = ""
        self._fresh: list[str] = []
        self._waiting = 0

    def feed(self, text: str) -> str:
        """Take the next piece; return what is repeated without end, shortened to show, or ""."""
        self._fresh.append(text)
        self._waiting += len(text)
        if self._waiting < _EVERY:
            return ""
        return self._look(_LEAST)

    def end(self) -> str:
        """Return what a reply repeats that was cut off at its limit, shortened to show, or ""."""
        return self._look(_LEAST_AT_LIMIT)

    def _look(self, least: int) -> str:
        self._tail = (self._tail + "".join(self._fresh))[-_TAIL:]
        self._fresh.clear()
        self._waiting = 0
        period = _period(self._tail, least)
        if not period or self._tail[-max(least, _TIMES * period) :] in self._known:
            return ""
        block = self._tail[-period:]
        start = block.find("\n") + 1 or block.find(" ") + 1  # not in the middle of a word
        said = " ".join((block[start:] + block[:start]).split()) or "blanks"
        return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"


def without_repetition(text: str) -> str:
    """Return a text whose end repeats itself with that end said once, so that nobody has to read on from it."""
    period = _period(text[-_TAIL:], _LEAST_AT_LIMIT)
    if not period:
        return text
    end = len(text)
    while end > period and text[end - period - 1] == text[end - 1]:
        end -= 1
    return text[:end]


def _period(tail: str, least: int) -> int:
    """Return the length of the block that the end of `tail` repeats for `least` characters, 0 if it does not."""
    probe = tail[-_PROBE:]
    end = len(tail) - 1
    for _ in range(_PLACES):
        at = tail.rfind(probe, 0, end)
        period = len(tail) - _PROBE - at
        needed = max(least, _TIMES * period)
        if at < 0 or period > _LONGEST or needed > len(tail):
            return 0
        run = tail[-needed:]
        if run[period:] == run[:-period]:
            return period
        end = at + _PROBE - 1
    return 0
