"""The public API: a model opened, asked, listed; for programs that use vivek's providers and nothing else of it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Unpack

from vivek.config.layers import environment
from vivek.errors import ConfigError, VivekError
from vivek.providers.base import Provider
from vivek.providers.catalog import MODEL_LISTS
from vivek.providers.fallback import Candidate, FallbackProvider
from vivek.providers.keys import key_for
from vivek.providers.opened import OpenModel, Options, Prompt
from vivek.providers.registry import PROVIDERS, open_adapter, parse_model, usual_address
from vivek.providers.registry import open_provider as open_patient
from vivek.providers.spec import Folders, ModelSpec, PatienceSpec
from vivek.schema.chunk import Chunk
from vivek.schema.models import ModelInfo
from vivek.schema.reply import Reply
from vivek.schema.secret import Secret

GIVEN = "the argument `key`"
"""Where a key came from that a program hands in."""

_LIST_SECONDS = 2.0
_IMPATIENT = PatienceSpec(cap=5.0)  # a longer wait is not waited for when another model can answer


def open_provider(
    model: str,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    window: int | None = None,
    threads: int | None = None,
    fallbacks: Sequence[str] = (),
) -> OpenModel:
    """Return a model ready to be asked; nothing is sent or started yet.

    Args:
        model: `PROVIDER/NAME`, such as `ollama/qwen2.5-coder:7b`.
        base_url: Where its server answers; left out, the usual address of that server.
        key: Its key; left out, what the provider's variable holds (`OPENAI_API_KEY`, ...), for its own address alone.
        window: Tokens of the window, where it can be chosen.
        threads: Threads of the embedded engine.
        fallbacks: Models that are asked, in this order, when the first cannot answer; each at its usual address.

    Raises:
        ConfigError: If the name, the address or the key cannot be used.
        ModelNotFoundError: If a model file is not there.
    """
    key = Secret.of(key, source=GIVEN)  # first of all: from here on no traceback can show it
    spec, *others = (parse_model(name) for name in (model, *fallbacks))
    first = _opened(spec, base_url, key, window, threads, _IMPATIENT if others else None)
    if not others:
        return OpenModel(first, spec, window=window)
    candidates = [Candidate(spec, lambda: first, PROVIDERS[spec.provider].can_resize)]
    for other in others:
        candidate = partial(_opened, other, None, None, window, threads, None)
        candidates.append(Candidate(other, candidate, PROVIDERS[other.provider].can_resize))
    return OpenModel(FallbackProvider(candidates), spec, window=window)


async def generate(
    prompt: Prompt,
    model: str | OpenModel,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    **options: Unpack[Options],
) -> Reply:
    """Return a model's whole reply; raises what `open_provider` and `OpenModel.generate` raise.

    Args:
        prompt: A question or a conversation.
        model: `PROVIDER/NAME`, opened for this call; or an open model.
        base_url: As for `open_provider`.
        key: As for `open_provider`.
        **options: See `Options`.
    """
    key = Secret.of(key, source=GIVEN)
    if isinstance(model, OpenModel):
        return await model.generate(prompt, **options)
    async with open_provider(model, base_url=base_url, key=key) as opened:
        return await opened.generate(prompt, **options)


async def stream(
    prompt: Prompt,
    model: str | OpenModel,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    **options: Unpack[Options],
) -> AsyncGenerator[Chunk]:
    """Yield a model's reply as it comes; arguments and errors are those of `generate`."""
    key = Secret.of(key, source=GIVEN)
    opened = model if isinstance(model, OpenModel) else open_provider(model, base_url=base_url, key=key)
    try:
        async with aclosing(opened.stream(prompt, **options)) as chunks:
            async for chunk in chunks:
                yield chunk
    finally:
        if opened is not model:
            await opened.close()


async def list_models(
    provider: str | None = None, *, base_url: str | None = None, key: Secret | str | None = None
) -> dict[str, ModelInfo]:
    """Return models by the name that `open_provider` takes; asked for once in five minutes, see `invalidate_cache`.

    Args:
        provider: One provider, such as `ollama`; left out, the servers of this machine, all at once, two seconds
            each, those that do not answer left out.
        base_url: Where that provider answers.
        key: Its key.

    Raises:
        ConfigError: If there is no such provider, or it needs an address or a key.
        ModelAPIError: If that provider cannot be asked.
    """
    key = Secret.of(key, source=GIVEN)
    if provider is not None:
        return await _listed(provider, base_url, key)
    from vivek.providers.discovery import usual_servers

    answers = await asyncio.gather(*(_listed_soon(each.provider, each.base_url) for each in usual_servers(environment)))
    return {name: info for answer in answers for name, info in answer.items()}


def invalidate_cache(base_url: str | None = None) -> None:
    """Forget the lists of models of one server, or of all; a pull does so by itself."""
    MODEL_LISTS.invalidate(base_url)


def _opened(
    spec: ModelSpec,
    base_url: str | None,
    key: Secret | None,
    window: int | None,
    threads: int | None,
    patience: PatienceSpec | None,
) -> Provider:
    from vivek.config.folders import home_folder, state_folder
    from vivek.providers.engine.gguf import model_folders
    from vivek.workspace.process import launch

    state = state_folder()
    address = base_url or usual_address(spec.provider, environment)
    return open_patient(
        spec,
        base_url=address,
        key=key_for(spec.provider, address, key, environment),
        launcher=launch,
        folders=Folders(state / "engine", tuple(model_folders(home_folder(), state)), Path.cwd()),
        window=window,
        threads=threads,
        patience=patience,
    )


async def _listed(provider: str, base_url: str | None, key: Secret | None) -> dict[str, ModelInfo]:
    if provider in PROVIDERS and PROVIDERS[provider].base_url == "":
        raise ConfigError(f"`{provider}` has no server that could list its models.", hint="Name a model of it.")
    address = base_url or usual_address(provider, environment)
    key = key_for(provider, address, key, environment)
    opened = open_adapter(ModelSpec(provider, "default"), base_url=address, key=key)
    try:
        return {f"{provider}/{info.name}": info for info in await MODEL_LISTS.get(opened, key)}
    finally:
        await opened.close()


async def _listed_soon(provider: str, base_url: str | None) -> dict[str, ModelInfo]:
    """Return the models of a server that answers soon, none for one that does not."""
    try:
        async with asyncio.timeout(_LIST_SECONDS):
            return await _listed(provider, base_url, None)
    except (TimeoutError, VivekError):
        return {}
