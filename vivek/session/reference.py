"""Describes every setting there is: its type, default, who may set it, and what it does. Reads no file."""

import re
import typing
from collections.abc import Iterator
from dataclasses import fields

from vivek.config.layers import variable_of
from vivek.config.validation import defaults_of, described
from vivek.schema.configuration import Described, When
from vivek.session.asked import FROM_TRUSTED
from vivek.session.live import counts_at_once
from vivek.session.origins import FROM_PROJECTS, GUARDS
from vivek.session.project_page import SHORT
from vivek.session.settings import RANGES, SPECS

_ATTRIBUTE = re.compile(r"^    (?P<name>\w+): (?P<about>.+?)(?=^    \w+: |\Z)", re.M | re.S)
_LISTED = "Attributes:\n"
_NONE = re.compile(r"\bNone\b")


def describe_settings() -> tuple[Described, ...]:
    """Return what is known of every setting, table by table."""
    return tuple(each for table, spec in SPECS.items() for each in _described(table, spec))


def about_tables() -> dict[str, str]:
    """Return in one line what each table is about."""
    return {table: (spec.__doc__ or "").split("\n", 1)[0] for table, spec in SPECS.items()}


def _described(table: str, spec: type[object]) -> Iterator[Described]:
    kinds, defaults, meanings = typing.get_type_hints(spec), defaults_of(spec, table), _meanings(spec)
    short = {key: name for name, key in SHORT.items()}
    for each in fields(spec):  # type: ignore[arg-type]  # a dataclass, by contract
        key = f"{table}.{each.name}"
        when: When = "next turn" if counts_at_once(key) else "next start"
        origins = _origins(key)
        variable = variable_of(key) if "environment" in origins else ""
        kind = "a size such as `8k`, or tokens" if key == "model.window" else described(kinds[each.name])
        if key in RANGES:
            kind += f" from {RANGES[key][0]:g} to {RANGES[key][1]:,.10g}"
        yield Described(key, kind, defaults[key], meanings[each.name], origins, variable, when, short.get(key, ""))


def _origins(key: str) -> tuple[str, ...]:
    """Return who may set a setting, as `origins` lets them."""
    table = key.partition(".")[0]
    if key in GUARDS:
        return ("user",)
    if key in FROM_TRUSTED:
        return ("user", "trusted project", "environment")
    if table == "project":
        return ("user", "project")
    return ("user", "project", "environment") if table in FROM_PROJECTS else ("user", "environment")


def _meanings(spec: type[object]) -> dict[str, str]:
    """Return what the docstring of a spec says of each of its fields."""
    lines = (spec.__doc__ or "").partition(_LISTED)[2]
    dedented = re.sub(r"^    ", "", lines, flags=re.M)
    said = {found["name"]: " ".join(found["about"].split()) for found in _ATTRIBUTE.finditer(dedented)}
    return {name: _NONE.sub("not set", about) for name, about in said.items()}
