"""Small ways to ask a provider, for tests."""

import asyncio
from typing import Any

from tests.engine.server import EngineServer
from vivek.schema.chunk import Chunk, Usage
from vivek.schema.messages import Message
from vivek.schema.request import Request, Sampling


def request(*texts: str, max_tokens: int = 64, system: str = "You are terse.", **more: Any) -> Request:
    """Return a request of a system text and then user and assistant in turn."""
    said = [Message("user" if number % 2 == 0 else "assistant", text) for number, text in enumerate(texts)]
    more.setdefault("sampling", Sampling(temperature=0.0, seed=1))
    return Request("tiny", (Message("system", system), *said), max_tokens, **more)


async def ask(provider: Any, asked: Request) -> list[Chunk]:
    """Return the whole reply of a provider, chunk by chunk."""
    return [chunk async for chunk in provider.stream(asked)]


def text_of(chunks: list[Chunk]) -> str:
    """Return the text of a reply."""
    return "".join(chunk.text for chunk in chunks)


def usage_of(chunks: list[Chunk]) -> Usage:
    """Return the figures of a reply."""
    usage = chunks[-1].usage
    assert usage is not None
    return usage


async def idle(server: EngineServer, seconds: float) -> bool:
    """Return whether the engine stops working within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(server.is_busy):
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return True
