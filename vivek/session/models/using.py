"""Remembers which model to use, in the user's own file of settings."""

from dataclasses import dataclass, replace
from pathlib import Path

from vivek.config.folders import config_folder
from vivek.config.layers import environment, variable_of
from vivek.config.writing import write_settings
from vivek.errors import ModelAPIError
from vivek.providers.discovery import unfit
from vivek.providers.registry import PROVIDERS, usual_address
from vivek.providers.spec import ModelSpec
from vivek.providers.wire.address import is_same_place, ollama_url
from vivek.schema.events import Notice
from vivek.schema.listing import ListedModel
from vivek.schema.models import ModelInfo
from vivek.session.models.serving import place_of, serve
from vivek.session.settings import Settings

_FILES = {"local", "mlx"}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was written, and what else to know.

    Attributes:
        name: `provider/model`.
        base_url: Where its server answers, None at the usual address.
        path: The file.
        notices: What may come as a surprise.
    """

    name: str
    base_url: str | None
    path: Path
    notices: tuple[Notice, ...] = ()


async def use_model(text: str, settings: Settings, *, base_url: str | None = None, force: bool = False) -> Remembered:
    """Check that a model is there and can be talked to, then remember it.

    Args:
        text: `PROVIDER/NAME`.
        settings: The user's settings.
        base_url: Where its server answers; None for the usual address.
        force: Remember it unchecked where it cannot be checked.

    Raises:
        ConfigError: If the text names no model, or the file of settings cannot be changed; it is kept as it is.
        ModelAPIError: If the model is not there, or is none to talk to, or nobody can be asked.
    """
    spec, named = place_of(text)
    address = base_url or named
    name = str(spec)
    notices = []
    try:
        alone = replace(settings.model, fallbacks=())  # what stands behind it says nothing about this one
        served = await serve(spec, address or usual_address(spec.provider, environment), alone, free=None)
    except ModelAPIError as error:
        if not force:
            told = error.hint.rstrip()
            raise type(error)(error.message, hint=f"{told} `--force` remembers it all the same.".lstrip()) from error
        notices.append(Notice(f"Not checked: {error.message}", hint=error.hint))
    else:
        await served.provider.close()
        if reason := _no_chat(served.info):
            msg = f"`{name}` cannot be talked to: it is {reason}."
            if not force:
                raise ModelAPIError(msg, hint="`vivek models list` shows those that can.")
            notices.append(Notice(msg))
        name = f"{spec.provider}/{_settled(spec)}"
    remembered = remember(name, address)
    return Remembered(remembered.name, address, remembered.path, (*notices, *remembered.notices, *_keys(settings)))


def remember(name: str, base_url: str | None) -> Remembered:
    """Write which model to use.

    Raises:
        ConfigError: If the file of settings cannot be changed; it is kept as it is.
    """
    path = config_folder() / "config.toml"
    write_settings(path, {"model.name": name, "model.base_url": base_url})
    variable = variable_of("model.name")
    notices = []
    if environment(variable):
        notices.append(Notice(f"The variable {variable} is set and wins over the file.", hint=f"`unset {variable}`"))
    return Remembered(name, base_url, path, tuple(notices))


def remember_listed(model: ListedModel) -> Remembered:
    """Write that a listed model is to be used; an address only where it is not the usual one."""
    return remember(model.name, address_of(model))


def address_of(model: ListedModel) -> str | None:
    """Return where a listed model answers, None at the usual address."""
    usual = usual_address(model.provider, environment) or PROVIDERS[model.provider].base_url
    if not model.base_url or not usual:
        return model.base_url or None
    usual = ollama_url(usual) if model.provider == "ollama" else usual
    return None if is_same_place(usual, model.base_url) else model.base_url


def _no_chat(info: ModelInfo) -> str:
    """Return why a model is none to talk to; memory is no reason, it may be free at another time."""
    return unfit(info, None) if "remote" not in info.sources else ""


def _settled(spec: ModelSpec) -> str:
    """Return the name of a model; a path becomes whole, since a relative one means another file in another folder."""
    path = Path(spec.model).expanduser()
    return str(path.absolute()) if spec.provider in _FILES and path.exists() else spec.model


def _keys(settings: Settings) -> tuple[Notice, ...]:
    if not settings.model.api_key:
        return ()
    told = "`model.api_key` is set, and would be sent to the server of this model."
    return (Notice(told, hint="Remove it if it is for another server."),)
