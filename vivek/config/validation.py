"""Turns merged settings into the spec of a package: known keys, right types, errors that say where.

Done without pydantic, which takes longer to import than vivek takes to start.
"""

import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union

from vivek.errors import ConfigError
from vivek.schema.secret import Secret
from vivek.schema.settings import Setting

if TYPE_CHECKING:  # as in `layers`: too slow for every start
    from vivek.schema.events import Notice

Spec = TypeVar("Spec")
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def defaults_of(spec: type[object], section: str) -> dict[str, object]:
    """Return the settings of a spec with their defaults, by dotted key.

    Args:
        spec: A dataclass whose fields all have a default.
        section: The table its keys stand in.
    """
    found: dict[str, object] = {}
    for each in fields(spec):  # type: ignore[arg-type]  # a dataclass, by contract
        made = each.default_factory() if each.default_factory is not MISSING else each.default
        found[f"{section}.{each.name}"] = made
    return found


def secrets_of(spec: type[object], section: str) -> set[str]:
    """Return the settings of a spec that must not be shown, by dotted key."""
    return {f"{section}.{name}" for name, kind in typing.get_type_hints(spec).items() if Secret in _options(kind)}


def build_spec(spec: type[Spec], section: str, settings: Mapping[str, Setting]) -> Spec:
    """Return a spec filled from merged settings.

    Raises:
        ConfigError: If a value is not of the type of its field; the message names key and place.
    """
    hints = typing.get_type_hints(spec)
    values = {}
    for name, kind in hints.items():
        setting = settings.get(f"{section}.{name}")
        if setting is not None:
            values[name] = _checked(setting, kind)
    return spec(**values)


def unknown_keys(settings: Mapping[str, Setting], known: Collection[str]) -> tuple["Notice", ...]:
    """Return a notice for each key that nothing knows, with the nearest one that exists."""
    import difflib

    from vivek.schema.events import Notice

    notices = []
    for key, setting in settings.items():
        if key not in known:
            near = difflib.get_close_matches(key, list(known), n=1)
            hint = f"Did you mean `{near[0]}`?" if near else ""
            notices.append(Notice(f"There is no setting `{key}` ({setting.where}); it is ignored.", hint=hint))
    return tuple(notices)


def check_shapes(settings: Mapping[str, Setting], known: Collection[str]) -> None:
    """Refuse a value where a table belongs, and a table where a value belongs: a rule in it would be lost.

    Raises:
        ConfigError: If there is one; the message names key and place.
    """
    for key, setting in settings.items():
        if key in known:
            continue
        if any(each.startswith(f"{key}.") for each in known):
            msg = f"`{key}` ({setting.where}) must be a table."
            raise ConfigError(msg, hint=f"Write `[{key}]` on a line of its own, and its settings below.")
        value = next((each for each in known if key.startswith(f"{each}.")), None)
        if value is not None:
            msg = f"`{value}` ({setting.where}) must not be a table."
            raise ConfigError(msg, hint="Correct it, or remove it to use the default.")


def _checked(setting: Setting, kind: Any) -> object:
    """Return the value as its type. Any: a type hint is of no one type."""
    if setting.origin == "default":
        return setting.value
    value = setting.value
    if setting.untyped and isinstance(value, str):
        value = _read(value, kind)
    found, converted = _fits(value, kind)
    if not found:
        given = "" if Secret in _options(kind) else f", not {setting.value!r}"
        msg = f"`{setting.key}` ({setting.where}) must be {described(kind)}{given}."
        raise ConfigError(msg, hint="Correct it, or remove it to use the default.")
    return converted


def _read(text: str, kind: Any) -> object:
    """Return what a text from the environment or a page stands for; the text itself when it does not fit."""
    lowered = text.strip().lower()
    if str in _options(kind):
        return text
    for option in _options(kind):
        if option is bool and lowered in _TRUE | _FALSE:
            return lowered in _TRUE
        if option in (int, float):
            try:
                return option(text)
            except ValueError:
                continue
        if typing.get_origin(option) is tuple:
            return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _options(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (Union, types.UnionType) else (kind,)


def _fits(value: object, kind: Any) -> tuple[bool, object]:
    """Tell whether a value is of a type, and return it as that type."""
    for option in _options(kind):
        if typing.get_origin(option) is tuple:
            inner = typing.get_args(option)[0]
            parts = [_fits(part, inner) for part in value] if isinstance(value, list | tuple) else [(False, None)]
            if all(found for found, _ in parts):
                return True, tuple(part for _, part in parts)
        elif _is_plainly(value, option):
            return True, _CONVERSIONS.get(option, _as_it_is)(value)
    return False, None


def _is_plainly(value: object, option: Any) -> bool:
    """Tell whether a value is of a type that is no union and no list; true is no number here."""
    if typing.get_origin(option) is Literal:
        return any(value == each and type(value) is type(each) for each in typing.get_args(option))
    if option is float:
        return type(value) in (int, float)
    if option is Path:
        return isinstance(value, str | Path)
    return type(value) is option


def _as_it_is(value: Any) -> object:
    return value


def _path(value: Any) -> Path:
    path = Path(value)
    return path.expanduser() if path.parts[:1] == ("~",) else path


_CONVERSIONS: dict[Any, Callable[[Any], object]] = {float: float, Path: _path}


def described(kind: Any) -> str:
    """Return a type in words, such as `one of ...` or `a whole number`. Any: a type hint is of no one type."""
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "a text",
        Secret: "a text",
        Path: "a path",
    }
    said = []
    for option in _options(kind):
        if typing.get_origin(option) is Literal:
            said.append("one of " + ", ".join(f"`{each}`" for each in typing.get_args(option)))
        elif typing.get_origin(option) is tuple:
            said.append("a list")
        elif option is not type(None):
            said.append(names.get(option, str(option)))
    return " or ".join(said)
