"""mlx_lm.server through `openai_compat`, with bytes that a real one sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.providers.conversation import ask, collect, text_of
from tests.providers.raw_server import RawServer, Seen, raw_server
from tests.providers.replay import RECORDED
from vivek.errors import ModelNotFoundError
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.schema.chunk import Usage

CHAT = "/v1/chat/completions"
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
BYTES = json.loads((RECORDED / "mlx_lm_server.json").read_text(encoding="utf-8"))


@asynccontextmanager
async def recorded(chat: str) -> AsyncIterator[tuple[OpenAICompatProvider, RawServer]]:
    names = {CHAT: chat, "/v1/models": "models", "/v1/embeddings": "embeddings"}

    async def answer(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(BYTES[names[request.path]].encode())

    async with raw_server(answer) as server:
        provider = OpenAICompatProvider(server.url)
        try:
            yield provider, server
        finally:
            await provider.close()


async def test_a_reply_with_comments_between_is_read() -> None:
    async with recorded("chat") as (provider, server):
        chunks = await collect(provider, ask(model="default"))

    assert text_of(chunks) == "pr Itsock '_"
    assert chunks[-1].finish == "length"
    assert chunks[-1].usage == Usage(prompt_tokens=15, cached_tokens=14, completion_tokens=4)
    assert "model" not in server.asked(CHAT)[0].json


async def test_a_list_without_a_body_is_none() -> None:
    async with recorded("chat") as (provider, _):
        assert await provider.models() == []
        assert (await provider.describe("default")).abilities == frozenset(), "it ignores a schema without a word"
        assert (await provider.health()).ok


async def test_a_schema_is_ignored_without_a_word() -> None:
    async with recorded("schema") as (provider, server):
        chunks = await collect(provider, ask(schema=SCHEMA))

    assert "response_format" in server.asked(CHAT)[0].json
    assert text_of(chunks) == "pr Itsock '_"
    assert not any(chunk.note for chunk in chunks)


async def test_an_error_that_is_a_text_is_told() -> None:
    async with recorded("unknown") as (provider, _):
        with pytest.raises(ModelNotFoundError, match="Cannot find an appropriate cached snapshot folder"):
            await collect(provider, ask(model="nope/x"))


async def test_it_has_no_vectors() -> None:
    async with recorded("chat") as (provider, _):
        assert await provider.embed("m", ["x"]) is None
