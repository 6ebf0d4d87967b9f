"""The public API for programs without an event loop: each function waits itself."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import TypeVar, Unpack

from vivek.errors import ConfigError
from vivek.providers.api import GIVEN, generate, list_models, stream
from vivek.providers.opened import Options, Prompt
from vivek.schema.chunk import Chunk
from vivek.schema.models import ModelInfo
from vivek.schema.reply import Reply
from vivek.schema.secret import Secret

T = TypeVar("T")


def generate_sync(
    prompt: Prompt,
    model: str,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    **options: Unpack[Options],
) -> Reply:
    """Return what `generate` returns, for programs without an event loop."""
    key = Secret.of(key, source=GIVEN)
    return _run(generate(prompt, model, base_url=base_url, key=key, **options))


def stream_sync(
    prompt: Prompt,
    model: str,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    **options: Unpack[Options],
) -> Iterator[Chunk]:
    """Yield what `stream` yields, for programs without an event loop; closing the iterator stops the model."""
    key = Secret.of(key, source=GIVEN)
    _check_no_loop()
    with asyncio.Runner() as runner:
        chunks = stream(prompt, model, base_url=base_url, key=key, **options)
        try:
            while (chunk := runner.run(_next(chunks))) is not None:
                yield chunk
        finally:
            runner.run(chunks.aclose())


def list_models_sync(
    provider: str | None = None, *, base_url: str | None = None, key: Secret | str | None = None
) -> dict[str, ModelInfo]:
    """Return what `list_models` returns, for programs without an event loop."""
    key = Secret.of(key, source=GIVEN)
    return _run(list_models(provider, base_url=base_url, key=key))


async def _next(chunks: AsyncGenerator[Chunk]) -> Chunk | None:
    return await anext(chunks, None)


def _run(work: Coroutine[object, object, T]) -> T:
    try:
        _check_no_loop()
    except ConfigError:
        work.close()
        raise
    return asyncio.run(work)


def _check_no_loop() -> None:
    """Refuse to wait where others wait already.

    Raises:
        ConfigError: If an event loop runs in this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise ConfigError("An event loop runs here, and this would stop it.", hint="Await the function without `_sync`.")
