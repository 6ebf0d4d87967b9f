"""A mode may name a model and a window: they count where the command line names none."""

from dataclasses import replace

from vivek.errors import ConfigError
from vivek.prompts.modes import Modes
from vivek.providers.registry import parse_model
from vivek.schema.modes import Mode
from vivek.session.options import Choices
from vivek.session.settings import Settings


def preset(settings: Settings, modes: Modes, choices: Choices) -> Settings:
    """Return the settings with the model and the window of their mode.

    Raises:
        ConfigError: If there is no such mode, or it names no model that there could be; file and line are named.
    """
    mode, model = _mode_of(settings, modes), settings.model
    if mode.window is not None and choices.window is None:
        model = replace(model, window=mode.window)
    if mode.model is not None and not (choices.model or choices.executor):
        try:
            provider = parse_model(mode.model).provider
        except ConfigError as error:
            raise ConfigError(f"{mode.origin}: {error.message}", hint=error.hint) from error
        same = model.name is not None and model.name.partition("/")[0] == provider
        if not same:  # neither the address nor a key that was entered for no address is meant for this one
            key = model.api_key
            model = replace(model, base_url=None, api_key=key if key and key.entered_for else None)
        model = replace(model, name=mode.model, executor=None)
    return replace(settings, model=model)


def _mode_of(settings: Settings, modes: Modes) -> Mode:
    """Return the mode of new turns.

    Raises:
        ConfigError: If there is no such mode; where a file or a variable names it, that is said.
    """
    try:
        return modes.check(settings.session.mode)
    except ConfigError as error:
        said = settings.origins.get("session.mode")
        where = f"{said.place}: " if said is not None and said.place else ""
        raise ConfigError(f"{where}{error.message}", hint=error.hint) from error
