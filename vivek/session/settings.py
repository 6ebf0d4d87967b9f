"""Puts the settings of all packages together: defaults, user, project, environment, command line."""

import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import get_args

from vivek.config.folders import config_folder
from vivek.config.layers import Layer, environment_layer, load_layer, merge
from vivek.config.redaction import remember
from vivek.config.validation import build_spec, check_shapes, defaults_of, secrets_of, unknown_keys
from vivek.errors import ConfigError
from vivek.schema.aids import AidsSpec
from vivek.schema.events import Notice
from vivek.schema.request import SAMPLING_RANGES, Sampling
from vivek.schema.secret import USUAL, Secret
from vivek.schema.settings import Origin, Setting
from vivek.session.keyring import PREFIX, from_keyring
from vivek.session.options import Choices, parse_window
from vivek.session.place import Place
from vivek.session.spec import ContextSpec, IndexSpec, ModelChoice, ModelsSpec, OwnCommand, ProjectSpec, SessionSpec

ORIGINS = get_args(Origin)
"""Where settings come from, the later the stronger."""

FROM_PROJECTS = ("session", "sampling", "project", "context", "aids")
"""Tables that a project's file may set; where the user's code is sent, and with which key, is not its business."""

GUARDS = ("session.approval", "session.sandbox", "session.sandbox_required")
"""What guards the user: set by the user's own file or by the command line, never by a project or a variable."""


_SPECS: Mapping[str, type[object]] = {
    "model": ModelChoice,
    "models": ModelsSpec,
    "session": SessionSpec,
    "sampling": Sampling,
    "project": ProjectSpec,
    "context": ContextSpec,
    "aids": AidsSpec,
    "index": IndexSpec,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a session, checked.

    Attributes:
        model: Which model, and how it is reached.
        session: How it works.
        sampling: How tokens are drawn, as far as the user says.
        notices: What was ignored, and why.
        models: Where models are fetched from.
        commands: The project's own commands, as far as a file of settings names them.
        context: What a thread carries over when its window fills up.
        aids: What helps a small model along.
        index: What is known of the project's code.
    """

    model: ModelChoice
    session: SessionSpec
    sampling: Sampling = field(default_factory=Sampling)
    notices: tuple[Notice, ...] = ()
    models: ModelsSpec = field(default_factory=ModelsSpec)
    commands: tuple[OwnCommand, ...] = ()
    context: ContextSpec = field(default_factory=ContextSpec)
    aids: AidsSpec = field(default_factory=AidsSpec)
    index: IndexSpec = field(default_factory=IndexSpec)


def load_settings(place: Place, choices: Choices) -> Settings:
    """Merge what every origin says.

    Raises:
        ConfigError: If a file of settings is malformed, or a value is not of its type.
    """
    defaults = {key: value for name, spec in _SPECS.items() for key, value in defaults_of(spec, name).items()}
    secret = {key for name, spec in _SPECS.items() for key in secrets_of(spec, name)}
    file = config_folder() / "config.toml"
    user = load_layer(file, secret=secret)
    project = load_layer(place.data / "config.toml", allowed=FROM_PROJECTS, protected=GUARDS, secret=secret)
    # What executes, and what guards, does not come from wherever this shell took its variables.
    variables = environment_layer(list(defaults), protected=(*GUARDS, "project"), secret=secret)
    flags = {
        "model.name": choices.model,
        "model.base_url": choices.base_url,
        "model.window": choices.window,
        "model.planner": choices.planner,
        "model.executor": choices.executor,
        "model.reviewer": choices.reviewer,
        "session.mode": choices.mode,
        "session.depth": choices.depth,
        # Without somebody to ask nothing is applied unless this command line says so.
        "session.approval": choices.approve or (None if choices.interactive else "none"),
        "session.sandbox": choices.sandbox,
    }
    merged = merge(defaults, user, project, variables, flags)
    check_shapes(merged, list(defaults))
    notices = (*user.notices, *project.notices, *variables.notices, *unknown_keys(merged, list(defaults)))
    notices += _readable_by_others(file, user, secret)
    merged["model.window"] = _window(merged["model.window"])
    merged |= _overruled(merged)
    merged |= {key: _bound(merged[key], user, variables) for key in secret}
    for key in secret:
        if isinstance(value := merged[key].value, Secret):
            merged[key] = replace(merged[key], value=(held := from_keyring(value)))
            remember(held)
    sampling = build_spec(Sampling, "sampling", merged)
    _check_ranges(sampling, merged)
    model, session = build_spec(ModelChoice, "model", merged), build_spec(SessionSpec, "session", merged)
    models, commands = build_spec(ModelsSpec, "models", merged), _commands(merged)
    context, aids = build_spec(ContextSpec, "context", merged), build_spec(AidsSpec, "aids", merged)
    index = build_spec(IndexSpec, "index", merged)
    return Settings(model, session, sampling, notices, models, commands, context, aids, index)


def _readable_by_others(file: Path, user: Layer, secret: Collection[str]) -> tuple[Notice, ...]:
    """Return that a file with a key in it can be read by others, if it can."""
    keys = [entry.value for key, entry in user.entries.items() if key in secret and isinstance(entry.value, Secret)]
    held = [key for key in keys if key and not key.reveal().startswith(PREFIX)]
    if not held or not file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return ()
    hint = f"Run `chmod 600 {file}`, or keep the key in a variable or in the keyring."
    return (Notice(f"{file} holds a key, and others on this machine can read it.", hint=hint),)


def _commands(settings: Mapping[str, Setting]) -> tuple[OwnCommand, ...]:
    """Return the commands that are set, each with who names it."""
    spec = build_spec(ProjectSpec, "project", settings)
    said = [(each.name, getattr(spec, each.name), settings[f"project.{each.name}"]) for each in fields(ProjectSpec)]
    return tuple(OwnCommand(kind, it, _place(by), by.origin == "user") for kind, it, by in said if it)


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
