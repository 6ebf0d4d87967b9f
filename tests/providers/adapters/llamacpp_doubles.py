"""A llama.cpp server that answers as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.providers.raw_server import RawServer, Seen, json_reply, raw_server, stream_head
from vivek.providers.adapters.llamacpp import LlamaCppProvider


@asynccontextmanager
async def provider_of(answers: Mapping[str, bytes]) -> AsyncIterator[tuple[LlamaCppProvider, RawServer]]:
    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        missing = json_reply({"error": {"message": "File Not Found", "code": 404}}, "404 Not Found")
        writer.write(answers.get(request.path, missing))

    async with raw_server(answer) as server:
        provider = LlamaCppProvider(f"{server.url}/v1/")
        try:
            yield provider, server
        finally:
            await provider.close()


def whole_reply(text: str, **more: object) -> bytes:
    """Return a streamed reply with its end mark; `more` stands in its last event, where figures are."""
    said = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]}
    events = "".join(f"data: {json.dumps(event)}\n\n" for event in (said, {"choices": [], **more}))
    return stream_head("text/event-stream", chunked=False) + f"{events}data: [DONE]\n\n".encode()
