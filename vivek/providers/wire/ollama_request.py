"""What Ollama is asked: the bodies of a chat and of an embedding, and which field a refusal means. Pure."""

import base64
import json
import re
from collections.abc import Mapping, Sequence

from vivek.schema.messages import Message
from vivek.schema.request import Request

CHAT_PATH = "/api/chat"
EMBED_PATH = "/api/embed"
_REFUSED = {
    "think": re.compile(r"does not support thinking|think value .* not supported", re.IGNORECASE),
    "tools": re.compile(r"does not support tools", re.IGNORECASE),
}
_CANNOT_STOP_THINKING = re.compile(r"gpt-?oss", re.IGNORECASE)


def chat_body(request: Request, keep_alive: str) -> dict[str, object]:
    """Return the body of a chat that is never cut silently.

    With `truncate` and `shift` left to their defaults the server drops the oldest messages of a prompt that is too
    long, and rolls the window while it generates; neither shows in the reply. So both are off, and the window that
    was budgeted for is asked for.
    """
    sampling = request.sampling
    options = {
        "num_ctx": request.window,
        "num_predict": request.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "repeat_penalty": sampling.repeat_penalty,
        "seed": sampling.seed,
    }
    body: dict[str, object] = {
        "model": request.model,
        "messages": _messages(request.messages),
        "stream": True,
        "truncate": False,
        "shift": False,
        "keep_alive": keep_alive,
        "options": {name: value for name, value in options.items() if value is not None},
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": card.name, "description": card.description, "parameters": dict(card.parameters)},
            }
            for card in request.tools
        ]
    if request.schema is not None:
        body["format"] = dict(request.schema)
    if request.think is not None:
        # gpt-oss has levels instead of a switch and ignores `false`: the lowest level is the nearest to it.
        lowest = request.think is False and _CANNOT_STOP_THINKING.search(request.model)
        body["think"] = "low" if lowest else request.think
    return body


def embed_body(model: str, texts: Sequence[str], keep_alive: str) -> dict[str, object]:
    """Return the body for the vectors of texts, none of them cut: half a text has another meaning."""
    return {"model": model, "input": list(texts), "truncate": False, "keep_alive": keep_alive}


def refused_field(sent: Mapping[str, object], message: str) -> str:
    """Return which field of a request a refusal means that can be left out, "" when it means none."""
    return next((name for name, sign in _REFUSED.items() if name in sent and sign.search(message)), "")


def _messages(messages: Sequence[Message]) -> list[dict[str, object]]:
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_message(message, names) for message in messages]


def _message(message: Message, names: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {"role": message.role, "content": message.content}
    if message.images:
        said["images"] = [base64.b64encode(image.data).decode("ascii") for image in message.images]
    if message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "function": {"name": call.name, "arguments": _object(call.arguments)}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        # Templates of some models know a result by its call, of others by the tool.
        said |= {"tool_call_id": message.tool_call_id, "tool_name": names.get(message.tool_call_id, "")}
    return said


def _object(arguments: str) -> object:
    """Return the arguments of a call as the object that Ollama wants; what is none is kept as it was said."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"arguments": arguments}
