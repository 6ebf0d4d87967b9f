"""What changed of an architecture from one version to another. Pure.

Both are told by the names of the later version: what was only renamed did not change.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from vivek.schema.architecture import Architecture, Edge, Layer, Violation
from vivek.schema.drift import Changed, Drift, GrownCycle, Moved, Revision

Names = Mapping[str, str]
"""From the earlier to the later name of files that were renamed."""

_Key = TypeVar("_Key", str, tuple[str, str], tuple[str, str, str])
_Value = TypeVar("_Value")
_NUMBER = re.compile(r"\d[\d,.]*")
_GUESSED = "Layers are proposed from the imports, and came out differently: no module is said to have moved."
_STIR = 0.05  # scores are shares of the hottest file's: a smaller change may be that of another file


def compare(
    old: Architecture, new: Architecture, names: Names, versions: tuple[Revision, Revision], told: Sequence[str] = ()
) -> Drift:
    """Return how an architecture changed.

    Args:
        old: The earlier version.
        new: The later one.
        names: From the earlier to the later name of files that were renamed.
        versions: What the versions are called.
        told: What limits the comparison.
    """
    before = {names.get(each.path, each.path): each.path for each in old.modules}
    after = {each.path: each.path for each in new.modules}
    imports, imports_now = _edges(old.imports, names), _edges(new.imports, {})
    packages, packages_now = _edges(old.packages, {}), _edges(new.packages, {})
    broken = {violation_key(each, names): each for each in old.violations}
    broken_now = {violation_key(each, {}): each for each in new.violations}
    then = tuple(tuple(_named(each.modules, names)) for each in old.cycles)
    now = tuple(each.modules for each in new.cycles)
    grown = {each: joined for each in new.cycles if (joined := joined_by(each.modules, then))}
    return Drift(
        *versions,
        figures=_figures(old, new),
        modules_added=_without(after, before),
        modules_removed=tuple(sorted(_without(before, after))),
        renamed=tuple(Moved(new_name, name, new_name) for name, new_name in sorted(names.items()) if new_name in after),
        packages_added=_without(packages_now, packages),
        packages_removed=_without(packages, packages_now),
        imports_added=_without(imports_now, imports),
        imports_removed=_without(imports, imports_now),
        cycles_added=tuple(each for each in grown if len(grown[each]) == len(each.modules)),
        cycles_grown=tuple(
            GrownCycle(each, joined) for each, joined in grown.items() if len(joined) < len(each.modules)
        ),
        cycles_removed=tuple(
            each for each, members in zip(old.cycles, then, strict=True) if not _lives_on(members, now)
        ),
        violations_added=_without(broken_now, broken),
        violations_removed=_without(broken, broken_now),
        relayered=_relayered(old.layers, new.layers, names),
        complexity=_complexity(old, new, names),
        hotspots=_hotspots(old, new, names),
        told=(*told, *([_GUESSED] if _guessed_twice(old.layers, new.layers) else [])),
    )


def violation_key(violation: Violation, names: Names) -> tuple[str, str, str]:
    """Return what stays the same of a broken rule: the rule, and the ends of its imports by their later names.

    Of a limit: the file, and what is said of it without its name and without figures.
    """
    if violation.edges:
        first, last = violation.edges[0].source, violation.edges[-1].target
        return violation.rule, names.get(first, first), names.get(last, last)
    path = violation.places[0].path if violation.places else ""
    told = violation.told.replace(path, "it") if path else violation.told
    return violation.rule, names.get(path, path), _NUMBER.sub("N", told)


def joined_by(members: Sequence[str], earlier: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the modules that were drawn into a cycle: none where they were in one cycle before, all of a new one.

    Args:
        members: The modules of a cycle.
        earlier: Those of the cycles that were there before.
    """
    most: frozenset[str] = frozenset()
    for each in earlier:
        shared = frozenset(members).intersection(each)
        if len(shared) > len(most):
            most = shared
    held = most if len(most) > 1 else frozenset()
    return tuple(each for each in members if each not in held)


def _lives_on(members: Sequence[str], now: Iterable[Sequence[str]]) -> bool:
    """Tell whether two modules of a cycle are in one cycle still."""
    return any(len(frozenset(members).intersection(each)) > 1 for each in now)


def _figures(old: Architecture, new: Architecture) -> dict[str, tuple[int, int]]:
    def of(value: Architecture) -> dict[str, int]:
        return {
            "modules": len(value.modules),
            "lines of code": sum(each.lines for each in value.modules),
            "imports": len(value.imports),
            "cycles": len(value.cycles),
            "modules in cycles": sum(len(each.modules) for each in value.cycles),
            "broken rules": len(value.violations),
            "functions": len(value.complexity),
            "cognitive complexity": sum(each.cognitive for each in value.complexity),
        }

    before, after = of(old), of(new)
    return {name: (before[name], after[name]) for name in before}


def _without(these: Mapping[_Key, _Value], those: Mapping[_Key, object]) -> tuple[_Value, ...]:
    return tuple(these[key] for key in sorted(these) if key not in those)


def _edges(edges: Iterable[Edge], names: Names) -> dict[tuple[str, str], Edge]:
    found = (
        replace(each, source=names.get(each.source, each.source), target=names.get(each.target, each.target))
        for each in edges
    )
    return {(each.source, each.target): each for each in found}


def _named(paths: Iterable[str], names: Names) -> list[str]:
    return [names.get(path, path) for path in paths]


def _relayered(old: Sequence[Layer], new: Sequence[Layer], names: Names) -> tuple[Moved, ...]:
    if _guessed_twice(old, new):
        return ()
    before = {names.get(path, path): layer.name for layer in old for path in layer.modules}
    after = {path: layer.name for layer in new for path in layer.modules}
    both = sorted(before.keys() & after.keys())
    return tuple(Moved(path, before[path], after[path]) for path in both if before[path] != after[path])


def _guessed_twice(old: Sequence[Layer], new: Sequence[Layer]) -> bool:
    """Tell whether layers were proposed, and differently: then nobody can tell which module was moved."""
    proposed = any(each.proposed for each in (*old, *new))
    return proposed and {each.name for each in old} != {each.name for each in new}


def _complexity(old: Architecture, new: Architecture, names: Names) -> tuple[Changed, ...]:
    before = {(names.get(each.path, each.path), each.name): each.cognitive for each in old.complexity}
    after = {(each.path, each.name): each for each in new.complexity}
    lines = {key: each.line for key, each in after.items()}
    return _changes(before, {key: each.cognitive for key, each in after.items()}, lines, least=1)


def _hotspots(old: Architecture, new: Architecture, names: Names) -> tuple[Changed, ...]:
    before = {(names.get(each.path, each.path), ""): each.score for each in old.hotspots if not each.name}
    after = {(each.path, ""): each.score for each in new.hotspots if not each.name}
    return _changes(before, after, {}, least=_STIR)


def _changes(
    before: Mapping[tuple[str, str], float],
    after: Mapping[tuple[str, str], float],
    lines: Mapping[tuple[str, str], int],
    *,
    least: float,
) -> tuple[Changed, ...]:
    """Return the figures that changed by so much or more; one that is not there counts as 0."""
    found = [
        Changed(*key, lines.get(key, 0), before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if abs(after.get(key, 0) - before.get(key, 0)) >= least
    ]
    return tuple(sorted(found, key=lambda each: (-abs((each.after or 0) - (each.before or 0)), each.path, each.name)))
