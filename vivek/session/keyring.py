"""Keys that the system's keyring holds: a setting names them, `keyring:NAME`, and holds none itself."""

from collections.abc import Callable

from vivek.errors import ConfigError
from vivek.schema.secret import Secret

PREFIX = "keyring:"
SERVICE = "vivek"

Look = Callable[[str, str], str | None]
"""Returns the password of a service and a name, None when there is none."""


def from_keyring(key: Secret, look: Look | None = None) -> Secret:
    """Return the key that a setting names; the setting's own value when it names none.

    Args:
        key: The value of the setting.
        look: Looks into the keyring; the system's own when None.

    Raises:
        ConfigError: If there is no keyring, or no such key in it.
    """
    name = key.reveal().removeprefix(PREFIX)
    if name == key.reveal():
        return key
    found = (look or _system)(SERVICE, name)
    if not found:
        msg = f"The keyring holds no key `{name}`, which {key.source} names."
        raise ConfigError(msg, hint=f"Run `keyring set {SERVICE} {name}`.")
    return Secret(found, source=key.source, entered_for=key.entered_for)


def _system(service: str, name: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        msg = "The package for the system's keyring is not installed."
        raise ConfigError(msg, hint='Run `pip install "vivek[keyring]"`.') from error
    try:
        found: str | None = keyring.get_password(service, name)
    except KeyringError as error:
        msg = f"The keyring cannot be opened: {error}."
        raise ConfigError(msg, hint="Unlock it, or keep the key in a variable.") from error
    return found
