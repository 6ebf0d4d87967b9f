"""Puts the settings of all packages together: defaults, user, project, environment, command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from vivek.config.redaction import remember
from vivek.config.validation import build_spec, defaults_of, secrets_of
from vivek.errors import ConfigError
from vivek.metrics.spec import MetricsSpec
from vivek.schema.aids import AidsSpec
from vivek.schema.answers import AnswersSpec
from vivek.schema.events import Notice
from vivek.schema.request import SAMPLING_RANGES, Sampling
from vivek.schema.secret import USUAL, Secret
from vivek.schema.settings import Setting
from vivek.schema.terminal import TerminalSpec
from vivek.session.keyring import from_keyring
from vivek.session.options import Choices, parse_window
from vivek.session.origins import Stated, read_origins, strength
from vivek.session.place import Place
from vivek.session.spec import (
    COMMANDS,
    ContextSpec,
    IndexSpec,
    ModelChoice,
    ModelsSpec,
    OwnCommand,
    ProjectSpec,
    SessionSpec,
)

SPECS: Mapping[str, type[object]] = {
    "model": ModelChoice,
    "models": ModelsSpec,
    "session": SessionSpec,
    "sampling": Sampling,
    "project": ProjectSpec,
    "context": ContextSpec,
    "aids": AidsSpec,
    "index": IndexSpec,
    "answers": AnswersSpec,
    "metrics": MetricsSpec,
    "terminal": TerminalSpec,
}

RANGES: Mapping[str, tuple[float, float]] = {
    **{f"sampling.{name}": ends for name, ends in SAMPLING_RANGES.items()},
    "model.threads": (1, 1024),
    "model.reply_tokens": (1, 1_000_000),
    "index.wait": (0, 600),
    "answers.confidence": (0, 1),
    "metrics.keep_days": (1, 36_500),
}
"""Numbers between which a setting makes sense, both ends included."""


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
        answers: What is answered without a model.
        metrics: What is kept of turns and calls.
        project: What the project is made of.
        terminal: How a chat behaves on its terminal.
        origins: Every setting with its value, checked, and who says it.
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
    answers: AnswersSpec = field(default_factory=AnswersSpec)
    metrics: MetricsSpec = field(default_factory=MetricsSpec)
    project: ProjectSpec = field(default_factory=ProjectSpec)
    terminal: TerminalSpec = field(default_factory=TerminalSpec)
    origins: Mapping[str, Setting] = field(default_factory=dict, repr=False, compare=False)


def load_settings(place: Place, choices: Choices) -> Settings:
    """Merge what every origin says.

    Raises:
        ConfigError: If a file of settings is malformed, or a value is not of its type.
    """
    return build_settings(state_settings(place, choices))


def state_settings(place: Place, choices: Choices) -> Stated:
    """Merge what every origin says, values as they were written.

    Raises:
        ConfigError: If a file of settings is malformed.
    """
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
    return read_origins(place, choices, all_defaults(), all_secrets(), flags)


def all_defaults() -> dict[str, object]:
    """Return every setting there is with its default, by dotted key."""
    return {key: value for name, spec in SPECS.items() for key, value in defaults_of(spec, name).items()}


def all_secrets() -> set[str]:
    """Return the settings that must not be shown."""
    return {key for name, spec in SPECS.items() for key in secrets_of(spec, name)}


def build_settings(stated: Stated, *, unlock: bool = True) -> Settings:
    """Check what was stated, and build the specs from it.

    Args:
        stated: What all origins say.
        unlock: Whether keys are taken out of the system's keyring.

    Raises:
        ConfigError: If a value is not of its type, or out of its range; the message names key and place.
    """
    merged = dict(stated.settings)
    merged["model.window"] = _window(merged["model.window"])
    merged |= _overruled(merged)
    for key in all_secrets():
        merged[key] = _bound(merged[key], stated)
        if isinstance(value := merged[key].value, Secret) and unlock:
            merged[key] = replace(merged[key], value=(held := from_keyring(value)))
            remember(held)
    settings = Settings(
        model=build_spec(ModelChoice, "model", merged),
        session=build_spec(SessionSpec, "session", merged),
        sampling=build_spec(Sampling, "sampling", merged),
        notices=stated.notices,
        models=build_spec(ModelsSpec, "models", merged),
        project=build_spec(ProjectSpec, "project", merged),
        commands=_commands(merged),
        context=build_spec(ContextSpec, "context", merged),
        aids=build_spec(AidsSpec, "aids", merged),
        index=build_spec(IndexSpec, "index", merged),
        answers=build_spec(AnswersSpec, "answers", merged),
        metrics=build_spec(MetricsSpec, "metrics", merged),
        terminal=build_spec(TerminalSpec, "terminal", merged),
    )
    read = {key: _as_read(merged[key], settings) for key in all_defaults()}
    _check_ranges(read)
    return replace(settings, origins=read)


def _as_read(setting: Setting, settings: Settings) -> Setting:
    """Return a setting with its value as its type."""
    table, _, name = setting.key.partition(".")
    return replace(setting, value=getattr(getattr(settings, table), name), untyped=False)


def _commands(settings: Mapping[str, Setting]) -> tuple[OwnCommand, ...]:
    """Return the commands that are set, each with who names it."""
    spec = build_spec(ProjectSpec, "project", settings)
    said = [(kind, getattr(spec, kind), settings[f"project.{kind}"]) for kind in COMMANDS]
    return tuple(OwnCommand(kind, it, by.place or by.origin, by.origin == "user") for kind, it, by in said if it)


def _bound(setting: Setting, stated: Stated) -> Setting:
    """Tell a key the address that was in force where it was entered: one that is given later does not get it.

    A key in the environment without an address beside it is for whatever address this run is given.
    """
    if not isinstance(setting.value, Secret):
        return setting
    table = setting.key.rpartition(".")[0]
    users = setting.origin == "user"
    asked = partial(stated.says, profile=bool(setting.profile) or not users)
    said = asked(f"{table}.base_url", "user") if users else stated.says(f"{table}.base_url", "user", "environment")
    named = asked(f"{table}.name", "user") if users else stated.says(f"{table}.name", "environment")
    # A model's name may hold its address, and says at least whose usual address is meant.
    name, at, rest = str(named or "").partition("@http")
    address = at[1:] + rest if at else str(said) if said is not None else name.partition("/")[0]
    return replace(setting, value=setting.value.bound_to(address or (USUAL if users else "")))


def _overruled(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """Return the models of nodes as not set where a later origin named one model for all."""
    name = settings["model.name"]
    own = [settings[f"model.{node}"] for node in ("planner", "executor", "reviewer")]
    return {each.key: replace(each, value=None) for each in own if strength(each) < strength(name)}


def _window(setting: Setting) -> Setting:
    """Return the window in tokens; settings may write it like the command line does."""
    if isinstance(setting.value, bool) or not isinstance(setting.value, str | int):
        return setting
    try:
        return replace(setting, value=parse_window(str(setting.value)))
    except ConfigError as error:
        raise ConfigError(f"`model.window` ({setting.where}): {error.message}", hint=error.hint) from error


def _check_ranges(settings: Mapping[str, Setting]) -> None:
    """Refuse what makes no sense, or what no server takes.

    Raises:
        ConfigError: If a value is out of range; the message names key and place.
    """
    for key, (least, most) in RANGES.items():
        value = settings[key].value
        if isinstance(value, int | float) and not least <= value <= most:
            msg = f"`{key}` ({settings[key].where}) must lie between {least:g} and {most:,.10g}, not {value!r}."
            raise ConfigError(msg, hint="Correct it, or remove it to use the default.")
