"""The connection to one model server: certificates, proxies, keys, how long it is kept. Part of the HTTP door."""

import ssl
from base64 import b64encode
from collections.abc import Generator, Mapping
from functools import lru_cache

import httpx

from vivek.config.layers import environment
from vivek.config.redaction import remember
from vivek.errors import ConfigError
from vivek.providers.wire.address import check_encrypted, is_for, is_loopback
from vivek.providers.wire.translate import without_frames
from vivek.schema.secret import Secret

_KEPT = 4
_KEPT_SECONDS = 55.0
"""Below the minute after which common servers and balancers hang up on a silent connection."""


def open_client(url: httpx.URL, headers: Mapping[str, str | Secret], *, connect: float) -> httpx.AsyncClient:
    """Return the client of one server; nothing is sent yet.

    Args:
        url: Its address; a name and a password in it become a header.
        headers: Sent with every request; secrets are revealed while they are sent, and held nowhere else. One that
            was entered for another address is not sent.
        connect: Seconds to be connected.

    Raises:
        ConfigError: If a key would travel unencrypted through the open network, or the user's certificates cannot be
            read.
    """
    secrets = {name: value for name, value in headers.items() if isinstance(value, Secret) and is_for(value, str(url))}
    if url.userinfo and "Authorization" not in secrets:
        basic = b64encode(f"{url.username}:{url.password}".encode()).decode()
        secrets["Authorization"] = Secret(f"Basic {basic}", source="the address")
    for secret in secrets.values():
        check_encrypted(url, secret)
        remember(secret)
    try:
        return httpx.AsyncClient(
            base_url=url.copy_with(userinfo=b""),
            headers={name: value for name, value in headers.items() if not isinstance(value, Secret)},
            auth=_Keys(secrets) if secrets else None,
            timeout=httpx.Timeout(None, connect=connect),
            limits=httpx.Limits(max_keepalive_connections=_KEPT if is_kept(url) else 0, keepalive_expiry=_KEPT_SECONDS),
            follow_redirects=False,
            trust_env=not is_loopback(url.host),
            # Plain HTTP needs no certificates; loading them costs more than the rest of the start.
            verify=_certificates() if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        msg = f"The proxy that the environment names for {url.host} cannot be used."
        hint = "Correct `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` (of the kind `http://HOST:PORT`), or unset it."
        raise ConfigError(msg, hint=hint) from without_frames(error)


def is_kept(url: httpx.URL) -> bool:
    """Return whether connections to `url` are used again: encrypted ones, whose handshakes that saves.

    Others cost next to nothing to make, and llama.cpp's server may drop one after an event stream although it offered
    to keep it: the next request would fail.
    """
    return url.scheme == "https"


class _Keys(httpx.Auth):
    """Puts keys into a request at the last moment, so that no variable of ours holds one."""

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        self._secrets = secrets

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for name, secret in self._secrets.items():
            request.headers[name] = secret.reveal()
        yield request


def _certificates() -> ssl.SSLContext:
    """Return what servers are checked against: the usual authorities, or those the user names."""
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    named = next((f"{name}={environment(name)}" for name in names if environment(name)), "")
    try:
        return _loaded(named)
    except OSError as error:
        msg = f"The certificates of `{named}` cannot be read."
        raise ConfigError(msg, hint="Correct that variable, or unset it.") from error


@lru_cache(maxsize=2)
def _loaded(named: str) -> ssl.SSLContext:
    """Load the certificates once a process: it takes longer than a handshake; `named` tells when they changed."""
    return httpx.create_ssl_context()
