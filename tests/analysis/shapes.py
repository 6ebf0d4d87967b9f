"""Architectures made by hand, out of imports and little else."""

from collections.abc import Mapping, Sequence

from vivek.analysis.structure.modules import cycles_of
from vivek.schema.architecture import Architecture, Edge, Layer, Module, Violation
from vivek.schema.measures import FunctionMeasures, Hotspot, Place
from vivek.schema.past import History

TOLD = History(commits=9)


def edge(source: str, target: str, line: int = 1, weight: int = 1) -> Edge:
    return Edge(source, target, weight, (Place(source, line),))


def function(path: str, name: str, cognitive: int, line: int = 1) -> FunctionMeasures:
    return FunctionMeasures(name, path, line, line + 9, 1, cognitive, 1, 10, 0)


def spot(path: str, name: str = "", complexity: int = 10, score: float = 0.5) -> Hotspot:
    return Hotspot(path, name, 3 if name else 0, score, 7, complexity)


def broken(rule: str, *edges: Edge) -> Violation:
    return Violation(rule, f"{edges[0].source} must not reach {edges[-1].target}", edges)


def architecture(
    imports: Mapping[str, Sequence[str]],
    *,
    line: int = 1,
    violations: Sequence[Violation] = (),
    complexity: Sequence[FunctionMeasures] = (),
    hotspots: Sequence[Hotspot] = (),
    layers: Sequence[Layer] = (),
    history: History = TOLD,
) -> Architecture:
    """Return the architecture of modules that import each other, each import on the same line."""
    edges = tuple(edge(source, target, line) for source in sorted(imports) for target in sorted(imports[source]))
    paths = sorted({*imports, *(target for targets in imports.values() for target in targets)})
    modules = tuple(
        Module(path, path.rpartition("/")[0] or ".", 10, 0, len(imports.get(path, ())), None, 0, "source")
        for path in paths
    )
    return Architecture(
        modules=modules,
        imports=edges,
        cycles=cycles_of(edges),
        violations=tuple(violations),
        complexity=tuple(complexity),
        hotspots=tuple(hotspots),
        layers=tuple(layers),
        history=history,
    )
