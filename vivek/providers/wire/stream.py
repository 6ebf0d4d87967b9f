"""The course of one streamed reply, whatever its framing: text, errors, end mark, what is kept when it breaks."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import NamedTuple, Protocol

from vivek.errors import VivekError
from vivek.providers.wire.body import ByteStream
from vivek.providers.wire.decoding import excerpt
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.reply import ReplyInProgress
from vivek.schema.chunk import Chunk, FinishReason, Progress, Usage
from vivek.schema.tools import ToolCallPiece


class Piece(NamedTuple):
    """What one network read brought; `pieces` is how many pieces of text and thinking the server made of it."""

    text: str = ""
    thinking: str = ""
    progress: Progress | None = None
    tool_calls: tuple[ToolCallPiece, ...] = ()
    pieces: int = 0


class ReplyReader(Protocol):
    """Understands the bytes of one reply.

    Attributes:
        usage: The figures, as far as told.
        finish: Why the reply ended, as far as told.
        done: Whether the end mark has come.
    """

    usage: Usage | None
    finish: FinishReason | None
    done: bool

    def read(self, data: bytes) -> Piece:
        """Return what one network read brought."""
        ...

    def read_end(self) -> Piece:
        """Return what the end of the stream completes."""
        ...

    def check(self) -> None:
        """Raise the error that the last read found; the text before it was returned first."""
        ...


async def stream_reply(
    door: HttpDoor, path: str, body: Mapping[str, object], *, accept: str, reader: ReplyReader
) -> AsyncGenerator[Chunk]:
    """Yield the reply to `body`, one chunk a network read; the last one carries usage and finish reason.

    Raises:
        ModelAPIError: If the server is unreachable, too slow or replies with nonsense.
        StreamInterruptedError: If the stream ends without its end mark; it carries the text received.
        ContextWindowExceededError: If the server says that the prompt is too long.
    """
    reply = ReplyInProgress(door.place)
    try:
        async with (
            door.post_stream(path, body, accept=accept) as stream,
            aclosing(_chunks(door.place, stream, reply, reader)) as chunks,
        ):
            async for chunk in chunks:
                yield chunk
    except VivekError as error:
        if rest := reply.end():
            yield rest
        told = reply.interrupted(error)
        if told is error:
            raise
        raise told from error


async def _chunks(place: str, stream: ByteStream, reply: ReplyInProgress, reader: ReplyReader) -> AsyncGenerator[Chunk]:
    async for data in stream:
        if chunk := reply.chunk(*reader.read(data)):
            yield chunk
        reader.check()
        if reader.done:
            break
        if reply.began:
            stream.text_began()
    else:
        if chunk := reply.chunk(*reader.read_end()):
            yield chunk
        reader.check()
    if chunk := reply.end():
        yield chunk
    if not reader.done:
        heard = f" It sent: {excerpt(stream.head)}" if stream.head and not reply.began else ""
        raise reply.broken(f"The reply of {place} ended without its end mark.{heard}")
    # Some servers say `stop` after a tool call too; what they mean is that the calls are whole.
    finish = "tool_calls" if reply.called and reader.finish == "stop" else reader.finish or "other"
    yield Chunk(usage=reader.usage, finish=finish)
