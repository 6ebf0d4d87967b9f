"""Ollama servers for tests: recorded ones, and ones that answer as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.providers.raw_server import Answer, RawServer, Seen, in_chunks, json_reply, raw_server, stream_head
from tests.providers.replay import replayed
from vivek.providers.adapters.ollama import OllamaProvider

MODEL = "qwen2.5-coder:7b"
DIGEST = "dae161e27b0e90dd1856c8bb3209201fd6736d8eb66298e75ed87571486f4364"
Body = dict[str, Any]


@asynccontextmanager
async def conversation(name: str) -> AsyncIterator[tuple[OllamaProvider, RawServer]]:
    """Replay a recorded conversation."""
    async with replayed(f"ollama/{name}") as server:
        provider = OllamaProvider(server.url)
        try:
            yield provider, server
        finally:
            await provider.close()


@asynccontextmanager
async def provider_of(answer: Answer) -> AsyncIterator[OllamaProvider]:
    """Serve what `answer` says."""
    async with raw_server(answer) as server:
        provider = OllamaProvider(server.url)
        try:
            yield provider
        finally:
            await provider.close()


@dataclass
class FakeOllama:
    """A server with one model, whose state a test changes between and during its requests.

    Attributes:
        loaded: The window the model is loaded with, None while it is not.
        loads: The window that a chat loads, None for the one asked for.
        digest: Of the weights behind the name.
        refuses: Fields that a chat is refused for, with the words.
        lines: The reply, a body a line.
        broken: Whether `/api/ps` answers with an error.
        answers: What is said at other paths.
        chats: The bodies of all chats.
        seen: All requests.
    """

    loaded: int | None = None
    loads: int | None = None
    digest: str = DIGEST
    refuses: dict[str, str] = field(default_factory=dict)
    lines: Sequence[Body] = (
        {"message": {"role": "assistant", "content": "yes"}, "done": False},
        {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
    )
    broken: bool = False
    answers: Mapping[str, bytes] = field(default_factory=dict)
    chats: list[Body] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    async def answer(self, request: Seen, writer: asyncio.StreamWriter) -> None:
        self.seen.append(request)
        if request.path in self.answers:
            writer.write(self.answers[request.path])
        elif request.path == "/api/ps":
            found = {"name": MODEL, "digest": self.digest, "context_length": self.loaded}
            running = {"models": [] if self.loaded is None else [found]}
            writer.write(json_reply({"error": "no"}, "500 Oh") if self.broken else json_reply(running))
        elif request.path == "/api/chat":
            body = dict(request.json)
            self.chats.append(body)
            words = next((said for name, said in self.refuses.items() if body.get(name)), "")
            writer.write(json_reply({"error": words}, "400 Bad Request") if words else self._reply(body))
        elif request.path == "/api/tags":
            writer.write(json_reply({"models": [{"name": MODEL, "digest": self.digest}]}))
        elif request.path == "/api/show":
            writer.write(json_reply({"details": {}, "model_info": {}, "capabilities": ["completion"]}))
        else:
            writer.write(json_reply({"error": "404 page not found"}, "404 Not Found"))

    def _reply(self, body: Body) -> bytes:
        self.loaded = self.loads or body["options"].get("num_ctx", 4096)
        text = "".join(json.dumps({"model": MODEL, **line}, ensure_ascii=False) + "\n" for line in self.lines)
        return stream_head("application/x-ndjson") + in_chunks(text.encode())


@asynccontextmanager
async def fake_ollama(**state: Any) -> AsyncIterator[tuple[OllamaProvider, FakeOllama]]:
    """Serve a `FakeOllama`."""
    fake = FakeOllama(**state)
    async with provider_of(fake.answer) as provider:
        yield provider, fake
