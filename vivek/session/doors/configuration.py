"""The settings as commands show and change them: values with their origins, one value set, a file checked."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vivek.config.formats import parse_toml, read_text
from vivek.config.writing import Value, changed_settings, store_settings
from vivek.errors import ConfigError
from vivek.schema.configuration import Described, Fault, SettingsFile
from vivek.schema.events import Notice
from vivek.schema.secret import Secret
from vivek.schema.settings import Origin, Setting
from vivek.session.options import Choices
from vivek.session.origins import project_file, settings_files, user_file
from vivek.session.place import Place, prepare_data
from vivek.session.project_page import PAGE
from vivek.session.reference import describe_settings
from vivek.session.settings import all_secrets, build_settings, state_settings
from vivek.session.validating import check_mode, faults_of, faults_of_value

_LISTS = ("a list",)


@dataclass(frozen=True, slots=True)
class Shown:
    """The settings in force.

    Attributes:
        settings: All of them, values as their types.
        profile: The profile in force, "" for none.
        profiles: Those that there are.
        notices: What was ignored, and why.
    """

    settings: tuple[Setting, ...]
    profile: str = ""
    profiles: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a change.

    Attributes:
        path: The file.
        setting: The setting as it is in force now.
        changed: Whether the file says something else than before.
        notices: What to tell: another origin that wins, what waits for a new start.
    """

    path: Path
    setting: Setting
    changed: bool
    notices: tuple[Notice, ...] = ()


def show_settings(place: Place, profile: str | None = None) -> Shown:
    """Return all settings with who says them; no keyring is opened, and a key shows as a mask.

    Raises:
        ConfigError: If a file of settings cannot be used, or there is no such profile.
    """
    stated = state_settings(place, Choices(interactive=True, profile=profile))
    settings = build_settings(stated, unlock=False)
    notices = [*settings.notices]
    if (mode := settings.origins["session.mode"]).origin != "default":
        try:
            check_mode(mode, place)
        except ConfigError as error:
            notices.append(Notice(error.message, hint=error.hint or ""))
    return Shown(tuple(settings.origins.values()), stated.profile, stated.profiles, tuple(notices))


def get_setting(place: Place, key: str, profile: str | None = None) -> Setting:
    """Return one setting.

    Raises:
        ConfigError: If there is none of that name, or a file of settings cannot be used.
    """
    describe(key)
    return next(each for each in show_settings(place, profile).settings if each.key == key)


def describe(key: str) -> Described:
    """Return what is known of a setting.

    Raises:
        ConfigError: If there is none of that name; the hint names the nearest one.
    """
    known = {each.key: each for each in describe_settings()}
    if key in known:
        return known[key]
    last = key.rpartition(".")[2]
    near = [each for each in known if each.rpartition(".")[2] == last] or difflib.get_close_matches(key, known, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else "`vivek config show` lists all of them."
    msg = f"There is no setting `{key}`."
    raise ConfigError(msg, hint=hint)


def set_setting(place: Place, key: str, text: str, *, project: bool = False, profile: str | None = None) -> Written:
    """Write a setting into the user's file, or the project's; comments, order and all else stay.

    Args:
        place: The project.
        key: A dotted name.
        text: The value as it is typed; items of a list are parted by commas.
        project: Whether the project's file is changed.
        profile: The profile that it belongs to, None for none.

    Raises:
        ConfigError: If there is no such setting, the value is none, or this file may not set it; nothing is written.
    """
    return _write(place, key, _value(describe(key), text), project=project, profile=profile)


def unset_setting(place: Place, key: str, *, project: bool = False, profile: str | None = None) -> Written:
    """Take a setting out of the user's file, or the project's; takes and raises what `set_setting` does."""
    describe(key)
    return _write(place, key, None, project=project, profile=profile)


def check_files(place: Place, only: Path | None = None) -> tuple[tuple[Path, ...], tuple[Fault, ...]]:
    """Return the files of settings that are there, and everything that is wrong with them.

    Args:
        place: The project.
        only: One file; all of them when None.

    Raises:
        ConfigError: If the one file is not there.
    """
    if only is not None and not only.exists():
        msg = f"There is no file {only}."
        raise ConfigError(msg, hint="`vivek config path` shows where vivek looks.")
    files = [only] if only is not None else [path for path in settings_files(place) if path.exists()]
    return tuple(files), tuple(fault for path in files for fault in _faults(path, place))


def list_files(place: Place) -> tuple[SettingsFile, ...]:
    """Return the files that settings are read from, the weakest first."""
    names = {user_file(): "user", place.root / PAGE: "project page", project_file(place): "project"}
    return tuple(SettingsFile(names[path], str(path), path.exists()) for path in settings_files(place))


def _write(place: Place, key: str, value: Value | None, *, project: bool, profile: str | None) -> Written:
    path, name = (project_file(place) if project else user_file()), key
    if profile:
        name = f"profiles.{profile}.{key}"
    text = changed_settings(path, {name: value})
    origin: Origin = "project" if project else "user"
    if value is not None:
        for fault in faults_of_value(key, value, path, origin, place):
            raise ConfigError(f"{fault.text} Nothing was written.", hint=fault.hint)
    before = read_text(path)
    if text != before:
        if project:
            prepare_data(place)
        store_settings(path, text, private=not project)
    try:
        setting = get_setting(place, key, profile)
    except ConfigError as error:  # another setting is wrong; this one is written all the same
        setting = Setting(key, value, origin, str(path), profile=profile or "")
        return Written(path, setting, text != before, (Notice(error.message, hint=error.hint or ""),))
    return Written(path, setting, text != before, tuple(_told(setting, path, value, profile)))


def _told(setting: Setting, path: Path, value: Value | None, profile: str | None) -> Sequence[Notice]:
    """Return that what was written is not what counts, where that is so."""
    mine = setting.place.startswith(f"{path}:") and setting.profile == (profile or "")
    if value is not None and not mine:
        return (Notice(f"It does not count here: {setting.said_by} sets `{setting.key}` to {setting.value!r}."),)
    if value is None and setting.origin != "default":
        return (Notice(f"It is still set: {setting.said_by}."),)
    return ()


def _value(about: Described, text: str) -> Value:
    """Return what was typed as a value for the file; what does not fit is left for the check of the file."""
    if about.key in all_secrets():
        return text
    stripped = text.strip()
    listed = "a list" in about.kind
    if listed and stripped.startswith("["):
        entry = parse_toml(f"typed = {stripped}", Path("the command line")).get("typed")
        return [str(each) for each in entry.value] if entry is not None and isinstance(entry.value, list) else text
    if about.kind in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if "true or false" in about.kind and stripped.lower() in ("true", "yes", "on", "false", "no", "off"):
        return stripped.lower() in ("true", "yes", "on")
    if "number" in about.kind:
        for kind in (int, float):
            try:
                return kind(stripped)
            except ValueError:
                continue
    return text


def _faults(path: Path, place: Place) -> tuple[Fault, ...]:
    theirs = path in (place.root / PAGE, project_file(place)) or path.suffix == ".md"
    try:
        return faults_of(read_text(path), path, "project" if theirs else "user", place)
    except ConfigError as error:
        return (Fault(error.message, error.hint or ""),)


def masked(setting: Setting) -> Setting:
    """Return a setting that can be printed: a key shows as a mask, whatever its type."""
    secret = setting.key in all_secrets() and setting.value is not None
    return replace(setting, value=str(Secret("hidden"))) if secret else setting
