"""Finds the one JSON object of a model's reply: as it stands, else cut out of what surrounds it, else mended.

It returns what the model wrote or says why it cannot; whether the object is the right one is judged elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from vivek.errors import JSONParsingError
from vivek.prompts.fence import one_line
from vivek.prompts.objects.strict import NOTHING, UnclearError, decode
from vivek.schema.chunk import FinishReason

ASK_AGAIN: Final = "Ask again, or use a larger model."
REFUSED: Final = "Your reply could not be used."  # how a model is told to reply again; what is wrong follows

_AROUND = " \t\r\n\ufeff\u200b"
_SHOWN = 16  # characters of a broken text on either side of what is wrong with it
_ENVELOPES = 3  # objects around an answer: a call, its function, its arguments
_LABELS = {"id", "name", "role", "title", "tool", "type"}
_CUT_OFF = "The reply was cut off before the JSON object was complete; it must be shorter."


def read_object(text: str, finish: FinishReason | None, keys: Collection[str] = ()) -> dict[str, object]:
    """Return the JSON object of a reply.

    Args:
        text: The whole reply; thoughts, fences and prose around the object are cut away.
        finish: Why the reply ended. Only one that ended with `stop` is mended: the end of any other would be
            made up.
        keys: What the object must have. It tells the answer from an example, and what a tool call or an
            object with one member is wrapped around.

    Raises:
        JSONParsingError: If there is none, or more than one, or its meaning is not certain; the message can be told
            to the model.
    """
    said = text.strip(_AROUND)
    try:
        whole = decode(said)
        found = [_only(whole)] if whole is not NOTHING else _search(said, finish, keys)
    except UnclearError as error:
        raise _unusable(_broken(said, error, finish)) from error
    if not found:
        raise _unusable(_CUT_OFF if finish == "length" else "The reply holds no JSON object.")
    return _choose(found, frozenset(keys))


def _search(text: str, finish: FinishReason | None, keys: Collection[str]) -> list[dict[str, object]]:
    # Its patterns take a while to build; a reply that is JSON as it stands needs none of them.
    from vivek.prompts.objects.candidates import find_objects

    return find_objects(text, mend=finish == "stop", keys=frozenset(keys))


def _only(value: object) -> dict[str, object]:
    """Return the object that a whole reply is, or that alone is in it: in a list of one, in a string."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    elif isinstance(value, str):
        value = decode(value.strip(_AROUND))
    if not isinstance(value, dict):
        raise _unusable("The reply is JSON, but no object.")
    return value


def _choose(found: list[dict[str, object]], keys: frozenset[str]) -> dict[str, object]:
    """Return the only object, or the only one that can be the answer."""
    fitting = [value for value in found if keys <= value.keys()] if keys else found
    if not fitting and not any(_is_schema(value) for value in found):
        fitting = [inside for value in found for inside in _inside(value, keys, _ENVELOPES)]
    if len(fitting) == 1:
        return fitting[0]
    if len(found) > 1:
        raise _unusable("The reply holds more than one JSON object.")
    if keys and _is_schema(found[0]):
        raise _unusable("The reply repeats the JSON schema; it must be an object that follows the schema.")
    return found[0]


def _inside(outer: Mapping[str, object], keys: frozenset[str], depth: int) -> Iterator[dict[str, object]]:
    """Yield the object that an outer one is only wrapped around: it holds nothing else but names."""
    members = [value for name, value in outer.items() if name not in _LABELS or not isinstance(value, str)]
    if len(members) != 1:
        return
    [value] = members
    try:
        value = decode(value.strip(_AROUND)) if isinstance(value, str) else value
    except UnclearError:
        return
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return
    if keys <= value.keys():
        yield value
    elif depth > 1:
        yield from _inside(value, keys, depth - 1)


def _is_schema(value: Mapping[str, object]) -> bool:
    """Return whether an object describes members instead of having them."""
    described = value.get("properties")
    return isinstance(described, dict) and all(isinstance(about, dict) for about in described.values())


def _broken(text: str, fault: UnclearError, finish: FinishReason | None) -> str:
    if finish == "length":
        return _CUT_OFF
    if finish != "stop":
        return "The JSON object of the reply is broken."
    begin = max(0, fault.at - _SHOWN)
    near = one_line(" ".join(text[begin : fault.at + _SHOWN].split())).replace("`", "'")
    return f"The JSON object of the reply is broken near `{near}`: {fault.reason}."


def _unusable(message: str) -> JSONParsingError:
    return JSONParsingError(message, hint=ASK_AGAIN)
