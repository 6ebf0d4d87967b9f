"""Addresses and keys of model servers, checked before anything is sent. Pure."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from vivek.errors import ConfigError
from vivek.providers.wire.decoding import excerpt
from vivek.schema.secret import Secret

_USER = re.compile(r"(^|//)[^/@\s]+@")
_NEAR_NAMES = (".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa")


def bearer_header(key: Secret | str | None) -> dict[str, Secret]:
    """Return the headers that carry `key` as most servers want it, none without one; raises what `key_header` does."""
    return key_header("Authorization", key, "Bearer ")


def key_header(name: str, key: Secret | str | None, before: str = "") -> dict[str, Secret]:
    """Return the header `name` with `key`, none without a key; its value is as secret as the key.

    Raises:
        ConfigError: If the key holds characters that no header can carry.
    """
    key = Secret.of(key)
    if key is None:
        return {}
    if not _can_be_sent(key):
        whose = f" from {key.source}" if key.source else ""
        msg = f"The key{whose} holds characters that cannot be sent to a model server."
        raise ConfigError(msg, hint="Copy it again, without line ends.")
    return {name: Secret(before + key.reveal(), source=key.source, entered_for=key.entered_for)}


def _can_be_sent(key: Secret) -> bool:
    return key.reveal().isascii() and key.reveal().isprintable()


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
        msg = f"`{without_user(text)}` is no address."
        raise ConfigError(msg, hint=hint) from error
    if url.scheme not in {"http", "https"} or not url.host or " " in text or _is_cut(text, url):
        msg = f"`{without_user(text)}` is no address of a model server."
        raise ConfigError(msg, hint=hint)
    return url


def without_user(text: str) -> str:
    """Return an address for a message: a password may stand before its host."""
    return excerpt(_USER.sub(r"\1***@", text))


def _is_cut(text: str, url: httpx.URL) -> bool:
    """Tell whether host or port cannot be meant; `http://` without its slashes would be a host called http."""
    return text.rstrip("/").endswith(":") or (url.port or 0) > 65535


def is_same_place(one: str, other: str) -> bool:
    """Return whether two addresses lead to the same server: scheme, host and port.

    Raises:
        ConfigError: If one of them is no address.
    """
    first, second = parse_address(one), parse_address(other)
    return (first.scheme, first.host, first.port) == (second.scheme, second.host, second.port)


def is_for(key: Secret, address: str) -> bool:
    """Return whether a key may be sent to an address: one that was entered for another server stays here."""
    if not key.entered_for:
        return True
    try:
        return is_same_place(key.entered_for, address)
    except ConfigError:
        return False


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine; a proxy must never see such a request."""
    if host.lower() == "localhost":
        return True
    address = _number_of(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def is_near(host: str) -> bool:
    """Return whether `host` is this machine or one of its own network, by its number or its name."""
    address = _number_of(host)
    if address is not None:
        return address.is_unspecified or not address.is_global
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_NEAR_NAMES)


def check_encrypted(url: httpx.URL, key: Secret | None) -> None:
    """Refuse to send a key through the open network for everybody to read.

    Raises:
        ConfigError: If it would be.
    """
    if url.scheme == "https" or is_near(url.host) or not (key or url.password):
        return
    whose = f"The key from {key.source}" if key and key.source else "A key"
    msg = f"{whose} is not sent to http://{url.host}: on the way there everybody could read it."
    raise ConfigError(msg, hint=f"Use `https://{url.host}`, or a tunnel to a port of this machine.")


def _number_of(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


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
