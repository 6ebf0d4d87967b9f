"""Renders the Markdown templates of the prompts, strictly; the user's own may stand in for those that ship.

Reads no file of the user: what one says is handed in as text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from vivek.errors import ConfigError

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_OPENED = re.compile(r"\{\{([^{}\n]*)(\}\}|)")


@cache
def _load_template(name: str) -> str:
    return (files("vivek.prompts") / "templates" / f"{name}.md").read_text(encoding="utf-8").strip("\n")


@cache
def template_names() -> tuple[str, ...]:
    """Return the names of all templates: `planner`, `modes/peer`."""
    return tuple(sorted(_names_in(files("vivek.prompts") / "templates", "")))


def _names_in(folder: Traversable, above: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _names_in(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(".md"):
            yield above + entry.name.removesuffix(".md")


def places_of(name: str) -> frozenset[str]:
    """Return the places `{{place}}` that a template has, and that the user's own of this name must have too."""
    return frozenset(_PLACE.findall(_load_template(name)))


def shipped_text(name: str) -> str:
    """Return the text of a template as it ships."""
    return _load_template(name)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a session.

    Attributes:
        own: The user's own texts, by the name of the template that they stand in for.
    """

    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def with_own(self, name: str, text: str, origin: str) -> "Templates":
        """Return them with a text of the user's for one of them.

        Args:
            name: Which one; one of `template_names`.
            text: What it is to say.
            origin: The file it comes from, for messages.

        Raises:
            ConfigError: If it is empty, misses a place, or has one that is not known; file and line are named.
        """
        return replace(self, own=MappingProxyType({**self.own, name: _checked(name, text, origin)}))

    def render(self, name: str, **values: str) -> str:
        """Fill the places `{{name}}` of a template.

        What a value contains is never read as a place, so that a file's text cannot ask for another value.

        Args:
            name: The template's file below `templates/`, without `.md`: `planner`, `modes/peer`.
            values: One text for each place, no more and no fewer.

        Raises:
            ValueError: If a place has no value or a value has no place: a mistake in the program, not in the prompt.
        """
        template = self.own.get(name) or _load_template(name)
        wanted = set(_PLACE.findall(template))
        if wanted != values.keys():
            missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
            msg = f"Template `{name}`: no value for {missing}, no place for {unknown}."
            raise ValueError(msg)
        return _PLACE.sub(lambda place: values[place[1]], template)


SHIPPED = Templates()
"""The templates as they come with vivek."""


def _checked(name: str, text: str, origin: str) -> str:
    text = text.replace("\r\n", "\n")
    wanted = places_of(name)
    known = ", ".join(f"`{{{{{place}}}}}`" for place in sorted(wanted)) or "none"
    there = set()
    for line, place in _opened(text):
        if place not in wanted:
            msg = f"{origin}, line {line}: there is no variable `{place}` in this template."
            raise ConfigError(msg, hint=f"Its variables are: {known}.")
        there.add(place)
    if missing := sorted(wanted - there):
        last = text.rstrip("\n").count("\n") + 1
        msg = f"{origin}, line {last}: the template ends without its variable `{missing[0]}`."
        raise ConfigError(msg, hint=f"It must have each of these: {known}.")
    if not text.strip():
        msg = f"{origin}, line 1: the template is empty."
        raise ConfigError(msg, hint="Write what the model is to be told, or remove the file to use the one that ships.")
    return text.strip("\n")


def _opened(text: str) -> Iterator[tuple[int, str]]:
    """Yield each place of a text with its line, malformed ones as they are written."""
    for number, line in enumerate(text.split("\n"), 1):
        for found in _OPENED.finditer(line):
            well_formed = found[2] and _PLACE.fullmatch(found[0])
            yield number, found[1] if well_formed else found[0]
