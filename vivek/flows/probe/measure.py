"""One call of a probe: what came back, and how fast. Server figures first, the clock second, unknown third."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from vivek.errors import VivekError
from vivek.providers.base import Provider
from vivek.schema.chunk import FinishReason, Usage
from vivek.schema.request import Request
from vivek.schema.tools import ToolCallPiece

_ENOUGH_READ, _ENOUGH_WRITTEN = 100, 16  # tokens from which a rate means something


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call gave.

    Attributes:
        text: The reply.
        thought: Characters that were thought.
        calls: Pieces of native tool calls.
        usage: Figures as the server gave them.
        finish: Why it ended.
        until_token: Seconds until the first piece came, None when none did.
        writing: Seconds from the first piece to the end.
    """

    text: str
    thought: int
    calls: tuple[ToolCallPiece, ...]
    usage: Usage
    finish: FinishReason
    until_token: float | None
    writing: float

    @property
    def prefill_rate(self) -> float | None:
        """Tokens of prompt that were computed in a second, None when too few were."""
        new = self.usage.prompt_tokens
        if new is None:
            return None
        new -= self.usage.cached_tokens or 0
        seconds = self.usage.prefill_seconds or (self.until_token if self.usage.load_seconds is None else None)
        return new / seconds if seconds and new >= _ENOUGH_READ else None

    @property
    def decode_rate(self) -> float | None:
        """Tokens of reply that were written in a second, None when too few were."""
        written = self.usage.completion_tokens
        seconds = self.usage.decode_seconds or self.writing
        return written / seconds if written is not None and written >= _ENOUGH_WRITTEN and seconds > 0 else None


@dataclass(slots=True)
class Ear:
    """Asks one model, within a time that is shared by all calls.

    Attributes:
        provider: The server.
        model: The model's name there.
        window: Tokens it holds.
        seconds: What all calls together may take.
        clock: Seconds, monotonic.
        line_tokens: Tokens of a line of hay, once the server counted some.
    """

    provider: Provider
    model: str
    window: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    line_tokens: float | None = None
    _began: float | None = None

    @property
    def left(self) -> float:
        """Seconds that are left."""
        if self._began is None:
            self._began = self.clock()
        return self.seconds - (self.clock() - self._began)

    async def hear(self, request: Request) -> Heard:
        """Make a call.

        Raises:
            ModelAPIError: If the server fails.
            TimeoutError: If the time is over.
        """
        left = self.left
        if left <= 0:
            raise TimeoutError
        async with asyncio.timeout(left):
            return await self._hear(request)

    async def _hear(self, request: Request) -> Heard:
        texts: list[str] = []
        calls: list[ToolCallPiece] = []
        thought = 0
        usage = Usage()
        finish: FinishReason = "other"
        began = self.clock()
        first: float | None = None
        stream: Any = self.provider.stream(request)  # Any: every provider of ours gives an async generator
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                if first is None and (chunk.text or chunk.thinking or chunk.tool_calls):
                    first = self.clock()
                texts.append(chunk.text)
                thought += len(chunk.thinking)
                calls.extend(chunk.tool_calls)
                usage = chunk.usage or usage
                finish = chunk.finish or finish
        ended = self.clock()
        until = None if first is None else first - began
        return Heard("".join(texts), thought, tuple(calls), usage, finish, until, ended - (first or ended))


def reason_of(error: VivekError | TimeoutError) -> str:
    """Return in a few words why something could not be measured."""
    return error.message if isinstance(error, VivekError) else "the time for the probe was over"
