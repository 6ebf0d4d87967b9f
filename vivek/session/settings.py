"""Puts the settings of all packages together: defaults, user, project, environment, command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from vivek.config.folders import config_folder
from vivek.config.layers import Layer, environment_layer, load_layer, merge
from vivek.config.validation import build_spec, defaults_of, secrets_of, unknown_keys
from vivek.errors import ConfigError
from vivek.schema.events import Notice
from vivek.schema.request import SAMPLING_RANGES, Sampling
from vivek.schema.secret import USUAL, Secret
from vivek.schema.settings import Origin, Setting
from vivek.session.options import Choices, parse_window
from vivek.session.place import Place
from vivek.session.spec import ModelChoice, ModelsSpec, SessionSpec

ORIGINS = get_args(Origin)
"""Where settings come from, the later the stronger."""

PROTECTED = ("model", "models")
"""Tables that a project's file may not set: they decide where the user's code is sent, and what is fetched."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a session, checked.

    Attributes:
        model: Which model, and how it is reached.
        session: How it works.
        sampling: How tokens are drawn, as far as the user says.
        notices: What was ignored, and why.
        models: Where models are fetched from.
    """

    model: ModelChoice
    session: SessionSpec
    sampling: Sampling = field(default_factory=Sampling)
    notices: tuple[Notice, ...] = ()
    models: ModelsSpec = field(default_factory=ModelsSpec)


def load_settings(place: Place, choices: Choices) -> Settings:
    """Merge what every origin says.

    Raises:
        ConfigError: If a file of settings is malformed, or a value is not of its type.
    """
    specs = {"model": ModelChoice, "models": ModelsSpec, "session": SessionSpec, "sampling": Sampling}
    defaults = {key: value for name, spec in specs.items() for key, value in defaults_of(spec, name).items()}
    secret = {key for name, spec in specs.items() for key in secrets_of(spec, name)}
    user = load_layer(config_folder() / "config.toml", secret=secret)
    project = load_layer(place.data / "config.toml", protected=PROTECTED, secret=secret)
    variables = environment_layer(list(defaults), secret=secret)
    flags = {
        "model.name": choices.model,
        "model.base_url": choices.base_url,
        "model.window": choices.window,
        "model.planner": choices.planner,
        "model.executor": choices.executor,
        "model.reviewer": choices.reviewer,
        "session.mode": choices.mode,
        "session.depth": choices.depth,
    }
    merged = merge(defaults, user, project, variables, flags)
    notices = (*user.notices, *project.notices, *variables.notices, *unknown_keys(merged, list(defaults)))
    merged["model.window"] = _window(merged["model.window"])
    merged |= _overruled(merged)
    merged |= {key: _bound(merged[key], user, variables) for key in secret}
    sampling = build_spec(Sampling, "sampling", merged)
    _check_ranges(sampling, merged)
    model, session = build_spec(ModelChoice, "model", merged), build_spec(SessionSpec, "session", merged)
    return Settings(model, session, sampling, notices, build_spec(ModelsSpec, "models", merged))


def _bound(setting: Setting, user: Layer, variables: Layer) -> Setting:
    """Tell a key the address that was in force where it was entered: one that is given later does not get it.

    A key in the environment without an address beside it is for whatever address this run is given.
    """
    if not isinstance(setting.value, Secret):
        return setting
    table = setting.key.rpartition(".")[0]
    layers = (user,) if setting.origin == "user" else (variables, user)
    said = [layer.entries[f"{table}.base_url"].value for layer in layers if f"{table}.base_url" in layer.entries]
    named = str(layers[0].entries[f"{table}.name"].value) if f"{table}.name" in layers[0].entries else ""
    # A model's name may hold its address, and says at least whose usual address is meant.
    name, at, rest = named.partition("@http")
    address = at[1:] + rest if at else str(said[0]) if said else name.partition("/")[0]
    return replace(setting, value=setting.value.bound_to(address or (USUAL if setting.origin == "user" else "")))


def _overruled(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """Return the models of nodes as not set where a later origin named one model for all."""
    name = settings["model.name"]
    own = [settings[f"model.{node}"] for node in ("planner", "executor", "reviewer")]
    earlier = [each for each in own if ORIGINS.index(each.origin) < ORIGINS.index(name.origin)]
    return {each.key: replace(each, value=None) for each in earlier}


def _window(setting: Setting) -> Setting:
    """Return the window in tokens; settings may write it like the command line does."""
    if isinstance(setting.value, bool) or not isinstance(setting.value, str | int):
        return setting
    try:
        return replace(setting, value=parse_window(str(setting.value)))
    except ConfigError as error:
        raise ConfigError(f"`model.window` ({_place(setting)}): {error.message}", hint=error.hint) from error


def _check_ranges(sampling: Sampling, settings: Mapping[str, Setting]) -> None:
    """Refuse what no server takes.

    Raises:
        ConfigError: If a value is out of range; the message names key and place.
    """
    for name, (least, most) in SAMPLING_RANGES.items():
        value = getattr(sampling, name)
        if value is not None and not least <= value <= most:
            setting = settings[f"sampling.{name}"]
            msg = f"`{setting.key}` ({_place(setting)}) must lie between {least:g} and {most:g}, not {value!r}."
            raise ConfigError(msg, hint="Correct it, or remove it to use what suits the model.")


def _place(setting: Setting) -> str:
    return setting.place or setting.origin
