"""JSON as its standard has it, and no laxer: no NaN, no key with two values, no half characters. Pure."""

import json
import math
import re
from typing import Final, NoReturn

NOTHING: Final = object()
"""What `decode` returns for a text that is no JSON."""

DEEPEST: Final = 100
"""Objects and arrays inside each other; Python's own readers give up at about ten times that."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class UnclearError(ValueError):
    """Broken JSON cannot be read with certainty.

    Args:
        reason: What is wrong, words that go on a sentence.
        at: Where in the text.
    """

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def decode(text: str) -> object:
    """Return what a text is in JSON, NOTHING if it is none.

    Raises:
        UnclearError: If it is nested too deeply, or holds half a character.
    """
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return NOTHING
    check(value)
    return value


def decode_object(text: str, start: int) -> tuple[dict[str, object], int] | None:
    """Return the object that begins at `start` and where it ends, None if it is broken.

    Raises:
        UnclearError: If it is nested too deeply, or holds half a character.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    check(value)
    return value, end


def same(left: object, right: object) -> bool:
    """Return whether two values are one in JSON, where 1, 1.0 and true are three."""
    return json.dumps(left) == json.dumps(right)


def check(value: object) -> None:
    """Refuse what JSON allows but nothing after it can hold.

    Raises:
        UnclearError: If it is nested too deeply, or holds half a character.
    """
    level = [value]
    for _ in range(DEEPEST):
        texts = [item for item in level if isinstance(item, str)]
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                texts.extend(item)
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if any(_SURROGATE.search(part) for part in texts):
            raise UnclearError("a string holds half a character, which is no text", 0)
        if not inner:
            return
        level = inner
    raise UnclearError("it is nested too deeply", 0)


def _refuse(what: str) -> NoReturn:
    msg = f"{what} is not JSON"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    value = float(digits)
    return _refuse(digits) if math.isinf(value) else value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs) and not all(same(members[key], value) for key, value in pairs):
        _refuse("a key with two values")
    return members


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
