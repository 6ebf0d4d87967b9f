"""Looks at the model servers of this machine, all at once, each for two seconds at most."""

import asyncio
from collections.abc import Callable, Sequence

from vivek.errors import VivekError
from vivek.providers.base import Provider
from vivek.providers.discovery import Server, usual_servers
from vivek.providers.registry import open_adapter
from vivek.providers.spec import ModelSpec
from vivek.schema.doctor import Finding
from vivek.schema.models import ModelInfo

_SECONDS = 2.0
_NOT_THERE = "does not answer"


async def look_at_servers(
    environment: Callable[[str], str | None], *, gpu: str, servers: Sequence[Server] | None = None
) -> list[Finding]:
    """Return what every usual server says.

    Args:
        environment: Value of a variable of the environment.
        gpu: Whose GPU this machine has, "" for none.
        servers: Whom to ask; None for the usual ones.
    """
    asked = usual_servers(environment) if servers is None else servers
    answers = await asyncio.gather(*(_look(server, gpu) for server in asked))
    return [finding for found in answers for finding in found]


async def _look(server: Server, gpu: str) -> list[Finding]:
    provider: Provider | None = None
    try:
        provider = open_adapter(ModelSpec(server.provider, "default"), base_url=server.base_url)
        async with asyncio.timeout(_SECONDS):
            health = await provider.health()
            if not health.ok:
                return [Finding("servers", server.title, "note", f"{_NOT_THERE} at {provider.base_url}")]
            infos = await provider.models()
            loaded = [await provider.describe(info.name) for info in infos if info.loaded]
    except TimeoutError:
        where = provider.base_url if provider else server.base_url
        told = f"answers slowly or not at all at {where}: nothing within {_SECONDS:g} s"
        return [Finding("servers", server.title, "poor", told, "look whether it is busy, or start it anew")]
    except VivekError as error:
        return [Finding("servers", server.title, "poor", error.message, error.hint)]
    finally:
        if provider is not None:
            await provider.close()
    many = "1 model" if len(infos) == 1 else f"{len(infos)} models"
    told = f"{health.detail} at {provider.base_url}, {many}"
    hint = "" if infos else f"fetch a model for {server.title} first"
    first = Finding("servers", server.title, "good" if infos else "poor", told, hint)
    return [first, *(_loaded(server, info, gpu) for info in loaded)]


def _loaded(server: Server, info: ModelInfo, gpu: str) -> Finding:
    """Return how a loaded model runs: its window, and whether the GPU that is here does the work."""
    name = f"{server.provider}/{info.name}"
    window = f"{info.window_loaded:,} tokens of window" if info.window_loaded else "window unknown"
    if info.gpu_share is None:
        return Finding("servers", name, "good", f"loaded, {window}")
    told = f"loaded, {window}, {info.gpu_share:.0%} on the GPU"
    if gpu and info.gpu_share == 0:
        hint = f"{server.title} computes on the CPU although a GPU is here: install its GPU build, or the GPU's driver"
        return Finding("servers", name, "poor", told, hint, makes_faster=True)
    if 0 < info.gpu_share < 1:
        hint = "a smaller window (`--window 8k`) or a smaller model fits the GPU as a whole"
        return Finding("servers", name, "poor", told, hint, makes_faster=True)
    return Finding("servers", name, "good", told)
