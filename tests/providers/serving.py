"""A provider in front of a loopback server that speaks its dialect."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.providers.dialects import Dialect
from tests.providers.raw_server import Answer, RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from vivek.providers.base import Provider
from vivek.providers.wire.http import Timeouts


def sends(dialect: Dialect, *pieces: bytes, chunked: bool = True, whole: bool = True) -> Answer:
    """Answer a chat with `pieces`, each in a write of its own; other questions with an empty object."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind, chunked=chunked))
        for piece in pieces:
            writer.write(in_chunks(piece, last=False) if chunked else piece)
            await writer.drain()
            await asyncio.sleep(0)
        if chunked and whole:
            writer.write(in_chunks(b""))

    return answer


def refuses(dialect: Dialect, answer: bytes) -> Answer:
    async def give(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer if request.path == dialect.path else json_reply({}))

    return give


@asynccontextmanager
async def served(
    dialect: Dialect, answer: Answer, timeouts: Timeouts | None = None
) -> AsyncIterator[tuple[Provider, RawServer]]:
    async with raw_server(answer) as server:
        provider = dialect.open(server.url, timeouts)
        try:
            yield provider, server
        finally:
            await provider.close()
