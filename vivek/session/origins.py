"""Reads what every origin says of the settings, and merges it; `settings` knows what the tables are and builds them."""

import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from vivek.config.folders import config_folder
from vivek.config.formats import Entry, load_toml
from vivek.config.layers import Layer, build_layer, environment, environment_layer, merge
from vivek.config.profiles import check_profile, split_profiles
from vivek.config.validation import check_shapes, unknown_keys
from vivek.schema.events import Notice
from vivek.schema.secret import Secret
from vivek.schema.settings import Origin, Setting
from vivek.session.asked import FROM_TRUSTED, Asked, asked_of, is_trusted, told_of
from vivek.session.keyring import PREFIX
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.project_page import PAGE, load_page

ORIGINS = get_args(Origin)
"""Where settings come from, the later the stronger."""

FROM_PROJECTS = ("session", "sampling", "project", "context", "aids")
"""Tables that a project's file may set; where the user's code is sent, and with which key, is not its business."""

GUARDS = ("session.approval", "session.sandbox", "session.sandbox_required")
"""What guards the user: set by the user's own file or by the command line, never by a project or a variable."""

FILE = ".vivek/config.toml"
_VARIABLE = "VIVEK_PROFILE"


@dataclass(frozen=True, slots=True)
class Stated:
    """What all origins say, merged, values as they were written.

    Attributes:
        settings: By dotted key.
        layers: What each origin says, the weakest first.
        notices: What was ignored, and why.
        profile: The profile in force, "" for none.
        profiles: Those that there are.
    """

    settings: Mapping[str, Setting]
    layers: tuple[Layer, ...]
    notices: tuple[Notice, ...] = ()
    profile: str = ""
    profiles: tuple[str, ...] = ()

    def says(self, key: str, *origins: Origin, profile: bool = True) -> object:
        """Return what the strongest of some origins says of a key, None for nothing.

        Args:
            key: A dotted key.
            origins: Whom to ask.
            profile: Whether what the chosen profile says counts.
        """
        for layer in reversed(self.layers):
            if layer.origin in origins and key in layer.entries and (profile or not layer.profile):
                return layer.entries[key].value
        return None


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the origins may set."""

    known: Collection[str]
    secret: Collection[str]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of settings, taken apart."""

    origin: Origin
    name: str
    usual: Mapping[str, Entry]
    profiles: Mapping[str, Mapping[str, Entry]]


def user_file() -> Path:
    """Return the user's own file of settings.

    Raises:
        ConfigError: If nobody knows where it would be.
    """
    return config_folder() / "config.toml"


def project_file(place: Place) -> Path:
    """Return a project's file of settings."""
    return place.data / "config.toml"


def settings_files(place: Place) -> tuple[Path, ...]:
    """Return the files that settings are read from, the weakest first, there or not."""
    page = () if place.restricted else (place.root / PAGE,)
    return (user_file(), *page, project_file(place))


def read_origins(
    place: Place, choices: Choices, defaults: Mapping[str, object], secret: Collection[str], flags: Mapping[str, object]
) -> Stated:
    """Merge what every origin says.

    Args:
        place: The project.
        choices: What the command line asked for; here its profile counts.
        defaults: All settings there are.
        secret: Those that must not be shown.
        flags: What the command line set.

    Raises:
        ConfigError: If a file of settings is malformed, a value stands where a table belongs, or there is no such
            profile.
    """
    rules = _Rules(list(defaults), secret)
    page, told = _page(place)
    mine, theirs = _file("user", user_file()), _file("project", project_file(place), FILE)
    files = (mine, page, theirs)
    named = choices.profile or environment(_VARIABLE) or ""
    profiles = tuple(sorted({*mine.profiles, *theirs.profiles}))
    if named:
        check_profile(named, profiles, "--profile" if choices.profile else _VARIABLE)
    layers = [layer for file in files for layer in _layers(file, file.usual, "", place, rules)]
    for file in files:
        layers += _layers(file, file.profiles.get(named, {}), named, place, rules, by_flag=bool(choices.profile))
    # What executes, and what guards, does not come from wherever this shell took its variables.
    layers.append(environment_layer(rules.known, protected=(*GUARDS, "project"), secret=secret))
    merged = merge(defaults, layers, flags)
    check_shapes(merged, rules.known)
    notices = [*told, *(notice for layer in layers for notice in layer.notices), *unknown_keys(merged, rules.known)]
    for file in files:
        for name, entries in file.profiles.items():
            if name != named:
                notices += unknown_keys(merge({}, [Layer(file.origin, entries)]), rules.known)
    notices += _readable_by_others(user_file(), layers, secret)
    return Stated(merged, tuple(layers), tuple(notices), named, profiles)


def project_asks(place: Place) -> tuple[Asked, ...]:
    """Return what the files of a project ask for that needs the user's trust, trusted or not.

    Raises:
        ConfigError: If the project's file of settings is malformed.
    """
    page, theirs = _page(place)[0], _file("project", project_file(place), FILE)
    said = [(page.name, page.usual), (theirs.name, theirs.usual)]
    said += [(_source(theirs, name), entries) for name, entries in theirs.profiles.items()]
    return tuple(Asked(source, asked) for source, entries in said if (asked := asked_of(entries)))


def strength(setting: Setting) -> int:
    """Return how much a setting counts against others: those of a profile are between projects and variables."""
    rank = 2 * ORIGINS.index(setting.origin)
    return 2 * ORIGINS.index("project") + 1 if setting.profile else rank


def _file(origin: Origin, path: Path, name: str = "") -> _File:
    usual, profiles = split_profiles(load_toml(path))
    return _File(origin, name or str(path), usual, profiles)


def _page(place: Place) -> tuple[_File, tuple[Notice, ...]]:
    entries, told = load_page(place)
    return _File("project", PAGE, entries, {}), told


def _layers(
    file: _File, entries: Mapping[str, Entry], profile: str, place: Place, rules: _Rules, *, by_flag: bool = True
) -> Sequence[Layer]:
    """Return what a file may say; what needs the user's trust counts only with it."""
    if not entries:
        return ()
    if file.origin == "user":
        # A variable that names a profile must not switch off what guards the user.
        protected = GUARDS if profile and not by_flag else ()
        return (build_layer("user", entries, profile=profile, protected=protected, secret=rules.secret),)
    source = _source(file, profile)
    asked = asked_of(entries)
    trusted = bool(asked) and is_trusted(asked, source, place)
    rest = {key: entry for key, entry in entries.items() if trusted or key not in asked}
    allowed = (*FROM_PROJECTS, *(FROM_TRUSTED if trusted else ()))
    layer = build_layer("project", rest, profile=profile, allowed=allowed, protected=GUARDS, secret=rules.secret)
    if asked and not trusted:
        layer = replace(layer, notices=(*layer.notices, told_of(asked)))
    return (layer,)


def _source(file: _File, profile: str) -> str:
    """Return how trust names a file, or a profile in it."""
    return f"{file.name} [profiles.{profile}]" if profile else file.name


def _readable_by_others(file: Path, layers: Sequence[Layer], secret: Collection[str]) -> tuple[Notice, ...]:
    """Return that a file with a key in it can be read by others, if it can."""
    said = [
        entry for layer in layers if layer.origin == "user" for key, entry in layer.entries.items() if key in secret
    ]
    held = [each.value for each in said if isinstance(each.value, Secret) and each.value]
    plain = [key for key in held if not key.reveal().startswith(PREFIX)]
    if not plain or not file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return ()
    hint = f"Run `chmod 600 {file}`, or keep the key in a variable or in the keyring."
    return (Notice(f"{file} holds a key, and others on this machine can read it.", hint=hint),)
