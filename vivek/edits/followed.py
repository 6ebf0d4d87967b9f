"""Follows the lines of a text while the text changes: what was said of them then is done to them now, or not at all."""

from collections.abc import Sequence


class FollowedText:
    r"""A text and where its lines are by now.

    A change is known by what it left alone: the lines before the first and behind the last that differ. So a line
    that is found again has all that stood before it, or all that stood behind it, around it still.

    Args:
        text: The text as it was when something was said of its lines, each ended by `\n`.
    """

    def __init__(self, text: str) -> None:
        self._now, self._ended = _lines(text)
        self._at: list[int | None] = [*range(len(self._now) + 1)]  # the last one is the place behind all lines
        self._count = len(self._now)

    def follow(self, text: str) -> None:
        r"""Take in what the text is now, its lines ended by `\n`."""
        old = self._now
        new, self._ended = _lines(text)
        same = _same_begin(old, new)
        behind = len(old) - _same_end(old[same:], new[same:])
        shift = len(new) - len(old)

        def moved(at: int | None) -> int | None:
            if at is None or same <= at < behind:
                return None
            return at if at < same else at + shift

        self._at = [moved(at) for at in self._at]
        self._now = new

    def replaced(self, line: int, end_line: int, text: str) -> str | None:
        r"""Return what the text becomes when some of its lines are replaced; None when they are not as they were.

        Args:
            line: The first of them, counted from 1 as they were.
            end_line: The last of them; before `line` to put something before that line.
            text: What they become, each line ended by `\n`.
        """
        first, last = line - 1, end_line
        if not 0 <= first <= last <= self._count:
            return None
        between = [self._at[first - 1] if first else -1, self._at[first]]  # they must be neighbours still
        found = between if first == last else self._at[first:last]
        whole = [at for at in found if at is not None]
        if len(whole) < len(found) or whole[-1] - whole[0] != len(whole) - 1:
            return None
        begin = whole[-1] if first == last else whole[0]
        lines = [*self._now[:begin], *_lines(text)[0], *self._now[begin + last - first :]]
        return "\n".join(lines) + ("\n" if lines and self._ended else "")


def _lines(text: str) -> tuple[list[str], bool]:
    """Return the lines of a text, and whether the last one is ended; what follows its end is no line."""
    lines = text.split("\n")
    return (lines, False) if lines[-1] else (lines[:-1], True)


def _same_begin(old: Sequence[str], new: Sequence[str]) -> int:
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return at
    return min(len(old), len(new))


def _same_end(old: Sequence[str], new: Sequence[str]) -> int:
    return _same_begin(old[::-1], new[::-1])
