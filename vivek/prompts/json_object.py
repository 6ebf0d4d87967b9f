"""Finds the one JSON object of a model's reply: as it stands, else cut out of what surrounds it, else repaired.

It returns what the model wrote or says why it cannot; whether the object is the right one is judged elsewhere.
"""

import json
import re
from typing import Final, NoReturn

from vivek.errors import JSONParsingError
from vivek.schema.chunk import FinishReason

ASK_AGAIN: Final = "Ask again, or use a larger model."

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)\n[ \t]*```", re.MULTILINE | re.DOTALL)
_FENCE_LINE = re.compile(r"^[ \t]*```[^\n`]*$", re.MULTILINE)
_OBJECT = re.compile(r"\{\s*[\"'}]")
_REPAIRABLE = 10_000  # characters: a decision is far shorter, and repair is slow on long texts


def read_object(text: str, finish: FinishReason | None) -> dict[str, object]:
    """Return the JSON object of a reply.

    Args:
        text: The whole reply; thoughts, fences and prose around the object are cut away.
        finish: Why the reply ended. Only one that ended with `stop` is repaired: the end of any other would
            be made up.

    Raises:
        JSONParsingError: If there is none, or more than one; the message can be told to the model.
    """
    bare = _THOUGHT.sub("", text.removeprefix("\ufeff")).strip()
    for candidate in (bare, *(fence[1] for fence in _FENCE.finditer(bare))):
        found = _strict(candidate)
        if found is not None:
            return found
    return _embedded(_FENCE_LINE.sub("", bare), finish)


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _strict(text: str) -> dict[str, object] | None:
    """Return the object that the whole text is, None if it is no JSON."""
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        raise _unusable("The reply is JSON, but no object.")
    return value


def _object_at(text: str, start: int) -> tuple[dict[str, object], int] | None:
    """Return the object that begins at `start` and where it ends, None if it is broken."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, dict) else None


def _embedded(text: str, finish: FinishReason | None) -> dict[str, object]:
    """Return the object inside a text that is not JSON as a whole."""
    begin = _OBJECT.search(text)
    start = begin.start() if begin else text.find("{")
    if start < 0:
        raise _unusable("The reply holds no JSON object." if finish != "length" else _CUT_OFF)
    found = _object_at(text, start)
    if found is None:
        return _repaired(text[start:], finish)
    value, end = found
    another = _OBJECT.search(text, end)
    if another and _object_at(text, another.start()):
        raise _unusable("The reply holds more than one JSON object.")
    return value


_CUT_OFF = "The reply was cut off before the JSON object was complete; it must be shorter."


def _repaired(text: str, finish: FinishReason | None) -> dict[str, object]:
    if finish == "length":
        raise _unusable(_CUT_OFF)
    if finish != "stop" or len(text) > _REPAIRABLE:
        raise _unusable("The JSON object of the reply is broken.")
    import json_repair

    end = text.rfind("}") + 1  # prose that follows would count as a second value
    try:
        # Strict: of two objects it would otherwise return the last one without a word.
        value = json_repair.loads(text[:end] if end else text, strict=True)
    except (ValueError, RecursionError) as error:
        raise _unusable("The JSON object of the reply is broken.") from error
    if not isinstance(value, dict):
        raise _unusable("The reply holds no JSON object.")
    return {str(key): item for key, item in value.items()}


def _unusable(message: str) -> JSONParsingError:
    return JSONParsingError(message, hint=ASK_AGAIN)
