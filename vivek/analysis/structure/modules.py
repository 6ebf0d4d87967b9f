"""The graph of imports: which file needs which, where it is written, and what that makes of each file. Pure."""

from collections.abc import Collection, Iterable

from vivek.analysis.structure.graphs import (
    MOST_LOOKS,
    Graph,
    cheapest_cut,
    cycles,
    depths,
    edge_list,
    merged,
    reversed_graph,
)
from vivek.schema.architecture import Cycle, Edge, Module
from vivek.schema.measures import Place
from vivek.schema.repository import SourceFile

ROOT = "."
"""The package of what lies at the root."""

_PLACES = 5  # of the imports between two packages: there may be hundreds
_ROLES = frozenset({"source", "test", "generated"})


def is_module(file: SourceFile) -> bool:
    """Tell whether a file is code of this repository that somebody here can read."""
    return file.code and file.role in _ROLES


def edges_of(files: Iterable[SourceFile]) -> tuple[Edge, ...]:
    """Return the imports among modules, sorted; what only says which file belongs to which is none."""
    modules = [file for file in files if is_module(file)]
    known = {file.path for file in modules}
    weights: dict[tuple[str, str], int] = {}
    places: dict[tuple[str, str], list[Place]] = {}
    for file in modules:
        for link in file.links:
            if link.kind != "import":
                continue
            weight = link.names if len(link.targets) == 1 else 1
            for target in link.targets:
                if target in known:
                    ends = file.path, target
                    weights[ends] = weights.get(ends, 0) + weight
                    places.setdefault(ends, []).append(Place(file.path, link.line))
    return tuple(Edge(*ends, weight, tuple(dict.fromkeys(places[ends]))) for ends, weight in sorted(weights.items()))


def graph_of(edges: Iterable[Edge]) -> dict[str, dict[str, int]]:
    """Return edges as a graph, with their weights."""
    graph: dict[str, dict[str, int]] = {}
    for edge in edges:
        graph.setdefault(edge.source, {})[edge.target] = edge.weight
    return graph


def modules_of(files: Iterable[SourceFile], graph: Graph) -> tuple[Module, ...]:
    """Return the modules, sorted by path, with what the graph makes of them."""
    into = reversed_graph(graph)
    deep = depths(graph)
    found = []
    for file in sorted(files, key=lambda each: each.path):
        if is_module(file):
            fan_in, fan_out = len(into.get(file.path, ())), len(graph.get(file.path, ()))
            instability = round(fan_out / (fan_in + fan_out), 4) if fan_in + fan_out else None
            found.append(
                Module(
                    file.path,
                    package_of(file.path),
                    file.measures.code,
                    fan_in,
                    fan_out,
                    instability,
                    deep.get(file.path, 0),
                    file.role,
                )
            )
    return tuple(found)


def package_of(path: str) -> str:
    """Return the folder of a file, `.` for the root."""
    return path.rpartition("/")[0] or ROOT


def packages_of(edges: Iterable[Edge], paths: Collection[str]) -> tuple[Edge, ...]:
    """Return the imports between packages, sorted; the weight counts imports of modules, the places are theirs."""
    edges = tuple(edges)
    graph = merged(graph_of(edges), {path: package_of(path) for path in paths})
    places: dict[tuple[str, str], list[Place]] = {}
    for edge in edges:
        places.setdefault((package_of(edge.source), package_of(edge.target)), []).extend(edge.places)
    return tuple(
        Edge(source, target, weight, tuple(places[source, target][:_PLACES]))
        for source, targets in sorted(graph.items())
        for target, weight in sorted(targets.items())
    )


def cycles_of(edges: Iterable[Edge]) -> tuple[Cycle, ...]:
    """Return the cycles of imports, the largest first, each with its edges and the cheapest ones to cut."""
    by_ends = {(edge.source, edge.target): edge for edge in edges}
    graph = graph_of(by_ends.values())
    found = []
    all_cycles = cycles(graph)
    looks = MOST_LOOKS // max(1, len(all_cycles))  # a repository with a hundred large ones takes no longer than one
    for members in all_cycles:
        among = tuple(by_ends[source, target] for source, target, _ in edge_list(graph, frozenset(members)))
        cut = tuple(by_ends[ends] for ends in cheapest_cut(graph, members, looks=looks))
        found.append(Cycle(members, among, cut))
    return tuple(found)
