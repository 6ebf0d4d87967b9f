"""What a report says of some files only: they, their cycles and hotspots, and what depends on them. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from vivek.schema.architecture import Architecture, Edge, Extent, LanguageShare, Layer, Limits, Module
from vivek.schema.measures import Reach
from vivek.schema.past import History
from vivek.syntax.languages import language_of

Within = Callable[[str], bool]
"""Tells whether a path belongs to what a report is narrowed to."""


def narrowed(report: Architecture, extent: Extent, within: Within, *, dependants: bool = False) -> Architecture:
    """Return what a report says of some files; figures stay what they are in the whole repository.

    Args:
        report: The report on the whole repository.
        extent: What it is narrowed to, in words and names.
        within: Tells whether a file belongs to that.
        dependants: Whether the modules that import one of those files stay, too.
    """
    imports = tuple(edge for edge in report.imports if within(edge.source) or within(edge.target))
    users = {edge.source for edge in imports} if dependants else set()
    modules = tuple(each for each in report.modules if within(each.path) or each.path in users)
    own = tuple(each for each in modules if within(each.path))
    packages = {each.package for each in own}
    return replace(
        report,
        extent=extent,
        languages=_languages(report.languages, own),
        modules=modules,
        imports=imports,
        packages=tuple(edge for edge in report.packages if edge.source in packages or edge.target in packages),
        cycles=tuple(each for each in report.cycles if any(map(within, each.modules))),
        layers=_layers(report.layers, within),
        violations=tuple(
            each
            for each in report.violations
            if _touches(each.edges, within) or any(within(at.path) for at in each.places)
        ),
        complexity=tuple(each for each in report.complexity if within(each.path)),
        hotspots=tuple(each for each in report.hotspots if within(each.path)),
        history=_history(report.history, within),
        duplicates=tuple(each for each in report.duplicates if any(within(path) for path, _, _ in each.places)),
        antipatterns=tuple(each for each in report.antipatterns if any(within(at.path) for at in each.evidence)),
        tests=_tests(report.tests, within),
        known=tuple(each for each in report.known if within(each.place.path)),
        tooling=tuple(each for each in report.tooling if within(each.place.path)),
        dead=tuple(each for each in report.dead if within(each.partition("::")[0])),
        limits=_limits(report.limits, within),
    )


def _touches(edges: Iterable[Edge], within: Within) -> bool:
    return any(within(edge.source) or within(edge.target) for edge in edges)


def _languages(every: tuple[LanguageShare, ...], modules: Iterable[Module]) -> tuple[LanguageShare, ...]:
    lines: dict[str, int] = {}
    files: dict[str, int] = {}
    for module in modules:
        name = language_of(module.path) or ""
        lines[name] = lines.get(name, 0) + module.lines
        files[name] = files.get(name, 0) + 1
    whole = sum(lines.values()) or 1
    kept = (
        LanguageShare(each.name, files[each.name], lines[each.name], round(lines[each.name] / whole, 4), each.imports)
        for each in every
        if each.name in files
    )
    return tuple(sorted(kept, key=lambda each: (-each.lines, each.name)))


def _layers(layers: Iterable[Layer], within: Within) -> tuple[Layer, ...]:
    kept = (replace(each, modules=tuple(path for path in each.modules if within(path))) for each in layers)
    return tuple(each for each in kept if each.modules)


def _history(history: History, within: Within) -> History:
    return replace(
        history,
        files=tuple(each for each in history.files if within(each.path)),
        couplings=tuple(each for each in history.couplings if within(each.one) or within(each.other)),
    )


def _tests(tests: Reach, within: Within) -> Reach:
    return Reach(
        covered={path: by for path, by in tests.covered.items() if within(path)},
        untested=tuple(path for path in tests.untested if within(path)),
        empty=tuple(each for each in tests.empty if within(each[1].path)),
    )


def _limits(limits: Limits, within: Within) -> Limits:
    return replace(limits, faults=tuple(each for each in limits.faults if within(each[0])))
