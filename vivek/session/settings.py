"""Puts the settings of all packages together: defaults, user, project, environment, command line."""

from dataclasses import dataclass

from vivek.config.folders import config_folder
from vivek.config.layers import environment_layer, load_layer, merge
from vivek.config.validation import build_spec, defaults_of, unknown_keys
from vivek.schema.events import Notice
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.spec import ModelChoice, SessionSpec

PROTECTED = ("model",)
"""Tables that a project's file may not set: they decide where the user's code is sent."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a session, checked.

    Attributes:
        model: Which model, and how it is reached.
        session: How it works.
        notices: What was ignored, and why.
    """

    model: ModelChoice
    session: SessionSpec
    notices: tuple[Notice, ...] = ()


def load_settings(place: Place, choices: Choices) -> Settings:
    """Merge what every origin says.

    Raises:
        ConfigError: If a file of settings is malformed, or a value is not of its type.
    """
    defaults = defaults_of(ModelChoice, "model") | defaults_of(SessionSpec, "session")
    user = load_layer(config_folder() / "config.toml")
    project = load_layer(place.data / "config.toml", protected=PROTECTED)
    variables = environment_layer(list(defaults))
    flags = {
        "model.name": choices.model,
        "model.base_url": choices.base_url,
        "session.mode": choices.mode,
        "session.depth": choices.depth,
    }
    merged = merge(defaults, user, project, variables, flags)
    notices = (*user.notices, *project.notices, *variables.notices, *unknown_keys(merged, list(defaults)))
    model = build_spec(ModelChoice, "model", merged)
    return Settings(model, build_spec(SessionSpec, "session", merged), notices)
