"""Proposes layers: which folders stand above which, by the imports between them. Pure; equal graphs, equal layers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import takewhile

from vivek.analysis.structure.graphs import Graph, depths, merged
from vivek.schema.architecture import Edge, Layer

MOST = 8
"""Layers of a proposal: more of them nobody keeps in mind."""

_ASIDE = frozenset({"benchmarks", "bench", "scripts", "examples", "docs", "doc", "tools", "bin", "samples", "demo"})
_MOSTLY = 0.7  # of the sources: then the folder at the top that holds them is taken apart, else each is one
_CLEAR = 4  # times as many imports one way as the other: then the few go against the grain
_SHOWN = 4  # folders that a layer is named after


def propose(paths: Collection[str], graph: Graph) -> tuple[Layer, ...]:
    """Return layers from the top down; folders that neither import nor are imported have no place in them.

    The folders right below the one that holds all sources are ordered by how deep the imports below them go. Where two
    of them import each other, the few imports count as exceptions, and without few ones both are one layer.

    Args:
        paths: The sources; tests are above everything anyway.
        graph: Their imports.
    """
    unit = _units(paths)
    between = _without_exceptions(merged({path: graph.get(path, {}) for path in unit}, unit))
    into = {target for targets in between.values() for target in targets}
    levels: dict[int, list[str]] = {}
    for name, depth in depths(between).items():
        if between.get(name) or name in into:
            levels.setdefault(depth, []).append(name)
    if len(levels) < 2:
        return ()
    sizes = _counted(unit)
    groups = _few([sorted(levels[depth]) for depth in sorted(levels, reverse=True)], sizes)
    members: dict[str, list[str]] = {}
    for path in sorted(unit):
        members.setdefault(unit[path], []).append(path)
    named = (_named(group, sizes) for group in groups)
    return tuple(
        Layer(name, tuple(sorted(path for each in group for path in members[each])))
        for name, group in zip(named, groups, strict=True)
    )


def layer_numbers(layers: Sequence[Layer]) -> dict[str, int]:
    """Return from each module to the number of its layer, 0 for the top."""
    return {path: number for number, layer in enumerate(layers) for path in layer.modules}


def upward(edges: Iterable[Edge], layers: Sequence[Layer]) -> list[Edge]:
    """Return the imports that go from a layer to one above it."""
    number = layer_numbers(layers)
    return [edge for edge in edges if number.get(edge.source, -1) > number.get(edge.target, len(layers))]


def is_aside(path: str) -> bool:
    """Tell whether a file lies in a folder at the top that is there beside the program: benchmarks, scripts."""
    return path.partition("/")[0] in _ASIDE


def _units(paths: Collection[str]) -> dict[str, str]:
    """Return from each source to what it counts for: the folder right below the one that holds them all."""
    tops: dict[str, list[str]] = {}
    for path in paths:
        tops.setdefault(path.partition("/")[0] if "/" in path else "", []).append(path)
    found: dict[str, str] = {}
    several = len(tops) > 1
    largest = max(tops, key=lambda top: (top not in _ASIDE, len(tops[top]), top), default="")
    whole = sum(len(held) for top, held in tops.items() if top not in _ASIDE)
    apart = len(tops.get(largest, ())) >= _MOSTLY * whole
    for top, held in tops.items():
        if several and top in _ASIDE:
            continue
        if several and not (apart and top == largest):
            found.update({path: top or path.partition(".")[0] for path in held})
            continue
        depth = _shared([path.split("/")[:-1] for path in held])
        found.update({path: path.split("/")[depth].partition(".")[0] for path in held})
    return found


def _shared(folders: Sequence[Sequence[str]]) -> int:
    """Return how many folders all of some paths have in common."""
    return len(list(takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))))


def _without_exceptions(between: Graph) -> dict[str, dict[str, int]]:
    """Return the graph without those imports that go against many more the other way."""
    return {
        source: {
            target: weight
            for target, weight in targets.items()
            if weight * _CLEAR > between.get(target, {}).get(source, 0)
        }
        for source, targets in between.items()
    }


def _few(levels: list[list[str]], sizes: Mapping[str, int]) -> list[list[str]]:
    """Join neighbours until there are few enough, those first that are small together."""
    while len(levels) > MOST:
        weights = [sum(sizes[name] for level in levels[at : at + 2] for name in level) for at in range(len(levels) - 1)]
        at = weights.index(min(weights))
        levels[at : at + 2] = [sorted(levels[at] + levels[at + 1])]
    return levels


def _counted(unit: Mapping[str, str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for name in unit.values():
        sizes[name] = sizes.get(name, 0) + 1
    return sizes


def _named(group: Sequence[str], sizes: Mapping[str, int]) -> str:
    best = sorted(group, key=lambda name: (-sizes[name], name))[:_SHOWN]
    more = f" and {len(group) - _SHOWN} more" if len(group) > _SHOWN else ""
    return " | ".join(sorted(best)) + more
