"""JSON objects, one a line or alone. Pure: text in, objects out."""

import json

from vivek.providers.wire.decoding import GarbledError, excerpt


def load_object(text: str) -> dict[str, object]:
    """Return the JSON object that `text` is.

    Raises:
        GarbledError: If it is something else.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"no JSON: {excerpt(text)}"
        raise GarbledError(msg) from error
    if not isinstance(value, dict):
        msg = f"no JSON object: {excerpt(text)}"
        raise GarbledError(msg)
    return value


def is_object(text: str) -> bool:
    """Return whether `text` is a whole JSON object, as opposed to one that was cut off."""
    try:
        load_object(text)
    except GarbledError:
        return False
    return True
