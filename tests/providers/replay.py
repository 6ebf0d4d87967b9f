"""Replays the exchanges in `recorded/` over a loopback server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head

RECORDED = Path(__file__).parent / "recorded"
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable"}


@asynccontextmanager
async def replayed(name: str) -> AsyncIterator[RawServer]:
    """Serve one recorded conversation; what it does not hold is answered by 404."""
    exchanges = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["exchanges"]
    known = {(each["method"], each["path"]): each for each in exchanges}

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        exchange = known.get((request.method, request.path))
        if exchange is None:
            writer.write(json_reply({"error": "404 page not found"}, "404 Not Found"))
        elif "json" in exchange:
            writer.write(json_reply(exchange["json"], f"{exchange['status']} {_REASONS[exchange['status']]}"))
        else:
            await _stream(exchange, writer)

    async with raw_server(answer) as server:
        yield server


async def _stream(exchange: dict[str, list[object]], writer: asyncio.StreamWriter) -> None:
    writer.write(stream_head("application/x-ndjson"))
    for line in exchange["lines"]:
        writer.write(in_chunks(json.dumps(line, ensure_ascii=False).encode() + b"\n", last=False))
        await writer.drain()
        await asyncio.sleep(0)
    if not exchange.get("cut"):
        writer.write(in_chunks(b""))
