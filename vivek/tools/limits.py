"""Keeps what a tool gives within the tokens it may have; the rest stays within reach under a handle."""

from collections.abc import Callable
from dataclasses import dataclass

from vivek.tools.base import Desk

_NOTE_TOKENS = 40
"""Left free for a label and for the words about what is missing."""
_LONGEST_TOKEN = 16
_USUAL_TOKEN = 4  # characters; more of a text is not tried


@dataclass(frozen=True, slots=True)
class Fitted:
    """The part of a text that fits.

    Attributes:
        text: It, whole lines where there are lines.
        note: How much is missing and how to see it, or "".
    """

    text: str
    note: str = ""


def body_room(desk: Desk) -> int:
    """Return the tokens that the text of a result may have, its label and note left aside."""
    return max(desk.room - _NOTE_TOKENS, 1)


def fits(text: str, desk: Desk) -> bool:
    """Tell whether a text can be given whole."""
    room = body_room(desk)
    return len(text) <= _LONGEST_TOKEN * room and desk.count(text) <= room


def fit(text: str, desk: Desk) -> Fitted:
    """Return as much of the beginning of a text as fits; the rest is put aside under a handle."""
    if fits(text, desk):
        return Fitted(text)
    end = _end(text, body_room(desk), desk.count)
    rest = text[end:]
    lines = rest.count("\n") + (not rest.endswith("\n"))
    missing = f"{lines:,} more lines" if lines > 1 else f"{len(rest):,} more characters"
    return Fitted(text[:end], f"{missing} are kept; see them with `more: {desk.keep(rest)}`.")


def _end(text: str, room: int, count: Callable[[str], int]) -> int:
    """Return how many characters fit: up to the end of a line if one fits, at least one character."""
    end = min(len(text), _USUAL_TOKEN * room)
    while end > 1 and (tokens := count(text[:end])) > room:
        end = max(min(end - 1, end * room // tokens), 1)
    at_line = text.rfind("\n", 0, end) + 1
    return at_line or end
