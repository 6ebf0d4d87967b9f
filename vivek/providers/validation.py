"""Refuses a bad request before it is sent, with words that say what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping

from vivek.errors import ContextWindowExceededError, RequestInvalidError
from vivek.schema.request import Request

_OPEN = {"string": "maxLength", "array": "maxItems"}
_CLOSED = frozenset({"enum", "const"})


def check_request(request: Request) -> None:
    """Raise if no server could answer `request` well.

    Raises:
        RequestInvalidError: If it has no model, no message, no room for a reply, text that cannot be sent, or a
            schema whose strings and arrays have no bound (a weak model would fill them for ever).
        ContextWindowExceededError: If the reply alone would fill the window.
    """
    if not request.model:
        raise RequestInvalidError("No model is named.")
    if not request.messages or not any(message.content.strip() for message in request.messages):
        raise RequestInvalidError("There is nothing to ask: every message is empty.")
    if request.max_tokens < 1:
        raise RequestInvalidError(f"A reply of {request.max_tokens} tokens is no reply.")
    if request.window is not None and request.max_tokens >= request.window:
        msg = f"A reply of {request.max_tokens:,} tokens leaves no room in a window of {request.window:,}."
        raise ContextWindowExceededError(msg, needed=request.max_tokens, window=request.window)
    for message in request.messages:
        if not _can_be_sent(message.content):
            hint = "Half a character pair (a lone surrogate) is in it; a file or a paste is broken there."
            raise RequestInvalidError("A message holds text that is no Unicode.", hint=hint)
    for place, bound in _unbounded(request.schema or {}, "the reply"):
        raise RequestInvalidError(f"The schema of {place} lacks `{bound}`: it could go on for ever.")


def _can_be_sent(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unbounded(schema: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    """Yield (where, missing bound) for every string and array without one."""
    kind = schema.get("type")
    bound = _OPEN.get(kind) if isinstance(kind, str) else None
    if bound and bound not in schema and not _CLOSED & schema.keys():
        yield place, bound
    for key, value in schema.items():
        if key in {"properties", "$defs"} and isinstance(value, Mapping):
            for name, part in value.items():
                if isinstance(part, Mapping):
                    yield from _unbounded(part, f"`{name}`")
        elif key == "items" and isinstance(value, Mapping):
            yield from _unbounded(value, f"an item of {place}")
        elif key in {"anyOf", "oneOf", "allOf"} and isinstance(value, list):
            for part in value:
                if isinstance(part, Mapping):
                    yield from _unbounded(part, place)
