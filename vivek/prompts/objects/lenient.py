"""Reads an object in broken JSON where its meaning is certain, and says what is wrong where it is not. Pure.

Nothing is guessed: what may be read in two ways is refused. Where more is missing than JSON5 and Python allow to be
missing, a second reader that knows nothing of this one has to come to the same value.
"""

from dataclasses import dataclass
from typing import Final

from vivek.prompts.objects.reader import LenientReader
from vivek.prompts.objects.strict import UnclearError, same
from vivek.prompts.objects.strings import check_backslashes

LONGEST: Final = 10_000
"""Characters of an object that is mended; a decision is far shorter, and the second reader is slow on long texts."""


@dataclass(frozen=True, slots=True)
class Mended:
    """An object out of broken JSON.

    Attributes:
        value: What it says.
        end: Where in the text it ends.
        closed: Whether its last brace stands there; if not, members may be missing as well.
    """

    value: dict[str, object]
    end: int
    closed: bool


def read_leniently(text: str, start: int, *, lone_brace: bool = False) -> Mended:
    """Return the object that begins at `start`.

    Args:
        text: A reply that ended by itself: the end of any other would be made up.
        start: Where the object's `{` stands.
        lone_brace: Whether no member follows after a nested object, so that a missing last brace is the outer one's.

    Raises:
        UnclearError: If its meaning is not certain.
    """
    part = text[start : start + LONGEST + 1]
    reader = LenientReader(part, lone_brace=lone_brace)
    try:
        value = reader.read_object(1)
        check_backslashes(part[: reader.at])
    except UnclearError as error:
        raise UnclearError(error.reason, start + error.at) from error
    if reader.at > LONGEST:
        raise UnclearError(f"it is broken and has more than {LONGEST:,} characters", start)
    if reader.bent is not None and not same(_second_opinion(part[: reader.at]), value):
        raise UnclearError("it can be read in more than one way", start + reader.bent)
    return Mended(value, start + reader.at, reader.closed)


def _second_opinion(text: str) -> object:
    import json_repair

    try:
        return json_repair.loads(text)
    except (ValueError, RecursionError):
        return None
