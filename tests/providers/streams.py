"""Recorded streams, what they mean, and a way to read them without a connection."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from tests.providers.conversation import calls_of
from vivek.errors import VivekError
from vivek.providers.wire.anthropic_events import MessageEvents
from vivek.providers.wire.body import ByteStream
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.ollama import ChatLines
from vivek.providers.wire.openai import stream_chat
from vivek.providers.wire.stream import stream_reply
from vivek.schema.chunk import Chunk, FinishReason, Usage
from vivek.schema.tools import ToolCall

RECORDED = Path(__file__).parent / "recorded" / "streams"


@dataclass(frozen=True)
class Heard:
    """What a reply comes to, however its bytes arrive.

    Attributes:
        text: What was said.
        thinking: What was thought.
        calls: The native tool calls.
        usage: The figures.
        finish: Why it ended, None when it did not.
        error: The name of the error that ended it, or "".
        partial: The text that the error keeps.
    """

    text: str
    thinking: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    finish: FinishReason | None = "stop"
    error: str = ""
    partial: str = ""


HEARD = {
    "llamacpp-progress.sse": Heard("é日本 👍🏽\n", usage=Usage(312, 0, 19, None, 20.085 * 0.001, 7.782 * 0.001)),
    "llamacpp-length.sse": Heard(
        "odules markoryvaluevalueory",
        usage=Usage(312, 311, 6, None, 0.965 * 0.001, 1.959 * 0.001),
        finish="length",
    ),
    "openai-tools.sse": Heard(
        "Look: ",
        calls=(ToolCall("call_a", "look", '{"path": "naïve.py"}'), ToolCall("call_b", "run", '{"n": 1}')),
        usage=Usage(31, 16, 22, thinking_tokens=0),
        finish="tool_calls",
    ),
    "vllm-reasoning.sse": Heard("naïve 😀", "hm, 日?", usage=Usage(9, completion_tokens=5)),
    "tags-in-text.sse": Heard("yes 👍é", "a < b "),
    "openrouter-comments.sse": Heard(
        "日本 done", "think é", usage=Usage(12, 4, 7, thinking_tokens=3, cost=0.000123), finish="length"
    ),
    "lmstudio.sse": Heard("One — two", usage=Usage(5, completion_tokens=4)),
    "ollama-thinking.ndjson": Heard(
        "naïve 👍\u2028.!", "Let me 日", usage=Usage(26, None, 9, 0.001, 0.02, 30_000_000 * 1e-9)
    ),
    "ollama-tools.ndjson": Heard(
        "Look. ",
        calls=(ToolCall("call_1", "look", '{"path": "é.py"}'), ToolCall("", "run", "{}")),
        usage=Usage(26, None, 9, 0.001, 0.02, 30_000_000 * 1e-9),
        finish="tool_calls",
    ),
    "anthropic-llamacpp.sse": Heard(
        "odules@odules@tingse afterake sequenceting", usage=Usage(14, 6, 10), finish="length"
    ),
    "anthropic-tools.sse": Heard(
        "Look 👍",
        "hm 日",
        (ToolCall("toolu_1", "look", '{"path": "naï"}'),),
        Usage(20, 7, 25),
        "tool_calls",
    ),
}


def recorded(name: str) -> bytes:
    """Return the bytes of a recorded stream."""
    return (RECORDED / name).read_bytes()


class _Reads:
    """The reads of one body."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.head = b""

    def text_began(self) -> None:
        """Change nothing: no time passes here."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = next(self._pieces, None)
        if piece is None:
            raise StopAsyncIteration
        if len(self.head) < 320:
            self.head += piece[:320]
        return piece


class PiecesDoor(HttpDoor):
    """A door through which prepared reads come, without a connection.

    Attributes:
        pieces: The reads of the next reply.
    """

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.pieces: Iterable[bytes] = ()

    @asynccontextmanager
    async def post_stream(self, path: str, body: Mapping[str, object], *, accept: str) -> AsyncIterator[ByteStream]:
        """Yield the prepared reads."""
        yield cast("ByteStream", _Reads(self.pieces))


Reading = Callable[[PiecesDoor], AsyncIterator[Chunk]]
READINGS: Mapping[str, Reading] = {
    "ollama": lambda door: stream_reply(door, "", {}, accept="", reader=ChatLines(door)),
    "anthropic": lambda door: stream_reply(door, "", {}, accept="", reader=MessageEvents(door)),
    "openai": lambda door: stream_chat(door, {}),
}


def reading_of(name: str) -> Reading:
    """Return how the stream of that name is read."""
    return READINGS.get(name.partition("-")[0], READINGS["openai"])


async def chunks_of(door: PiecesDoor, name: str, pieces: Iterable[bytes]) -> tuple[list[Chunk], VivekError | None]:
    """Return the chunks of a reply that arrives in these reads, and the error that ended it."""
    door.pieces = pieces
    chunks: list[Chunk] = []
    try:
        async with aclosing(reading_of(name)(door)) as stream:  # type: ignore[type-var]  # an async generator
            async for chunk in stream:
                chunks.append(chunk)  # noqa: PERF401 - an error must not take the chunks along
    except VivekError as error:
        return chunks, error
    return chunks, None


async def hear(door: PiecesDoor, name: str, pieces: Iterable[bytes]) -> Heard:
    """Return what a reply comes to that arrives in these reads."""
    chunks, error = await chunks_of(door, name, pieces)
    heard = heard_in(chunks)
    return heard if error is None else replace(heard, error=type(error).__name__, partial=getattr(error, "partial", ""))


def heard_in(chunks: list[Chunk]) -> Heard:
    """Return what the chunks of a reply come to."""
    return Heard(
        text="".join(chunk.text for chunk in chunks),
        thinking="".join(chunk.thinking for chunk in chunks),
        calls=tuple(calls_of(chunks)),
        usage=next((chunk.usage for chunk in reversed(chunks) if chunk.usage is not None), None),
        finish=next((chunk.finish for chunk in reversed(chunks) if chunk.finish is not None), None),
    )
