"""Finds everything that is wrong with one file of settings, not only what comes first; opens no keyring."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from vivek.config.formats import Entry, parse_toml
from vivek.config.front_matter import parse_front_matter
from vivek.config.layers import Layer, build_layer, merge
from vivek.config.profiles import split_profiles
from vivek.config.validation import check_shapes, unknown_keys
from vivek.errors import ConfigError
from vivek.schema.configuration import Fault
from vivek.schema.events import Notice
from vivek.schema.settings import Origin, Setting
from vivek.session.asked import asked_of
from vivek.session.origins import FROM_PROJECTS, GUARDS, Stated
from vivek.session.pages.page import load_pages
from vivek.session.place import Place
from vivek.session.project_page import page_settings
from vivek.session.settings import all_defaults, all_secrets, build_settings
from vivek.session.trust import Trust


def faults_of(text: str, path: Path, origin: Origin, place: Place) -> tuple[Fault, ...]:
    """Return what is wrong with a file of settings, in its order.

    Args:
        text: What stands in it.
        path: The file; one that ends in `.md` is a page with front matter.
        origin: Whose it is: what a project may set is less.
        place: The project, whose modes are known as well.
    """
    notices: tuple[Notice, ...] = ()
    try:
        if path.suffix == ".md":
            usual, notices = page_settings(parse_front_matter(text, path))
            profiles: Mapping[str, Mapping[str, Entry]] = {}
        else:
            usual, profiles = split_profiles(parse_toml(text, path))
    except ConfigError as error:
        return (Fault(error.message, error.hint or ""),)
    faults = [Fault(told.text, told.hint) for told in notices]
    for name, entries in (("", usual), *profiles.items()):
        faults += _faults(_layer(origin, entries, name), place)
    return tuple(faults)


def faults_of_value(key: str, value: object, path: Path, origin: Origin, place: Place) -> tuple[Fault, ...]:
    """Return what is wrong with one value that is about to be written into a file; takes what `faults_of` does."""
    return tuple(_faults(_layer(origin, {key: Entry(value, str(path))}, ""), place))


def check_mode(setting: Setting, place: Place) -> None:
    """Refuse a mode that nobody describes, as far as can be told without opening a session.

    Raises:
        ConfigError: If there is none of that name; the hint names the nearest one.
    """
    import difflib

    from vivek.prompts.modes import MODES

    known = [*MODES, *(page.name for page in load_pages("mode", place, Trust.open()).used)]
    if setting.value in known:
        return
    near = difflib.get_close_matches(str(setting.value), known, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}."
    msg = f"`{setting.key}` ({setting.where}): there is no mode `{setting.value}`."
    raise ConfigError(msg, hint=hint)


def _layer(origin: Origin, entries: Mapping[str, Entry], profile: str) -> Layer:
    secret = all_secrets()
    if origin != "project":
        return build_layer(origin, entries, profile=profile, secret=secret)
    # Whether the user trusts what needs trust is not the file's fault; an address in it is.
    allowed = (*FROM_PROJECTS, *asked_of(entries))
    return build_layer(origin, entries, profile=profile, allowed=allowed, protected=GUARDS, secret=secret)


def _faults(layer: Layer, place: Place) -> Iterator[Fault]:
    defaults, said = all_defaults(), merge({}, [layer])
    for told in (*layer.notices, *unknown_keys(said, list(defaults))):
        yield Fault(told.text, told.hint)
    for key, setting in said.items():
        try:
            check_shapes({key: setting}, list(defaults))
            if key in defaults:
                alone = Layer(layer.origin, {key: layer.entries[key]}, profile=layer.profile)
                build_settings(Stated(merge(defaults, [alone]), (alone,)), unlock=False)
            if key == "session.mode" and isinstance(setting.value, str):
                check_mode(setting, place)
        except ConfigError as error:
            yield Fault(error.message, error.hint or "", key)
