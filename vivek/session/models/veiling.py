"""Which models are not on this machine, and what is hidden from them."""

import re

from vivek.config.veil import Veil
from vivek.providers.base import Provider
from vivek.providers.spec import ModelSpec
from vivek.providers.veiled import VeiledProvider

VEIL = Veil()
"""The placeholders of this process; kept nowhere else."""

# A model that a server on this machine passes on to another one is named like this by Ollama.
_PASSED_ON = re.compile(r"[-:]cloud$", re.IGNORECASE)


def is_cloud(spec: ModelSpec, base_url: str) -> bool:
    """Return whether what is sent to a model leaves this machine and its own network.

    Args:
        spec: The model.
        base_url: The address of its server, "" when it has none.
    """
    if _PASSED_ON.search(spec.model):
        return True
    if not base_url.startswith(("http://", "https://")):
        return False
    from vivek.providers.wire.address import is_near, parse_address

    return not is_near(parse_address(base_url).host)


def veiled(provider: Provider, spec: ModelSpec) -> Provider:
    """Return a provider that hides secrets from a model in the cloud; the same provider for any other model."""
    return VeiledProvider(provider, VEIL.hide) if is_cloud(spec, provider.base_url) else provider
