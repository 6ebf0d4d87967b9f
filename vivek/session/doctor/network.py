"""Looks at what stands between vivek and a server elsewhere: proxies and keys. Sends nothing; never shows a key."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from vivek.providers.registry import PROVIDERS
from vivek.schema.doctor import Finding
from vivek.session.settings import Settings

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


def look_at_network(environment: Callable[[str], str | None], settings: Settings | None) -> Iterator[Finding]:
    """Yield proxies and which keys are set.

    Args:
        environment: Value of a variable of the environment.
        settings: The settings, None when they cannot be read.
    """
    set_here = {name: value for name in _PROXIES if (value := environment(name) or environment(name.lower()))}
    for name, value in set_here.items():
        told = f"{name} = {_without_user(value)}; used for servers elsewhere, never for this machine"
        yield Finding("network", "proxy", "note", told)
    if not set_here:
        yield Finding("network", "proxy", "good", "none set")
    yield from _keys(environment, settings)


def _keys(environment: Callable[[str], str | None], settings: Settings | None) -> Iterator[Finding]:
    found = False
    for entry in PROVIDERS.values():
        if entry.key_variable and environment(entry.key_variable):
            found = True
            told = f"{entry.key_variable} is set; sent to {_host(entry.base_url or '')} alone"
            yield Finding("network", "key", "good", told)
    if settings is not None and (key := settings.model.api_key) is not None:
        found = True
        where = _host(key.entered_for) or "the server of the model that is set"
        yield Finding("network", "key", "good", f"`model.api_key` is set; sent to {where} alone")
    if not found:
        yield Finding("network", "key", "note", "none set: local servers need none")


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _without_user(address: str) -> str:
    """Return a proxy's address without name and password."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    where = parts.hostname or "set, but no address"
    return f"{where}:{parts.port}" if parts.port else where
