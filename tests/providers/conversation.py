"""Requests and replies as tests write them."""

from vivek.providers.base import Provider
from vivek.schema.chunk import Chunk
from vivek.schema.messages import Message
from vivek.schema.request import Request
from vivek.schema.tools import ToolCall


def ask(text: str = "hello", **fields: object) -> Request:
    """Return a small request."""
    given = {"model": "m", "max_tokens": 64, "window": 4096} | fields
    return Request(messages=(Message("system", "Be brief."), Message("user", text)), **given)  # type: ignore[arg-type]


async def collect(provider: Provider, request: Request | None = None) -> list[Chunk]:
    """Return every chunk of a reply."""
    return [chunk async for chunk in provider.stream(request or ask())]


def text_of(chunks: list[Chunk]) -> str:
    """Return the text of a reply."""
    return "".join(chunk.text for chunk in chunks)


def calls_of(chunks: list[Chunk]) -> list[ToolCall]:
    """Return the native calls of a reply, put together from their pieces."""
    calls: dict[int, ToolCall] = {}
    for piece in (piece for chunk in chunks for piece in chunk.tool_calls):
        so_far = calls.get(piece.index, ToolCall("", "", ""))
        calls[piece.index] = ToolCall(
            so_far.id or piece.id, so_far.name or piece.name, so_far.arguments + piece.arguments
        )
    return [calls[index] for index in sorted(calls)]
