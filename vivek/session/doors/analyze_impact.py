"""What hangs on what in a project: impact of a change, ways of imports, a tour. No model, no graph, no network."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from vivek.analysis.structure.architecture import describe
from vivek.analysis.structure.impact import impact_of, needs_of, tour_of, users_of, way_between
from vivek.analysis.structure.modules import edges_of, graph_of
from vivek.errors import ConfigError
from vivek.project.index.base import Lookup
from vivek.schema.impact import Impact, ImportWay, Stop, Tour
from vivek.schema.index import Definition
from vivek.schema.measures import Place as Spot
from vivek.session.doors.analyze import opened_facts
from vivek.session.place import Place

_MANY = 200
_USERS = 5_000
_NAMES = 4
_NEAR = 5


def impact(place: Place, symbol: str) -> Impact:
    """Return what a change of a name or a file may break.

    Args:
        place: The project.
        symbol: A name, qualified or not, also by its module (`till.prices.Price`), `FILE::NAME`, or a file.

    Raises:
        ConfigError: If nothing is called so.
        IndexingError: If the index cannot be read or written.
    """
    with opened_facts(place) as (lookup, facts):
        needs = needs_of(facts.files)
        roles = {file.path: file.role for file in facts.files}
        found = _definitions(symbol, lookup)
        file = None if found else _file_of(symbol, roles)
        found = found or (() if file else _of_module(symbol, lookup))
        if file is not None:
            importers: dict[str, tuple[int, ...]] = {
                path: (lines[file],) for path, lines in needs.items() if file in lines
            }
            return impact_of(file, "module", Spot(file), importers, needs, roles)
        if not found:
            raise _unknown(symbol, lookup, roles)
        one = found[0]
        uses = lookup.references(one.last, limit=_USERS)
        users, others = users_of(one.path, uses, needs, member="." in one.name)
        return impact_of(one.name, one.kind, Spot(one.path, one.line), users, needs, roles, _notes(found, others))


def why(place: Place, start: str, end: str) -> ImportWay:
    """Return the shortest way of imports from one module to another, and one back.

    Args:
        place: The project.
        start: A file, or a module by its dotted name, whole or the end of it.
        end: The same.

    Raises:
        ConfigError: If one of them is no module, or several are called so.
        IndexingError: If the index cannot be read or written.
    """
    with opened_facts(place) as (_, facts):
        edges = edges_of(facts.files)
        paths = {file.path: file.role for file in facts.files if file.code}
        ends = []
        for name in (start, end):
            path = _file_of(name, paths)
            if path is None:
                msg = f"No module is called `{name}`."
                raise ConfigError(msg, hint=_hint(_similar(name, paths)))
            ends.append(path)
        return way_between(ends[0], ends[1], edges, graph_of(edges))


def tour(place: Place) -> Tour:
    """Return an order in which to read a project.

    Raises:
        ConfigError: If this is no project.
        IndexingError: If the index cannot be read or written.
    """
    with opened_facts(place) as (lookup, facts):
        found = tour_of(describe(facts))
        return replace(found, stops=tuple(_with_names(stop, lookup) for stop in found.stops))


def _with_names(stop: Stop, lookup: Lookup) -> Stop:
    """Return a stop with what it defines that most other files use."""
    names = dict.fromkeys(one.name for one in lookup.definitions_in(stop.path) if "." not in one.name)
    users = {name: len(lookup.references(name).keys() - {stop.path}) for name in names if not name.startswith("_")}
    best = sorted((name for name in users if users[name]), key=lambda name: -users[name])
    return replace(stop, names=tuple(best[:_NAMES]))


def _definitions(symbol: str, lookup: Lookup) -> Sequence[Definition]:
    """Return the definitions that are called exactly so, those of sources first."""
    path, inside, name = symbol.rpartition("::")
    dotted = (name if inside else symbol).replace("::", ".").replace("#", ".")
    found = [
        one
        for one in lookup.definitions(dotted, limit=_MANY)
        if one.kind != "heading" and f".{one.name}".endswith(f".{dotted}")
    ]
    if inside and "." in path:
        found = [one for one in found if one.path == path or one.path.endswith(f"/{path}")]
    whole = [one for one in found if one.name == dotted]
    return whole or found


def _of_module(symbol: str, lookup: Lookup) -> Sequence[Definition]:
    """Return the definitions that are called so with the dotted name of their module before it."""
    parts = symbol.replace("::", ".").split(".")
    for at in range(len(parts) - 1, 0, -1):
        folder, name = "/".join(parts[:at]), ".".join(parts[at:])
        found = [one for one in _definitions(name, lookup) if f"/{_module(one.path)}".endswith(f"/{folder}")]
        if found:
            return found
    return ()


def _file_of(name: str, paths: Mapping[str, str]) -> str | None:
    """Return the file that a path, the end of one, or a dotted module means; None for none.

    Raises:
        ConfigError: If several files are called so.
    """
    if name in paths:
        return name
    ends = [f"/{name.removeprefix('./')}"]
    dotted = name.replace("::", "/").replace(".", "/")
    found = [path for path in paths if any(f"/{path}".endswith(end) for end in ends)]
    found = found or [path for path in paths if f"/{_module(path)}".endswith(f"/{dotted}")]
    if len(found) > 1:
        whole = [path for path in found if _module(path) == dotted]
        found = whole or found
    if len(found) > 1:
        named = ", ".join(sorted(found)[:_NEAR])
        msg = f"Several modules are called `{name}`: {named}."
        raise ConfigError(msg, hint="Write the whole path.")
    return found[0] if found else None


def _module(path: str) -> str:
    stem = path.rpartition(".")[0] or path
    return stem.removesuffix("/__init__").removesuffix("/index").removesuffix("/mod")


def _notes(found: Sequence[Definition], others: int) -> tuple[str, ...]:
    notes = []
    if len(found) > 1:
        places = ", ".join(f"{one.path}::{one.name}" for one in found[1 : _NEAR + 1])
        notes.append(f"{len(found)} definitions are called so; this is about the first. The others: {places}.")
    if others:
        files = "1 file uses" if others == 1 else f"{others:,} files use"
        notes.append(f"{files} such a name without needing this one; the index takes it for another.")
    return tuple(notes)


def _unknown(symbol: str, lookup: Lookup, paths: Mapping[str, str]) -> ConfigError:
    last = symbol.rpartition("::")[2].rpartition(".")[2]
    near: list[str] = []
    with suppress(ValueError):
        near = [one.name for one in lookup.definitions_like(f"{last}*", limit=_NEAR)] if last.isidentifier() else []
    return ConfigError(f"Nothing is called `{symbol}`.", hint=_hint(near or _similar(symbol, paths)))


def _similar(name: str, paths: Mapping[str, str]) -> list[str]:
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].rpartition(".")[2].lower()
    return [path for path in sorted(paths) if last and last in path.lower()][:_NEAR]


def _hint(near: Sequence[str]) -> str:
    if near:
        return f"Close to it: {', '.join(dict.fromkeys(near))}."
    return "`vivek index search TEXT` finds lines, `vivek index symbols NAME` finds definitions."
