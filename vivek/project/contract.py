"""Reads the rules that a user keeps about the architecture, `.vivek/architecture.toml`: layers, bans, limits."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from vivek.config.formats import parse_toml, read_text
from vivek.errors import ConfigError
from vivek.schema.repository import Ban, Contract, LayerRule

FILE = ".vivek/architecture.toml"
"""Where the rules lie, relative to the project's root."""

VERSION = 1

_LAYER = frozenset({"name", "modules"})
_BAN = frozenset({"from", "to", "why", "indirect"})
_KNOWN = frozenset(
    {"version", "layers", "forbidden", "limits.no_cycles", "limits.max_fan_out", "limits.max_complexity"}
)
_HOLDS = "It may hold `[[layers]]` with `name` and `modules`, `[[forbidden]]` with `from` and `to`, and `[limits]`."


def load_contract(root: Path) -> Contract:
    """Return the rules of a project; empty ones where it keeps none.

    Args:
        root: The project's root.

    Raises:
        ConfigError: If the file cannot be read or says what nobody knows; the message names file and line.
    """
    path = root / FILE
    text = read_text(path)
    return parse_contract(text, path) if text else Contract()


def parse_contract(text: str, path: Path) -> Contract:
    """Return the rules that a text states.

    Args:
        text: TOML.
        path: The file, which messages name.

    Raises:
        ConfigError: If it is no TOML, or says what nobody knows.
    """
    values = {key: entry.value for key, entry in parse_toml(text, path).items()}
    page = _Page(text, path)
    for key in values:
        if key not in _KNOWN:
            raise page.refused(f"nobody knows `{key}`", key.rpartition(".")[2])
    version = values.get("version", VERSION)
    if version != VERSION:
        raise page.refused(f"the file has version {version!r}, and this vivek knows version {VERSION}", "version")
    layers = [_layer(page, number, table) for number, table in enumerate(page.tables(values, "layers"))]
    names = [layer.name for layer in layers]
    for number, layer in enumerate(layers):
        if layer.name in names[:number]:
            raise page.at(f"there are several layers called `{layer.name}`", layer.line)
    return Contract(
        FILE,
        tuple(layers),
        tuple(_ban(page, number, table) for number, table in enumerate(page.tables(values, "forbidden"))),
        page.flag(values.get("limits.no_cycles", False), "no_cycles"),
        page.limit(values, "max_fan_out"),
        page.limit(values, "max_complexity"),
    )


class _Page:
    """The text of the rules, to name lines of it in messages."""

    def __init__(self, text: str, path: Path) -> None:
        self._lines = text.split("\n")
        self._path = path

    def tables(self, values: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
        """Return the tables of a list; the value may be anything."""
        found = values.get(key, [])
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
        raise self.refused(f"`{key}` is a list of tables, each begun with `[[{key}]]`", key)

    def line_of(self, key: str, number: int) -> int:
        """Return the line on which a table of a list begins."""
        heads = [at for at, line in enumerate(self._lines, 1) if re.match(rf"\s*\[\[\s*{key}\s*\]\]", line)]
        return heads[number] if number < len(heads) else self._first(key)

    def within(self, key: str, begin: int) -> int:
        """Return the line of a key of the table that begins on a line."""
        for at in range(begin, len(self._lines)):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", self._lines[at]):
                return at + 1
            if self._lines[at].lstrip().startswith("["):
                break
        return begin

    def words(self, value: object, line: int, key: str) -> tuple[str, ...]:
        """Return a list of texts; a text alone is a list of one."""
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip() for one in found):
            raise self.at(f'`{key}` is a list of paths, such as ["till/storage"]', line)
        return tuple(one.strip() for one in found)

    def flag(self, value: object, key: str) -> bool:
        """Return a value that is true or false."""
        if not isinstance(value, bool):
            raise self.refused(f"`{key}` is `true` or `false`", key)
        return value

    def limit(self, values: Mapping[str, object], key: str) -> int | None:
        """Return a limit, None where there is none."""
        value = values.get(f"limits.{key}")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.refused(f"`{key}` is a number from 1 on", key)
        return value

    def refused(self, why: str, key: str) -> ConfigError:
        """Return the error for a key, with its line."""
        return self.at(why, self._first(key))

    def at(self, why: str, line: int) -> ConfigError:
        """Return the error for a line."""
        return ConfigError(f"{self._path}, line {line}: {why}.", hint=_HOLDS)

    def _first(self, key: str) -> int:
        pattern = re.compile(rf"\s*\[*\s*(?:[\w.]+\.)?[\"']?{re.escape(key)}[\"']?\s*[\]=.]")
        return next((at for at, line in enumerate(self._lines, 1) if pattern.match(line)), 1)


def _layer(page: _Page, number: int, table: Mapping[str, object]) -> LayerRule:
    line = page.line_of("layers", number)
    _only(page, table, _LAYER, line)
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise page.at("a layer has a `name`", line)
    modules = table.get("modules")
    if modules is None:
        raise page.at(f"the layer `{name}` does not say its `modules`", line)
    return LayerRule(name.strip(), page.words(modules, page.within("modules", line), "modules"), line)


def _ban(page: _Page, number: int, table: Mapping[str, object]) -> Ban:
    line = page.line_of("forbidden", number)
    _only(page, table, _BAN, line)
    for key in ("from", "to"):
        if key not in table:
            raise page.at(f"what is forbidden does not say `{key}`", line)
    why, indirect = table.get("why", ""), table.get("indirect", False)
    if not isinstance(why, str):
        raise page.at("`why` is a text", page.within("why", line))
    if not isinstance(indirect, bool):
        raise page.at("`indirect` is `true` or `false`", page.within("indirect", line))
    source = page.words(table["from"], page.within("from", line), "from")
    target = page.words(table["to"], page.within("to", line), "to")
    return Ban(source, target, why, indirect, line)


def _only(page: _Page, table: Mapping[str, object], known: frozenset[str], line: int) -> None:
    for key in table:
        if key not in known:
            names = ", ".join(f"`{name}`" for name in sorted(known))
            raise page.at(f"nobody knows `{key}` here; there are {names}", page.within(key, line))
