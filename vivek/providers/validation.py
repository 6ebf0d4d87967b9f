"""Refuses a bad request before it is sent, with words that say what is wrong with it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from vivek.errors import ContextWindowExceededError, RequestInvalidError
from vivek.schema.messages import MediaType, Message
from vivek.schema.request import SAMPLING_RANGES, Request, Sampling
from vivek.schema.tools import ToolCard

IMAGE_BYTES = 20 * 1024 * 1024
"""The largest picture that is sent."""

IMAGES = 8
"""The most pictures that one request may show."""

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OPEN = {"string": "maxLength", "array": "maxItems"}
_CLOSED = frozenset({"enum", "const"})


def check_request(request: Request) -> None:
    """Raise if no server could answer `request` well.

    Raises:
        RequestInvalidError: If it has no model, no message, no room for a reply, messages in an order that no model
            was trained on, text or pictures that cannot be sent, sampling out of its range, tools with bad names, or
            a schema whose strings and arrays have no bound (a weak model would fill them for ever).
        ContextWindowExceededError: If the reply alone would fill the window.
    """
    if not request.model.strip():
        raise RequestInvalidError("No model is named.")
    if not request.messages or not any(message.content.strip() or message.images for message in request.messages):
        raise RequestInvalidError("There is nothing to ask: every message is empty.")
    if request.max_tokens < 1:
        raise RequestInvalidError(f"A reply of {request.max_tokens} tokens is no reply.")
    if request.window is not None and request.max_tokens >= request.window:
        msg = f"A reply of {request.max_tokens:,} tokens leaves no room in a window of {request.window:,}."
        raise ContextWindowExceededError(msg, needed=request.max_tokens, window=request.window)
    _check_order(request.messages)
    _check_contents(request.messages)
    _check_sampling(request.sampling)
    _check_tools(request.tools)
    for place, bound in _unbounded(request.schema or {}, "the reply"):
        raise RequestInvalidError(f"The schema of {place} lacks `{bound}`: it could go on for ever.")


def _check_order(messages: Sequence[Message]) -> None:
    """A system message comes first, users and models take turns, and the results of calls follow the calls."""
    before = ""
    called: list[str] = []
    for number, message in enumerate(messages, 1):
        role = message.role
        if role == "system" and number > 1:
            raise RequestInvalidError(f"Message {number} is a system message; only the first one may be one.")
        if role == "tool":
            if not called:
                raise RequestInvalidError(f"Message {number} is the result of a tool call that nobody made.")
            called.remove(_answered(message, called, number))
        elif called:
            raise RequestInvalidError(f"Message {number} comes before the results of all tool calls that were made.")
        elif role == "assistant" and before in {"", "system"}:
            raise RequestInvalidError(f"Message {number} is an answer to nothing: a user's message comes first.")
        elif role == before:
            raise RequestInvalidError(f"Message {number} is of the same role as the one before ({role}); join them.")
        called += [call.id for call in message.tool_calls]
        before = role
    if called:
        raise RequestInvalidError("The results of the last tool calls are missing.")
    if all(message.role == "system" for message in messages):
        raise RequestInvalidError("There is nothing to ask: no message is a user's.")


def _answered(message: Message, called: Sequence[str], number: int) -> str:
    """Return which of the calls that wait a tool's message answers; without an id it is the next one."""
    if message.tool_call_id and message.tool_call_id not in called:
        raise RequestInvalidError(
            f"Message {number} answers the tool call `{message.tool_call_id}`, which nobody made."
        )
    return message.tool_call_id or called[0]


def _check_contents(messages: Sequence[Message]) -> None:
    shown = 0
    for number, message in enumerate(messages, 1):
        if not _can_be_sent(message.content):
            hint = "Half a character pair (a lone surrogate) is in it; a file or a paste is broken there."
            raise RequestInvalidError("A message holds text that is no Unicode.", hint=hint)
        if message.tool_calls and message.role != "assistant":
            raise RequestInvalidError(f"Message {number} makes tool calls, which only a model does.")
        if message.images and message.role != "user":
            raise RequestInvalidError(f"Message {number} shows pictures, which only a user's message can.")
        shown += len(message.images)
        for image in message.images:
            if image.media_type not in get_args(MediaType):
                known = ", ".join(get_args(MediaType))
                raise RequestInvalidError(f"A picture is of the kind `{image.media_type}`; these are sent: {known}.")
            if not image.data:
                raise RequestInvalidError("A picture is empty.")
            if len(image.data) > IMAGE_BYTES:
                msg = f"A picture has {len(image.data):,} bytes; {IMAGE_BYTES:,} are the most that is sent."
                raise RequestInvalidError(msg, hint="Scale it down: models look at far fewer pixels anyway.")
    if shown > IMAGES:
        msg = f"The request shows {shown} pictures; {IMAGES} are the most that is sent."
        raise RequestInvalidError(msg, hint="Show fewer of them.")


def _check_sampling(sampling: Sampling) -> None:
    for name, (least, most) in SAMPLING_RANGES.items():
        value = getattr(sampling, name)
        if value is not None and not least <= value <= most:  # not a number is in no range
            raise RequestInvalidError(f"`{name}` is {value}; it has to lie between {least:g} and {most:g}.")


def _check_tools(tools: Sequence[ToolCard]) -> None:
    names = [tool.name for tool in tools]
    for name in names:
        if not _TOOL_NAME.fullmatch(name):
            msg = f"The tool name {name!r} cannot be sent: 1 to 64 letters, digits, `_` and `-` are allowed."
            raise RequestInvalidError(msg)
        if names.count(name) > 1:
            raise RequestInvalidError(f"Two tools are called `{name}`.")


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
