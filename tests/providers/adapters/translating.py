"""Ollama's chat spoken by a real engine: a small server that translates each way, as Ollama's own does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.engine.server import EngineServer
from tests.providers.raw_server import RawServer, Seen, in_chunks, json_reply, raw_server, stream_head

_OPTIONS = {"num_predict": "max_tokens", "temperature": "temperature", "seed": "seed", "top_k": "top_k"}


@asynccontextmanager
async def ollama_over(engine: EngineServer) -> AsyncIterator[RawServer]:
    """Serve `/api/chat` over `engine`; leaving the context ends it."""

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != "/api/chat":
            writer.write(json_reply({"models": []}))
            return
        headers = {"Authorization": f"Bearer {engine.key}"}
        async with httpx.AsyncClient(base_url=engine.url, headers=headers, timeout=60, trust_env=False) as client:
            body = _translated(request.json)
            async with client.stream("POST", "/v1/chat/completions", json=body) as upstream:
                if upstream.status_code != 200:
                    error = (await upstream.aread()).decode()
                    writer.write(json_reply({"error": error}, f"{upstream.status_code} Refused"))
                    return
                writer.write(stream_head("application/x-ndjson"))
                async for line in upstream.aiter_lines():
                    if line.startswith("data: {"):
                        writer.write(in_chunks(_line(json.loads(line.removeprefix("data: "))), last=False))
                        await writer.drain()
                writer.write(in_chunks(b""))

    async with raw_server(answer) as server:
        yield server


def _translated(asked: dict[str, object]) -> dict[str, object]:
    options = asked["options"]
    body = {"messages": asked["messages"], "stream": True, "return_progress": True}
    body |= {_OPTIONS[name]: value for name, value in options.items() if name in _OPTIONS}
    body["stream_options"] = {"include_usage": True}
    if "format" in asked:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": asked["format"]}}
    return body


def _line(event: dict[str, object]) -> bytes:
    line: dict[str, object] = {"model": "tiny", "done": False}
    choices = event["choices"]
    if choices:
        line["message"] = {"role": "assistant", "content": choices[0]["delta"].get("content") or ""}
    if timings := event.get("timings"):
        line |= {
            "done": True,
            "done_reason": "length",
            "prompt_eval_count": timings["cache_n"] + timings["prompt_n"],
            "prompt_eval_duration": int(timings["prompt_ms"] * 1e6),
            "eval_count": timings["predicted_n"],
            "eval_duration": int(timings["predicted_ms"] * 1e6),
        }
    return json.dumps(line).encode() + b"\n"
