"""Messages -> tokens of a prompt, by the chat template of the model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vivek.errors import RequestInvalidError
from vivek.providers.engine.mlx.library import told_as_ours
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCard

THOUGHT = "<think>"
_NO_THOUGHT = "\n\n</think>\n\n"
_HINT = "Choose a model made for chat."

Said = dict[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt ready to be computed.

    Attributes:
        tokens: All of it.
        opens_thought: Whether it ends inside a thought, so that the reply begins with one.
    """

    tokens: list[int]
    opens_thought: bool = False


def build_prompt(tokenizer: Any, request: Request) -> Prompt:  # the tokenizer has no types
    """Return the prompt of a request.

    Raises:
        RequestInvalidError: If the model has no chat template, or its template fails on these messages.
    """
    constrained = request.schema is not None
    think = False if constrained else request.think
    options: Said = {} if think is None else {"enable_thinking": think}
    if request.tools:
        options["tools"] = [_card(tool) for tool in request.tools]
    text = render(tokenizer, request.messages, options)
    opens = text.rstrip().endswith(THOUGHT)
    if opens and think is False:
        # A template that knows no switch begins the thought itself: then it ends here, as others do it.
        text, opens = text.rstrip() + _NO_THOUGHT, False
    return Prompt(encode(tokenizer, text), opens)


def render(tokenizer: Any, messages: Sequence[Message], options: Mapping[str, object]) -> str:  # as above
    """Return the text of a prompt; where the template has no place for system texts, they go before the user's first.

    Raises:
        RequestInvalidError: If the model has no chat template, or its template fails on these messages.
    """
    if not tokenizer.has_chat_template:
        raise RequestInvalidError("The model has no chat template.", hint=_HINT)
    said = [_said(message) for message in messages]
    system = [message.content for message in messages if message.role == "system"]
    try:
        text = _apply(tokenizer, said, options)
    except RequestInvalidError:
        if not system:
            raise
        return _apply(tokenizer, fold_system(said), options)
    if all(each.strip() in text for each in system):
        return text
    return _apply(tokenizer, fold_system(said), options)


def fold_system(said: Sequence[Said]) -> list[Said]:
    """Return the messages with all system texts at the head of the first text of the user."""
    system = "\n\n".join(str(each["content"]) for each in said if each["role"] == "system")
    others = [each for each in said if each["role"] != "system"]
    first = next((number for number, each in enumerate(others) if each["role"] == "user"), None)
    if first is None:
        return [{"role": "user", "content": system}, *others]
    joined = others[first] | {"content": f"{system}\n\n{others[first]['content']}"}
    return [*others[:first], joined, *others[first + 1 :]]


def encode(tokenizer: Any, text: str) -> list[int]:  # the tokenizer has no types
    """Return the tokens of a text that a template made: what begins and ends a prompt stands in it already."""
    with told_as_ours("The prompt cannot be split into tokens", ""):
        return [int(token) for token in tokenizer.encode(text, add_special_tokens=False)]


def _apply(tokenizer: Any, said: Sequence[Said], options: Mapping[str, object]) -> str:  # the tokenizer has no types
    with told_as_ours("The chat template of the model refuses these messages", _HINT):
        return str(tokenizer.apply_chat_template(list(said), tokenize=False, add_generation_prompt=True, **options))


def _said(message: Message) -> Said:
    said: Said = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _load(call.arguments)}}
            for call in message.tool_calls
        ]
    if message.tool_call_id:
        said["tool_call_id"] = message.tool_call_id
    return said


def _load(arguments: str) -> object:
    """Return the arguments as templates want them: an object, which they write as JSON themselves."""
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def _card(tool: ToolCard) -> Said:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
