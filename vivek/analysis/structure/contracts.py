"""Holds the graph of imports against the rules that the user keeps. Pure."""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from vivek.analysis.structure.graphs import Graph, shortest
from vivek.analysis.structure.modules import graph_of
from vivek.schema.architecture import Cycle, Edge, Layer, Module, Violation
from vivek.schema.measures import FunctionMeasures, Place
from vivek.schema.repository import Ban, Contract

_WILD = re.compile(r"(\*\*/?|\*|\?)")


def layers_of(contract: Contract, paths: Collection[str]) -> tuple[Layer, ...]:
    """Return the layers that the user wrote down, with their modules; a module belongs to the first that names it."""
    left = sorted(paths)
    found = []
    for rule in contract.layers:
        inside = [path for path in left if _fits(path, rule.patterns)]
        left = [path for path in left if path not in frozenset(inside)]
        found.append(Layer(rule.name, tuple(inside), proposed=False))
    return tuple(found)


def violations_of(
    contract: Contract,
    modules: Sequence[Module],
    edges: Sequence[Edge],
    cycles: Iterable[Cycle],
    functions: Iterable[FunctionMeasures],
) -> tuple[Violation, ...]:
    """Return what breaks the rules, in the order in which they stand in the file."""
    by_ends = {(edge.source, edge.target): edge for edge in edges}
    graph = graph_of(edges)
    paths = [module.path for module in modules]
    found = [*_upward(contract, paths, graph, by_ends)]
    for ban in contract.bans:
        found += _banned(ban, paths, graph, by_ends)
    if contract.no_cycles:
        found += [_circular(cycle) for cycle in cycles]
    if contract.max_fan_out is not None:
        found += [
            Violation(
                "max_fan_out",
                f"{module.path} imports {module.fan_out} modules; at most {contract.max_fan_out} are allowed",
                (),
                (Place(module.path),),
            )
            for module in modules
            if module.fan_out > contract.max_fan_out and module.role == "source"
        ]
    if contract.max_complexity is not None:
        found += [
            Violation(
                "max_complexity",
                f"{one.name} has {one.cyclomatic} ways through it; at most {contract.max_complexity} are allowed",
                (),
                (Place(one.path, one.line),),
            )
            for one in functions
            if one.cyclomatic > contract.max_complexity
        ]
    return tuple(found)


def idle_rules(contract: Contract, paths: Collection[str]) -> tuple[str, ...]:
    """Return what the rules name that is not there, in sentences: a rule about nothing holds without saying so."""
    named = [(rule.line, f"the layer `{rule.name}`", rule.patterns) for rule in contract.layers]
    named += [(ban.line, "what is forbidden", (*ban.source, *ban.target)) for ban in contract.bans]
    return tuple(
        f"{contract.path}:{line}: {what} names `{pattern}`, and no module is called so."
        for line, what, patterns in named
        for pattern in patterns
        if not any(_fits(path, (pattern,)) for path in paths)
    )


def _upward(
    contract: Contract, paths: Collection[str], graph: Graph, by_ends: Mapping[tuple[str, str], Edge]
) -> Iterator[Violation]:
    layers = layers_of(contract, paths)
    number = {path: at for at, layer in enumerate(layers) for path in layer.modules}
    for source in sorted(number):
        for way in _ways_out(graph, source, number):
            if number[way[-1]] < number[source]:
                lower, upper = layers[number[source]].name, layers[number[way[-1]]].name
                told = f"{source} reaches {way[-1]}, and `{lower}` is below `{upper}`"
                yield Violation("layers", told, _edges(way, by_ends))


def _ways_out(graph: Graph, start: str, inside: Collection[str]) -> list[list[str]]:
    """Return a shortest way to each module of a layer that is reached directly, or over modules of no layer."""
    before = {start: start}
    waiting = deque([start])
    found = []
    while waiting:
        node = waiting.popleft()
        for target in sorted(graph.get(node, ())):
            if target in before:
                continue
            before[target] = node
            if target not in inside:
                waiting.append(target)
                continue
            way = [target]
            while way[-1] != start:
                way.append(before[way[-1]])
            found.append(way[::-1])
    return found


def _banned(
    ban: Ban, paths: Collection[str], graph: Graph, by_ends: Mapping[tuple[str, str], Edge]
) -> Iterator[Violation]:
    sources = {path for path in paths if _fits(path, ban.source)}
    targets = {path for path in paths if _fits(path, ban.target)}
    if targets < sources:  # a folder is kept from a part of itself
        sources -= targets
    else:
        targets -= sources
    why = f": {ban.why}" if ban.why else ""
    for source in sorted(sources):
        direct = [[source, target] for target in sorted(graph.get(source, ())) if target in targets]
        ways = direct or ([_over_others(graph, source, sources, targets)] if ban.indirect else [])
        for way in ways:
            if way:
                yield Violation("forbidden", f"{source} must not reach {way[-1]}{why}", _edges(way, by_ends))


def _over_others(graph: Graph, source: str, sources: Collection[str], targets: Collection[str]) -> list[str]:
    """Return a shortest way to what is forbidden that does not pass by another one of whom the same is asked."""
    outside = {
        node: {to: weight for to, weight in reached.items() if to not in sources or to == source}
        for node, reached in graph.items()
    }
    ways = [way for target in sorted(targets) if (way := shortest(outside, source, target)) is not None]
    return min(ways, key=lambda way: (len(way), way), default=[])


def _circular(cycle: Cycle) -> Violation:
    graph = graph_of(cycle.edges)
    by_ends = {(edge.source, edge.target): edge for edge in cycle.edges}
    ways = (shortest(graph, edge.target, edge.source) or [] for edge in cycle.edges)
    way = min((way for way in ways if way), key=lambda way: (len(way), way))
    told = f"{len(cycle.modules)} modules import each other in a circle, beginning with {way[0]}"
    return Violation("no_cycles", told, _edges([*way, way[0]], by_ends))


def _edges(way: Sequence[str], by_ends: Mapping[tuple[str, str], Edge]) -> tuple[Edge, ...]:
    return tuple(by_ends[ends] for ends in pairwise(way))


def _fits(path: str, patterns: Iterable[str]) -> bool:
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=1_000)
def _pattern(text: str) -> re.Pattern[str]:
    """Return what fits a path: a file, with or without its suffix, a folder and all below it, or a dotted module."""
    text = text.removeprefix("./").strip("/")
    forms = [text] if "/" in text else [text, text.replace(".", "/")]
    marks = {"**/": r"(?:.+/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    bodies = ("".join(marks.get(part, re.escape(part)) for part in _WILD.split(form)) for form in forms)
    return re.compile(rf"(?:{'|'.join(bodies)})(?:/.*|\.\w+)?", re.DOTALL)
