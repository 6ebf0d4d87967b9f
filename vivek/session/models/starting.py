"""Starts a model server that is installed but does not run; only when the user said so."""

import asyncio
import time
from collections.abc import Sequence

from vivek.config.layers import environment
from vivek.errors import ProviderUnavailableError
from vivek.providers.registry import open_provider
from vivek.providers.spec import ModelSpec
from vivek.workspace.process import start_apart

PATIENCE = 20.0
"""Seconds that a server may take until it answers."""

_PAUSE = 0.2
_PROVIDERS = {"ollama": "ollama", "llama-server": "llamacpp"}


async def start_server(command: Sequence[str], *, patience: float = PATIENCE) -> None:
    """Start a server and wait until it answers; it outlives vivek, as if the user had started it.

    Args:
        command: `startable` of the error that said so.
        patience: Seconds to wait.

    Raises:
        WorkspaceError: If it cannot be started.
        ProviderUnavailableError: If it does not answer in time.
    """
    start_apart(command)
    name = _PROVIDERS[command[0]]
    base_url = environment("OLLAMA_HOST") if name == "ollama" else None
    provider = open_provider(ModelSpec(name, "default"), base_url=base_url)
    try:
        deadline = time.monotonic() + patience
        while not (await provider.health()).ok:
            if time.monotonic() > deadline:
                msg = f"`{command[0]}` was started, but does not answer after {patience:.0f} seconds."
                raise ProviderUnavailableError(msg, hint="Run it in another terminal to see what it says.")
            await asyncio.sleep(_PAUSE)
    finally:
        await provider.close()
