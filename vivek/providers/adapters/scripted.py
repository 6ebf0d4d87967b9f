"""Says what it was told to say: for documentation, demonstrations and tests without an engine. Sends nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from vivek.errors import ConfigError, ContextWindowExceededError, RequestInvalidError, StreamInterruptedError
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.messages import Message
from vivek.schema.models import Ability, Health, ModelInfo
from vivek.schema.request import Request
from vivek.schema.sameness import common_start
from vivek.schema.tools import ToolCall, ToolCallPiece

_PIECE = 12
_BYTES_PER_TOKEN = 4
_LINE = (
    'A line is a JSON string, or `{"text": "...", "finish": "stop", "delay": 0.1, "thinking": "...", '
    '"calls": [{"name": "...", "arguments": {}}]}`; only the text is needed.'
)


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One reply.

    Attributes:
        text: What is said.
        finish: Why it ends; None breaks off without an end mark.
        delay: Seconds before each piece.
        thinking: What is thought before it, unless the request forbids that.
        calls: The tools that are called after it; a reply with calls that ends with `stop` ends with `tool_calls`.
    """

    text: str
    finish: FinishReason | None = "stop"
    delay: float = 0.0
    thinking: str = ""
    calls: tuple[ToolCall, ...] = ()


class ScriptedProvider:
    """Gives prepared replies in their order, in small pieces, with figures counted from the texts.

    Tokens are four bytes each; what a prompt has in common with the start of the one before counts as cached.

    Args:
        replies: What it says; a plain string ends with `stop`.
        window: Tokens of its window.
        abilities: What it says it can do.

    Attributes:
        requests: Every request so far.
    """

    name = "scripted"
    base_url = ""

    def __init__(
        self,
        replies: Sequence[str | ScriptedReply],
        window: int = 32768,
        *,
        abilities: frozenset[Ability] = frozenset({"structured_output"}),
    ) -> None:
        self._replies = [reply if isinstance(reply, ScriptedReply) else ScriptedReply(reply) for reply in replies]
        self._window = window
        self._abilities = abilities
        self._before = b""
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """Yield the next reply.

        Raises:
            RequestInvalidError: If all were given.
            ContextWindowExceededError: If the prompt and the room for the reply do not fit the window.
            StreamInterruptedError: If the reply is to break off.
        """
        reply = self._next(request)
        prompt = _said(request.messages)
        thinking = "" if request.think is False else reply.thinking
        written = (reply.text, *(call.name + call.arguments for call in reply.calls))
        usage = Usage(
            prompt_tokens=_tokens(prompt),
            cached_tokens=common_start(prompt, self._before) // _BYTES_PER_TOKEN,
            completion_tokens=_tokens("".join((thinking, *written)).encode()),
            thinking_tokens=_tokens(thinking.encode()) if thinking else None,
        )
        self._before = prompt
        yield Chunk(phase="decode")
        for chunk in _chunks(reply, thinking):
            await asyncio.sleep(reply.delay)
            yield chunk
        if reply.finish is None:
            raise StreamInterruptedError("The scripted reply breaks off here.", partial=reply.text)
        finish = "tool_calls" if reply.calls and reply.finish == "stop" else reply.finish
        yield Chunk(usage=usage, finish=finish)

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model."""
        return [await self.describe("default")]

    async def describe(self, model: str) -> ModelInfo:
        """Return the window; nothing else is known."""
        return ModelInfo(
            model,
            window_loaded=self._window,
            window_maximum=self._window,
            abilities=self._abilities,
            loaded=True,
            sources={"window_loaded": "the script"},
        )

    async def health(self) -> Health:
        """Return that it is there."""
        return Health(ok=True, detail=f"{len(self._replies) - len(self.requests)} replies left")

    async def count_tokens(self, request: Request) -> int | None:
        """Return the size of a prompt as this provider counts."""
        return _tokens(_said(request.messages))

    async def embed(self, model: str, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        """Return None: a script has no vectors."""
        return None

    async def close(self) -> None:
        """Do nothing."""

    def _next(self, request: Request) -> ScriptedReply:
        needed = _tokens(_said(request.messages)) + request.max_tokens
        if needed > self._window:
            msg = f"The prompt and its reply need {needed:,} tokens, the scripted window holds {self._window:,}."
            raise ContextWindowExceededError(msg, needed=needed, window=self._window)
        given = len(self.requests)
        self.requests.append(request)
        if given >= len(self._replies):
            msg = f"The script has no reply left after {len(self._replies)}."
            raise RequestInvalidError(msg, hint="Add a line to the script.")
        return self._replies[given]


def load_replies(path: Path) -> list[ScriptedReply]:
    """Return the replies of a file: a line is a JSON string, or an object with `text` and more.

    Raises:
        ConfigError: If it cannot be read, or a line is something else.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The script `{path}` cannot be read."
        raise ConfigError(msg, hint="`scripted/FILE` names a file with one JSON string a line.") from error
    return [_load_line(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _load_line(line: str, place: str) -> ScriptedReply:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"{place} is no JSON.", hint=_LINE) from error
    fields = {"text": value} if isinstance(value, str) else value
    if not isinstance(fields, dict) or not fields.keys() <= {"text", "finish", "delay", "thinking", "calls"}:
        raise ConfigError(f"{place} is no reply.", hint=_LINE)
    text, finish, delay = fields.get("text"), fields.get("finish", "stop"), fields.get("delay", 0.0)
    thinking, calls = fields.get("thinking", ""), _load_calls(fields.get("calls", []))
    known = finish is None or finish in get_args(FinishReason)
    if not isinstance(text, str) or not isinstance(thinking, str):
        raise ConfigError(f"{place} is no reply.", hint=_LINE)
    if not known or not isinstance(delay, int | float) or calls is None:
        raise ConfigError(f"{place} is no reply.", hint=_LINE)
    return ScriptedReply(text, finish, float(delay), thinking, calls)


def _load_calls(value: object) -> tuple[ToolCall, ...] | None:
    """Return the calls of a line, None when it has something else in their place."""
    calls: list[ToolCall] = []
    for number, entry in enumerate(value if isinstance(value, list) else [None]):
        name, arguments = (entry.get("name"), entry.get("arguments", {})) if isinstance(entry, dict) else ("", None)
        if not isinstance(name, str) or not name or not isinstance(arguments, dict):
            return None
        calls.append(ToolCall(f"call-{number}", name, json.dumps(arguments, ensure_ascii=False)))
    return tuple(calls)


def _chunks(reply: ScriptedReply, thinking: str) -> Iterator[Chunk]:
    for start in range(0, len(thinking), _PIECE):
        yield Chunk(thinking=thinking[start : start + _PIECE])
    for start in range(0, len(reply.text), _PIECE):
        yield Chunk(text=reply.text[start : start + _PIECE])
    for index, call in enumerate(reply.calls):
        yield Chunk(tool_calls=(ToolCallPiece(index, call.id, call.name),))
        for start in range(0, len(call.arguments), _PIECE):
            yield Chunk(tool_calls=(ToolCallPiece(index, arguments=call.arguments[start : start + _PIECE]),))


def _said(messages: Sequence[Message]) -> bytes:
    return "".join(f"{message.role}\n{message.content}\n" for message in messages).encode()


def _tokens(text: bytes) -> int:
    return -(-len(text) // _BYTES_PER_TOKEN)
