"""Says what it was told to say: for documentation, demonstrations and tests without an engine. Sends nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from vivek.errors import ConfigError, ContextWindowExceededError, RequestInvalidError, StreamInterruptedError
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.messages import Message
from vivek.schema.models import Health, ModelInfo
from vivek.schema.request import Request

_PIECE = 12
_BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One reply.

    Attributes:
        text: What is said.
        finish: Why it ends; None breaks off without an end mark.
        delay: Seconds before each piece.
    """

    text: str
    finish: FinishReason | None = "stop"
    delay: float = 0.0


class ScriptedProvider:
    """Gives prepared replies in their order, in small pieces, with figures counted from the texts.

    Tokens are four bytes each; what a prompt has in common with the start of the one before counts as cached.

    Args:
        replies: What it says; a plain string ends with `stop`.
        window: Tokens of its window.

    Attributes:
        requests: Every request so far.
    """

    name = "scripted"
    base_url = ""

    def __init__(self, replies: Sequence[str | ScriptedReply], window: int = 32768) -> None:
        self._replies = [reply if isinstance(reply, ScriptedReply) else ScriptedReply(reply) for reply in replies]
        self._window = window
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
        usage = Usage(
            prompt_tokens=_tokens(prompt),
            cached_tokens=_common(prompt, self._before) // _BYTES_PER_TOKEN,
            completion_tokens=_tokens(reply.text.encode()),
        )
        self._before = prompt
        yield Chunk(phase="decode")
        for start in range(0, len(reply.text), _PIECE):
            await asyncio.sleep(reply.delay)
            yield Chunk(text=reply.text[start : start + _PIECE])
        if reply.finish is None:
            raise StreamInterruptedError("The scripted reply breaks off here.", partial=reply.text)
        yield Chunk(usage=usage, finish=reply.finish)

    async def models(self) -> Sequence[ModelInfo]:
        """Return the one model."""
        return [await self.describe("default")]

    async def describe(self, model: str) -> ModelInfo:
        """Return the window; nothing else is known."""
        return ModelInfo(
            model,
            window_loaded=self._window,
            window_maximum=self._window,
            abilities=frozenset({"structured_output"}),
            loaded=True,
            sources={"window_loaded": "the script"},
        )

    async def health(self) -> Health:
        """Return that it is there."""
        return Health(ok=True, detail=f"{len(self._replies) - len(self.requests)} replies left")

    async def count_tokens(self, messages: Sequence[Message]) -> int | None:
        """Return the size of a prompt as this provider counts."""
        return _tokens(_said(messages))

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
    """Return the replies of a file: a line is a JSON string, or an object with `text`, `finish` and `delay`.

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
    hint = 'A line is a JSON string, or `{"text": "...", "finish": "stop", "delay": 0.1}`.'
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"{place} is no JSON.", hint=hint) from error
    fields = {"text": value} if isinstance(value, str) else value
    if not isinstance(fields, dict) or not fields.keys() <= {"text", "finish", "delay"}:
        raise ConfigError(f"{place} is no reply.", hint=hint)
    text, finish, delay = fields.get("text"), fields.get("finish", "stop"), fields.get("delay", 0.0)
    known = finish is None or finish in get_args(FinishReason)
    if not isinstance(text, str) or not known or not isinstance(delay, int | float):
        raise ConfigError(f"{place} is no reply.", hint=hint)
    return ScriptedReply(text, finish, float(delay))


def _said(messages: Sequence[Message]) -> bytes:
    return "".join(f"{message.role}\n{message.content}\n" for message in messages).encode()


def _tokens(text: bytes) -> int:
    return -(-len(text) // _BYTES_PER_TOKEN)


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes the two begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
