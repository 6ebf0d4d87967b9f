"""Addresses and keys of model servers, checked before anything is sent. Pure."""

from ipaddress import ip_address

import httpx

from vivek.errors import ConfigError
from vivek.providers.wire.decoding import excerpt


def bearer_header(key: str | None) -> dict[str, str]:
    """Return the headers that carry `key`, none without one.

    Raises:
        ConfigError: If the key holds characters that no header can carry.
    """
    if not key:
        return {}
    if not key.isascii() or not key.isprintable():
        msg = "The key for the model server holds characters that cannot be sent."
        raise ConfigError(msg, hint="Copy it again, without line ends.")
    return {"Authorization": f"Bearer {key}"}


def parse_address(text: str) -> httpx.URL:
    """Return the address that `text` names; `http://` is understood.

    Raises:
        ConfigError: If it is none.
    """
    text = text.strip()
    full = text if "://" in text else f"http://{text}"
    hint = "An address looks like `http://127.0.0.1:8080`."
    try:
        url = httpx.URL(full.rstrip("/"))
    except httpx.InvalidURL as error:
        msg = f"`{excerpt(text)}` is no address."
        raise ConfigError(msg, hint=hint) from error
    if url.scheme not in {"http", "https"} or not url.host or " " in text or _is_cut(text, url):
        msg = f"`{excerpt(text)}` is no address of a model server."
        raise ConfigError(msg, hint=hint)
    return url


def _is_cut(text: str, url: httpx.URL) -> bool:
    """Tell whether host or port cannot be meant; `http://` without its slashes would be a host called http."""
    return text.rstrip("/").endswith(":") or (url.port or 0) > 65535


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine; a proxy must never see such a request."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def ollama_url(text: str | None) -> str:
    """Return the address that a value of `OLLAMA_HOST` means, read as Ollama itself reads it.

    Scheme and port may be missing: 11434 is the port without a scheme, 80 and 443 are those of http and https. A
    server that listens everywhere (0.0.0.0) is reached at the loopback address.
    """
    value = (text or "").strip().strip("\"'")
    scheme, found, rest = value.partition("://")
    if not found:
        scheme, rest = "http", value
    host_port, _, path = rest.partition("/")
    default = {"https": 443, "http": 80}.get(scheme, 11434) if found else 11434
    host, port = _split_port(host_port)
    number = int(port) if port.isdecimal() and int(port) <= 65535 else default
    where = f"{scheme}://{_reachable(host)}:{number}"
    return f"{where}/{path}".rstrip("/")


def _split_port(host_port: str) -> tuple[str, str]:
    if host_port.startswith("["):
        host, _, rest = host_port[1:].partition("]")
        return host, rest.removeprefix(":")
    if host_port.count(":") > 1:
        return host_port, ""
    host, _, port = host_port.partition(":")
    return host, port


def _reachable(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host or "127.0.0.1"
    if address.version == 4:
        return "127.0.0.1" if address.is_unspecified else host
    return "[::1]" if address.is_unspecified else f"[{host}]"
