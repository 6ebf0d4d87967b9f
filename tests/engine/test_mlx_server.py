"""`mlx_lm.server`: a real server with another dialect of OpenAI's chat than llama.cpp's."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from vivek.errors import ModelNotFoundError
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.schema.request import Request

pytestmark = pytest.mark.engine

START_SECONDS = 60.0
SCHEMA = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}


@pytest.fixture(scope="module")
def url(mlx_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the tiny model."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("mlx") / "log"
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(mlx_folder), "--port", str(port)]
    with log.open("wb") as errors:
        child = subprocess.Popen(
            command, stdout=errors, stderr=errors, stdin=subprocess.DEVNULL, env=os.environ | {"HF_HUB_OFFLINE": "1"}
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + START_SECONDS
        while not _answers(address):
            assert child.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        child.terminate()
        child.wait(20)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def provider(url: str) -> AsyncIterator[OpenAICompatProvider]:
    provider = OpenAICompatProvider(f"{url}/v1")
    yield provider
    await provider.close()


def asked(text: str, model: str = "default", **more: Any) -> Request:
    return replace(request(text, **more), model=model)


async def test_reply_streams_with_figures_and_the_server_keeps_the_prompt(provider: OpenAICompatProvider) -> None:
    question = asked("Say something about sorting a list of names.", max_tokens=20)

    first, second = await ask(provider, question), await ask(provider, question)

    assert text_of(first) == text_of(second)
    assert sum(chunk.pieces for chunk in first if chunk.text) > 3
    assert first[-1].finish == "length"
    assert usage_of(first).completion_tokens == 20
    assert usage_of(first).prompt_tokens == usage_of(second).prompt_tokens
    assert usage_of(second).cached_tokens == (usage_of(second).prompt_tokens or 0) - 1


async def test_comments_while_a_long_prompt_is_read_are_no_text(provider: OpenAICompatProvider, url: str) -> None:
    words = "word " * 1_500
    body = {"messages": [{"role": "user", "content": words}], "max_tokens": 2, "stream": True}

    raw = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60, trust_env=False).text
    chunks = await ask(provider, asked(words, system="You are terse again.", max_tokens=2))

    assert raw.startswith(": keepalive ")
    assert chunks[-1].finish == "length"
    assert (usage_of(chunks).prompt_tokens or 0) > 1_500
    assert "keepalive" not in text_of(chunks)


async def test_schema_is_ignored_without_an_error_so_what_comes_has_to_be_read_with_care(
    provider: OpenAICompatProvider,
) -> None:
    said = text_of(await ask(provider, asked("Answer in JSON.", max_tokens=20, schema=SCHEMA)))

    assert said
    assert not said.startswith("{")


async def test_model_that_is_not_on_the_disk_is_not_found(provider: OpenAICompatProvider) -> None:
    with pytest.raises(ModelNotFoundError, match="404"):
        await ask(provider, asked("Hello.", "nobody/nothing", max_tokens=2))


async def test_list_without_a_body_is_no_failure(provider: OpenAICompatProvider) -> None:
    assert await provider.models() == []
    assert (await provider.health()).ok
    assert (await provider.describe("default")).name == "default"


async def test_stopping_frees_the_server_for_the_next_question(provider: OpenAICompatProvider) -> None:
    stream = provider.stream(asked("Go on for ever.", max_tokens=20_000))
    async with aclosing(stream) as chunks:  # type: ignore[type-var]  # the protocol promises an iterator only
        async for chunk in chunks:
            if chunk.text:
                break

    async with asyncio.timeout(20):
        assert text_of(await ask(provider, asked("Hello.", max_tokens=2)))
