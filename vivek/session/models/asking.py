"""Whom to ask for models, and what each answers; all at once, and nobody is waited for longer than a moment."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from vivek.errors import VivekError
from vivek.providers.base import Provider
from vivek.providers.catalog import MODEL_LISTS
from vivek.providers.discovery import rank, unfit
from vivek.providers.keys import key_for
from vivek.providers.registry import PROVIDERS, open_adapter, parse_model, usual_address
from vivek.providers.spec import ModelSpec
from vivek.providers.wire.address import is_loopback, is_near, ollama_url, parse_address, without_user
from vivek.schema.listing import ListedModel, ListedServer
from vivek.schema.models import ModelInfo
from vivek.schema.secret import Secret
from vivek.session.spec import ModelChoice

LIMIT = 2.0
"""Seconds that one server is waited for."""

_DESCRIBED = 32  # of one server; more take longer than anybody reads
_AT_ONCE = 8
_CLOSING = 0.1  # seconds of the limit that are left for putting the answer together


@dataclass(frozen=True, slots=True)
class Asked:
    """One server to ask.

    Attributes:
        provider: The adapter that speaks to it.
        base_url: Where it would answer.
        key: Its key.
    """

    provider: str
    base_url: str
    key: Secret | None = None

    @property
    def title(self) -> str:
        """Its name for people."""
        return PROVIDERS[self.provider].title

    @property
    def near(self) -> bool:
        """Whether it is this machine, or one of its own network."""
        return is_near(parse_address(self.base_url).host)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server answered."""

    server: ListedServer
    models: tuple[ListedModel, ...] = ()
    error: VivekError | None = None


def whom_to_ask(
    choice: ModelChoice,
    environment: Callable[[str], str | None],
    *,
    only: str | None = None,
    base_url: str | None = None,
    services: bool = True,
) -> tuple[Asked, ...]:
    """Return every server that may have models: those of this machine, the configured one, those there is a key for.

    Args:
        choice: The user's settings.
        environment: Value of a variable of the environment.
        only: One provider, the others are left out.
        base_url: Where that provider answers.
        services: Whether those that want a key are asked, too.
    """
    named = _named(choice)
    asked = []
    for provider, entry in PROVIDERS.items():
        if only not in {None, provider} or entry.base_url == "" or (entry.key_variable and not services):
            continue
        configured = choice.base_url if provider == named else None
        address = base_url or configured or usual_address(provider, environment) or entry.base_url
        if not address:
            continue
        key = key_for(provider, address, choice.api_key if provider == named else None, environment)
        if entry.key_variable and not key and not is_near(parse_address(address).host) and only is None:
            continue  # nobody has asked for a service that wants a key
        asked.append(Asked(provider, ollama_url(address) if provider == "ollama" else address, key))
    return tuple(asked)


async def ask(asked: Asked, *, free_memory: int | None, limit: float = LIMIT) -> Answer:
    """Return the models of one server, each described as far as its time allows; asked once in a while only.

    Args:
        asked: Whom to ask.
        free_memory: Bytes that are free now, None when unknown.
        limit: Seconds to wait.
    """
    listed = ListedServer(asked.provider, asked.title, without_user(asked.base_url))
    provider: Provider | None = None
    try:
        provider = open_adapter(ModelSpec(asked.provider, "default"), base_url=asked.base_url, key=asked.key)
        async with asyncio.timeout(limit):
            infos = await MODEL_LISTS.get(provider, asked.key, partial(_infos, provider, asked, limit))
    except TimeoutError:
        return Answer(replace(listed, problem=f"no answer within {limit:g} s", hint="Look whether it is busy."))
    except VivekError as error:
        return Answer(replace(listed, problem=error.message, hint=error.hint), error=error)
    finally:
        if provider is not None:
            await provider.close()
    local = is_loopback(parse_address(asked.base_url).host)
    rows = [
        ListedModel(
            asked.provider,
            info,
            base_url=asked.base_url,
            near=asked.near and "remote" not in info.sources,
            reason=unfit(info, free_memory if local else None),
        )
        for info in sorted(infos, key=rank, reverse=True)
        if info.name
    ]
    return Answer(replace(listed, models=len(rows)), tuple(rows))


async def _infos(provider: Provider, asked: Asked, limit: float) -> list[ModelInfo]:
    """Return what a server lists, and of one nearby what it tells of each model, as far as there is time."""
    began = asyncio.get_running_loop().time()
    infos = list(await provider.models())
    if not asked.near:
        return infos
    slots = asyncio.Semaphore(_AT_ONCE)

    async def describe(info: ModelInfo) -> ModelInfo:
        async with slots:
            try:
                return await provider.describe(info.name)
            except VivekError:
                return info  # what the list says is true all the same

    tasks = [asyncio.ensure_future(describe(info)) for info in infos[:_DESCRIBED]]
    try:
        left = limit - _CLOSING - (asyncio.get_running_loop().time() - began)
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, left))
        known = [task.result() if task.done() else info for task, info in zip(tasks, infos, strict=False)]
        return [*known, *infos[_DESCRIBED:]]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _named(choice: ModelChoice) -> str | None:
    """Return the provider that the settings name."""
    try:
        return parse_model(choice.name).provider if choice.name else None
    except VivekError:
        return None
