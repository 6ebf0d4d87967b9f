"""Holds the arguments of a call against its card: what is clear is taken, the rest goes back in words. Pure."""

import math
import re
from collections.abc import Mapping

from vivek.schema.tools import ToolCard

_WHOLE = re.compile(r"[+-]?\d{1,15}")
_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0"}
_KINDS = {"string": "a text", "integer": "a whole number", "boolean": "true or false"}


class _UnfitError(Exception):
    """A value that cannot be what is asked for."""


def settle(card: ToolCard, arguments: Mapping[str, object]) -> dict[str, object] | str:
    """Return the arguments in the types that the card asks for, or what to tell the model.

    A value of another type is taken when it can mean one thing only: "10" and 10.0 are 10. None stands for an argument
    that was left out.

    Args:
        card: The tool.
        arguments: What the model wrote.
    """
    known = _table(card.parameters.get("properties"))
    given = {name: value for name, value in arguments.items() if value is not None}
    strange = [f"`{_shown(name)}`" for name in given if name not in known]
    if strange:
        return f"`{card.name}` has no argument {', '.join(strange[:3])}. {_usage(card, known)}"
    settled: dict[str, object] = {}
    for name, value in given.items():
        try:
            settled[name] = _as(_table(known[name]), value)
        except _UnfitError as fault:
            return f"`{name}` of `{card.name}` must be {fault}, not {_shown(repr(value))}. {_usage(card, known)}"
    required = card.parameters.get("required")
    lost = [name for name in _names(required) if name not in settled]
    if lost:
        are = "is" if len(lost) == 1 else "are"
        return f"{', '.join(f'`{name}`' for name in lost)} of `{card.name}` {are} missing. {_usage(card, known)}"
    return settled


def text_of(arguments: Mapping[str, object], name: str, default: str = "") -> str:
    """Return an argument that is a text."""
    value = arguments.get(name, default)
    return value if isinstance(value, str) else default


def number_of(arguments: Mapping[str, object], name: str) -> int | None:
    """Return an argument that is a whole number, None when it was left out."""
    value = arguments.get(name)
    return value if isinstance(value, int) else None


def _as(schema: Mapping[str, object], value: object) -> object:
    kind = schema.get("type")
    if isinstance(value, list) and len(value) == 1:  # one thing in a list of one
        value = value[0]
    if kind == "integer":
        return _as_integer(value)
    if kind == "boolean":
        return _as_boolean(value)
    text = value if isinstance(value, str) else str(value) if _is_number(value) else None
    if text is None:
        raise _UnfitError(_KINDS["string"])
    return text


def _as_integer(value: object) -> int:
    number = _whole(value)
    if number is None:
        raise _UnfitError(_KINDS["integer"])
    return number


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value.strip()) else None
    if isinstance(value, int | float) and _is_number(value) and value == int(value):
        return int(value)
    return None


def _as_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower() if isinstance(value, str | int) else ""
    if said in _YES or said in _NO:
        return said in _YES
    raise _UnfitError(_KINDS["boolean"])


def _usage(card: ToolCard, known: Mapping[str, object]) -> str:
    required = set(_names(card.parameters.get("required")))
    parts = [
        f"`{name}` ({_KINDS.get(str(_table(schema).get('type')), 'a text')}{'' if name in required else ', optional'})"
        for name, schema in known.items()
    ]
    return f"It takes {', '.join(parts)}."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def _shown(text: str) -> str:
    line = " ".join(text.replace("`", "'").split())
    return line if len(line) <= 60 else f"{line[:57]}..."
