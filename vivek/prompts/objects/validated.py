"""Holds the JSON object of a reply against what it must be, and says in few words what does not fit."""

import json
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from vivek.errors import ModelOutputInvalidError
from vivek.prompts.objects.object import ASK_AGAIN, read_object
from vivek.schema.chunk import FinishReason

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Reply = TypeVar("Reply", bound=BaseModel)
"""What a reply must be."""

_TOLD = 3  # faults that a model is told of at a time
_QUOTED = 32  # characters of a wrong value that are shown to it
_RULES: Final = {
    "literal_error": "must be {expected}",
    "string_type": "must be a string",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "needs at least {min_length} item",
    "too_long": "may have at most {max_length} items, not {actual_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
}


def validated(model: type[Reply], text: str, finish: FinishReason | None, context: object = None) -> Reply:
    """Return the object of a reply.

    Args:
        model: What it must be.
        text: The whole reply.
        finish: Why it ended; one that did not end with `stop` is never repaired.
        context: What the validators of the model need to know.

    Raises:
        JSONParsingError: If the reply holds no JSON object.
        ModelOutputInvalidError: If the object is another one; the message can be told to the model.
    """
    found = read_object(text, finish, model.model_fields)
    try:
        return model.model_validate(found, context=context)
    except ValidationError as error:
        reasons = _reasons(error.errors(include_url=False))
        raise ModelOutputInvalidError(
            f"The JSON object of the reply does not fit: {'; '.join(reasons)}.", hint=ASK_AGAIN
        ) from error


def _reasons(faults: "list[ErrorDetails]") -> list[str]:
    lost = [f"`{fault['loc'][0]}`" for fault in faults if fault["type"] == "missing"]
    reasons = [f"{', '.join(lost)} {'is' if len(lost) == 1 else 'are'} missing"] if lost else []
    reasons += [_words(fault) for fault in faults if fault["type"] != "missing"]
    return [*reasons[:_TOLD], f"and {len(reasons) - _TOLD} more"] if len(reasons) > _TOLD else reasons


def _words(fault: "ErrorDetails") -> str:
    """Return what is wrong with one member, in the fewest words a small model can act on."""
    first, *rest = fault["loc"]
    place = f"{first}{''.join(f'[{part}]' for part in rest)}"
    known = _RULES.get(fault["type"])
    rule = known.format(**fault.get("ctx", {})) if known else fault["msg"][:1].lower() + fault["msg"][1:]
    given = fault["input"]
    told = json.dumps(given) if isinstance(given, str | int | float | bool | None) else ""
    shown = f", not {told}" if rule.startswith("must be") and 0 < len(told) <= _QUOTED else ""
    return f"`{place}` {rule}{shown}"
