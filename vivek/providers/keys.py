"""Which key goes to which server. Nothing is sent here; the HTTP door holds to it once more."""

from collections.abc import Callable

from vivek.providers.registry import PROVIDERS, usual_address, usual_key
from vivek.schema.secret import USUAL, Secret


def key_for(
    provider: str, base_url: str | None, entered: Secret | None, environment: Callable[[str], str | None]
) -> Secret | None:
    """Return the key for a server: what the user entered for its address, else what the environment holds for it.

    A key that was entered for another address is returned when there is no other: it is not sent, and the user is told
    so when the server wants one.

    Args:
        provider: Who is asked.
        base_url: Where it answers; None for its usual address.
        entered: The key of the settings. One that was entered for the name of a provider is for the usual address of
            that one.
        environment: Value of a variable of the environment.

    Raises:
        ConfigError: If `base_url` is no address.
    """
    if entered is None or provider not in PROVIDERS:
        return usual_key(provider, base_url, environment)
    from vivek.providers.wire.address import is_for

    meant = provider if entered.entered_for == USUAL else entered.entered_for
    bound = entered.bound_to(_usual(meant, environment)) if meant in PROVIDERS else entered
    if is_for(bound, base_url or _usual(provider, environment)):
        return bound
    return usual_key(provider, base_url, environment) or bound


def _usual(provider: str, environment: Callable[[str], str | None]) -> str:
    return usual_address(provider, environment) or PROVIDERS[provider].base_url or USUAL
