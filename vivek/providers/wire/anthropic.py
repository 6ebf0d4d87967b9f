"""Anthropic's Messages API: the body of a request and what its list of models tells. Its events are read elsewhere.

Source: Anthropic's API reference, version 2023-06-01, as its documentation and client libraries show it.
"""

import base64
import json
from collections.abc import Iterator, Mapping

from vivek.providers.wire.reply import whole, words
from vivek.schema.messages import Message
from vivek.schema.models import Ability, ModelInfo
from vivek.schema.request import Request

CHAT_PATH = "/v1/messages"
COUNT_PATH = "/v1/messages/count_tokens"
MODELS_PATH = "/v1/models"
VERSION = "2023-06-01"

_SMALLEST_THOUGHT = 1024  # tokens; the API refuses a smaller budget
_MARK = {"type": "ephemeral"}
_UNENFORCED = frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "multipleOf"}
)


def chat_body(request: Request, *, adaptive: bool = True) -> dict[str, object]:
    """Return the body of a streamed call.

    What repeats from call to call is marked for the server's prompt cache: the system text, with the tools before
    it, and the last two messages of the user, so that the prefix written by the call before is found again.

    Args:
        request: What is asked.
        adaptive: Whether the model decides itself how much it thinks; older ones want a budget instead.
    """
    sampling = request.sampling
    body: dict[str, object] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "stream": True,
        **prompt_body(request.messages),
    }
    chosen = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
    if sampling.temperature is not None:
        del chosen["top_p"]  # newer models refuse the two together
    body |= {name: value for name, value in chosen.items() if value is not None}
    if request.tools:
        body["tools"] = [
            {"name": card.name, "description": card.description, "input_schema": dict(card.parameters)}
            for card in request.tools
        ]
    if request.schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": _enforceable(request.schema)}}
        if request.tools:
            body["tool_choice"] = {"type": "none"}
    if request.think is not None:
        body["thinking"] = _thinking(request, adaptive=adaptive)
    return body


def prompt_body(messages: tuple[Message, ...]) -> dict[str, object]:
    """Return `system` and `messages` of a body; messages that this protocol wants joined are joined."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    turns: list[dict[str, object]] = []
    for message in messages:
        if message.role == "system":
            continue
        role = "assistant" if message.role == "assistant" else "user"
        blocks = list(_blocks(message))
        last = turns[-1] if turns else None
        if last is not None and last["role"] == role and isinstance(last["content"], list):
            last["content"].extend(blocks)
        elif blocks:
            turns.append({"role": role, "content": blocks})
    for turn in [turn for turn in turns if turn["role"] == "user"][-2:]:
        content = turn["content"]
        if isinstance(content, list):
            content[-1] = content[-1] | {"cache_control": _MARK}
    body: dict[str, object] = {"messages": turns}
    if system:
        body["system"] = [{"type": "text", "text": system, "cache_control": _MARK}]
    return body


def from_list(entry: Mapping[str, object]) -> ModelInfo:
    """Return a model of `/v1/models`; older servers name it without its window and abilities."""
    window = whole(entry.get("max_input_tokens")) or None
    named: Mapping[str, Ability] = {
        "image_input": "vision",
        "structured_outputs": "structured_output",
        "thinking": "thinking",
    }
    told = _object(entry.get("capabilities"))
    abilities: set[Ability] = {ability for name, ability in named.items() if _supported(told.get(name))}
    sources: dict[str, str] = {str(ability): MODELS_PATH for ability in abilities}
    if window:
        sources |= {"window_loaded": MODELS_PATH, "window_maximum": MODELS_PATH}
    return ModelInfo(
        name=words(entry.get("id")),
        window_loaded=window,
        window_maximum=window,
        # Every model of this API calls tools; the list has no word for it.
        abilities=frozenset(abilities | {"tools"}),
        sources={**sources, "tools": "the protocol"},
    )


def thinks_adaptively(entry: Mapping[str, object]) -> bool | None:
    """Return whether a model of the list decides itself how much it thinks, None when the list does not tell."""
    kinds = _object(_object(_object(entry.get("capabilities")).get("thinking")).get("types"))
    return _supported(kinds.get("adaptive")) if kinds else None


def _blocks(message: Message) -> Iterator[dict[str, object]]:
    """Yield the content blocks of one message; an empty text is none, the API refuses it."""
    if message.role == "tool":
        yield {"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.content}
        return
    for image in message.images:
        data = base64.b64encode(image.data).decode("ascii")
        yield {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": data}}
    if message.content.strip():
        # White space at the end of what the model said is refused.
        text = message.content.rstrip() if message.role == "assistant" else message.content
        yield {"type": "text", "text": text}
    for call in message.tool_calls:
        yield {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments or "{}")}


def _thinking(request: Request, *, adaptive: bool) -> dict[str, object]:
    if not request.think:
        return {"type": "disabled"}
    if adaptive:
        return {"type": "adaptive"}
    return {"type": "enabled", "budget_tokens": max(_SMALLEST_THOUGHT, request.max_tokens // 2)}


def _enforceable(schema: Mapping[str, object]) -> dict[str, object]:
    """Return the schema without the bounds that the API refuses; the reply is validated against all of it anyway."""
    kept: dict[str, object] = {}
    for name, value in schema.items():
        if name in {"properties", "$defs"} and isinstance(value, Mapping):
            kept[name] = {key: _enforceable(part) if isinstance(part, Mapping) else part for key, part in value.items()}
        elif name in _UNENFORCED:
            continue
        elif isinstance(value, Mapping):
            kept[name] = _enforceable(value)
        elif isinstance(value, list):
            kept[name] = [_enforceable(part) if isinstance(part, Mapping) else part for part in value]
        else:
            kept[name] = value
    if kept.get("type") == "object":
        kept.setdefault("additionalProperties", False)
    return kept


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _supported(value: object) -> bool:
    return _object(value).get("supported") is True
