"""The details of an architecture as tables of plain text, which each form draws in its own way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vivek.cli.render.architecture import (
    coupled,
    edge_lines,
    entries,
    import_packages,
    is_untested,
    percent,
    place_of,
    sections_of,
    some,
    way_of,
)
from vivek.schema.architecture import Architecture, Focus

MOST = 15
"""Rows of a table; the others are counted."""

_ARROW = " -> "
_NAMES = 6

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One table.

    Attributes:
        title: What it is about.
        heads: The names of its columns.
        rows: The first of them; names and paths stand there as they are and are made safe by who draws them.
        left: How many more there are.
    """

    title: str
    heads: Row
    rows: tuple[Row, ...]
    left: int = 0


def parts_of(report: Architecture, focus: Focus, most: int = MOST) -> Iterator[Part]:
    """Yield the tables of a report; what has no rows is left out.

    Args:
        report: What was measured.
        focus: What it tells of.
        most: Rows of a table.
    """
    chosen = sections_of(focus)
    for section, title, heads, rows in _TABLES:
        every = list(rows(report)) if section in chosen else []
        if every:
            yield Part(title, heads, tuple(every[:most]), max(0, len(every) - most))


def day_of(seconds: float) -> str:
    """Return the day of a time, as it is in Greenwich: the same everywhere."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):  # a commit may claim any time
        return "unknown"


def _languages(report: Architecture) -> Iterator[Row]:
    for each in report.languages:
        followed = "followed" if each.imports else "not followed"
        yield each.name, f"{each.files:,}", f"{each.lines:,}", percent(each.share), followed


def _packages(report: Architecture) -> Iterator[Row]:
    for each in import_packages(report):
        yield each.source or ".", each.target or ".", f"{each.weight:,}"


def _modules(report: Architecture) -> Iterator[Row]:
    for each in sorted(report.modules, key=lambda one: (-one.fan_in, -one.fan_out, one.path)):
        if each.fan_in or each.fan_out:
            share = "" if each.instability is None else f"{each.instability:.2f}"
            yield each.path, f"{each.fan_in:,}", f"{each.fan_out:,}", share, f"{each.depth:,}", f"{each.lines:,}"


def _cycles(report: Architecture) -> Iterator[Row]:
    for each in report.cycles:
        way = way_of(each)
        shown = _ARROW.join(way) if len(way) <= _NAMES + 1 else f"{_ARROW.join(way[:_NAMES])}{_ARROW}…"
        yield f"{len(each.modules):,}", shown, edge_lines(each.cut)


def _layers(report: Architecture) -> Iterator[Row]:
    for at, each in enumerate(report.layers, 1):
        kind = "proposed" if each.proposed else "kept"
        yield str(at), each.name, f"{len(each.modules):,}", kind, some(each.modules)


def _violations(report: Architecture) -> Iterator[Row]:
    for each in report.violations:
        yield each.rule, each.told, edge_lines(each.edges, _NAMES)


def _debts(report: Architecture) -> Iterator[Row]:
    for at, each in enumerate(report.antipatterns, 1):
        where = some(map(place_of, each.evidence))
        yield str(each.order or at), each.kind, each.weight, each.effort, where, each.told


def _hotspots(report: Architecture) -> Iterator[Row]:
    for each in report.hotspots:
        where = f"{each.path}:{each.line} {each.name}" if each.name else each.path
        yield f"{each.score:.2f}", f"{each.changes:,}", f"{each.complexity:,}", where


def _complexity(report: Architecture) -> Iterator[Row]:
    for each in report.complexity:
        figures = (each.cognitive, each.cyclomatic, each.nesting, each.length, each.parameters)
        yield *(f"{figure:,}" for figure in figures), f"{each.path}:{each.line} {each.name}"


def _history(report: Architecture) -> Iterator[Row]:
    counted = (one for one in report.history.files if one.commits)
    for each in sorted(counted, key=lambda one: (-one.commits, one.path)):
        lines = f"+{each.added:,} -{each.removed:,}"
        yield f"{each.commits:,}", lines, day_of(each.last), f"{each.bus_factor:,}", each.path


def _couplings(report: Architecture) -> Iterator[Row]:
    for each, joined in coupled(report):
        yield f"{each.together:,}", percent(each.share), joined, each.one, each.other


def _copies(report: Architecture) -> Iterator[Row]:
    for each in report.duplicates:
        yield f"{each.tokens:,}", some(f"{path}:{first}-{last}" for path, first, last in each.places)


def _dead(report: Architecture) -> Iterator[Row]:
    yield from ((each,) for each in report.dead)


def _untested(report: Architecture) -> Iterator[Row]:
    yield from ((each,) for each in report.tests.untested if not is_untested(report))


def _empty(report: Architecture) -> Iterator[Row]:
    for name, place in report.tests.empty:
        yield name.rpartition("::")[2], place_of(place)


def _known(report: Architecture) -> Iterator[Row]:
    places: dict[tuple[str, str], list[str]] = {}
    for each in (*entries(report), *(known for known in report.known if known.kind != "entry point")):
        places.setdefault((each.kind, each.name), []).append(place_of(each.place))
    yield from ((kind, name, some(where)) for (kind, name), where in places.items())


def _tooling(report: Architecture) -> Iterator[Row]:
    for each in report.tooling:
        yield each.kind, each.command, place_of(each.place)


_TABLES: Sequence[tuple[str, str, Row, Callable[[Architecture], Iterable[Row]]]] = (
    ("languages", "Languages", ("language", "files", "lines", "share", "imports"), _languages),
    ("known", "Entry points, settings, stores and services", ("kind", "name", "where"), _known),
    ("packages", "Imports between packages, those of tests last", ("from", "to", "imports"), _packages),
    (
        "modules",
        "Modules, the most imported first",
        ("module", "imported by", "imports", "instability", "depth", "lines"),
        _modules,
    ),
    ("cycles", "Cycles of imports", ("modules", "a way round", "cheapest to cut"), _cycles),
    ("layers", "Layers, from the top down", ("", "layer", "modules", "", "such as"), _layers),
    ("violations", "Imports against the rules", ("rule", "what", "import"), _violations),
    ("antipatterns", "What to mend first", ("", "kind", "weight", "effort", "where", "what"), _debts),
    ("hotspots", "Hotspots: changed often and involved", ("score", "changes", "complexity", "where"), _hotspots),
    (
        "complexity",
        "Functions, the most involved first",
        ("cognitive", "cyclomatic", "nesting", "length", "parameters", "where"),
        _complexity,
    ),
    ("history", "Files, the most changed first", ("commits", "lines", "last", "bus factor", "file"), _history),
    ("history", "Files that change together", ("together", "share", "import", "one", "other"), _couplings),
    ("duplicates", "Code that stands in several places", ("tokens", "where"), _copies),
    ("dead", "What nothing seems to use", ("name",), _dead),
    ("tests", "Modules that no test reaches by imports", ("module",), _untested),
    ("tests", "Tests that assert nothing", ("test", "where"), _empty),
    ("tooling", "Commands that these files point to; none was run", ("kind", "command", "where"), _tooling),
)
